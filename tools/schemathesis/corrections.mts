// Where the sandbox differs from the contract's facts on purpose, each with the reason. Corrections of schemas that
// contradict the contract's own texts and examples are in tools/contract/make.mts.
import type { ClosedSchema } from "../contract/closed.mts";

/** Replies that operations have beside those of the contract. */
export interface Correction {
  reason: string;
  status: number;
  /** "METHOD /path" of each operation; all if left out. */
  operations?: string[];
  /** Another form of the reply; without it the status alone is added. */
  schema?: ClosedSchema;
}

const message: ClosedSchema = { type: "object", properties: { message: { type: "string" } } };

/** Query parameters with more values than their schema has. */
export const parameters: Record<string, { reason: string; schema: ClosedSchema }> = {
  deleted: {
    reason: "the text on the filter says that any other value returns all; the schema lists true and false alone",
    schema: { type: "string" },
  },
};

export const corrections: Correction[] = [
  {
    reason: "a call without valid credentials is refused, also where the contract lists no refusal",
    status: 401,
  },
  {
    reason: "an invalid value of a filter is refused; the contract lists no refusal of a list",
    status: 400,
    operations: ["GET /iam/clients", "GET /iam/admin/sellers", "GET /iam/v2/clients/{clientId}/tokens"],
  },
  {
    reason: "an id that names nothing is not found, as by other calls of the same records",
    status: 404,
    operations: [
      "PATCH /iam/products/availability/clients/{clientId}",
      "DELETE /iam/products/availability/clients/{clientId}",
      "POST /iam/v2/clients/{clientId}/tokens",
      "PUT /iam/users/{userId}/email",
      "PUT /iam/users/{userId}/password",
    ],
  },
  {
    reason: "another user is refused, as by the other changes of a user",
    status: 403,
    operations: ["PUT /iam/users/{userId}/email"],
  },
  {
    reason: "a body that is not JSON is refused in the form that the other calls list for it",
    status: 400,
    operations: [
      "POST /iam/auth/renew_invitation",
      "PUT /iam/users/{userId}/email",
      "PUT /iam/users/{userId}/password",
      "POST /iam/v2/clients/{clientId}/tokens",
    ],
    schema: message,
  },
  {
    reason: "an unknown field is refused by its name, which is none of the two that the contract lists",
    status: 400,
    operations: ["PUT /iam/users/{userId}/email"],
    schema: {
      type: "array",
      items: {
        type: "object",
        properties: { errors: { type: "object", additionalProperties: { type: "string" } } },
        additionalProperties: false,
      },
    },
  },
];
