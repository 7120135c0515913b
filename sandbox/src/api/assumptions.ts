import { z } from "zod";

/** Answers to the questions about Gcore that the contract leaves open; sandbox/README.md has a table of them. */
export const Assumptions = z.strictObject({
  /** The maximum length of `custom_id`, in characters; a longer one is a 400 that names it. Null: no maximum. */
  customIdMaxLength: z.int().min(1).nullable().default(null),
  /** The maximum of `limit` in `GET /iam/clients`; a higher one is reduced to it. Null: no maximum. */
  maxPageSize: z.int().min(1).nullable().default(null),
  /** Whether `PUT /iam/users/{userId}/password` refuses a new password that equals the old one. */
  rejectSamePassword: z.boolean().default(false),
  /** The status of a refused email address that is in use already. */
  duplicateEmailStatus: z.literal([400, 409]).default(400),
  /** Whether users have no `reseller`. */
  omitUserReseller: z.boolean().default(false),
  /** Whether client accounts have no `resellers`. */
  omitClientResellers: z.boolean().default(false),
  /** Whether a page of `GET /iam/clients` has no `count`. */
  omitCount: z.boolean().default(false),
  /** Whether ids are texts. */
  idsAsText: z.boolean().default(false),
  /** The body of a 404: none, JSON, or an HTML page as a gateway sends it. */
  notFoundBody: z.enum(["empty", "json", "html"]).default("empty"),
  /** The content encoding of replies, whatever the request accepts. */
  compression: z.enum(["none", "gzip", "br"]).default("none"),
});
export type Assumptions = z.output<typeof Assumptions>;
/** Assumptions to change; the others keep their value. */
export type AssumptionChanges = z.input<typeof Assumptions>;

export const defaultAssumptions: Assumptions = Assumptions.parse({});
