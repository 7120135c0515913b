// npm run contract: writes two files from Gcore's OpenAPI files beside the work tree, whose texts are not copied:
// test/contract/iam.json, the facts (names, types, statuses) of the calls that this project makes or serves, and
// test/contract/operations.json, the method and path of every call there is.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";

export interface Facts {
  openapi: string;
  paths: Record<string, Record<string, OperationFacts>>;
  components: { schemas: Record<string, Schema> };
}

export interface OperationFacts {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface Content {
  content?: Record<string, { schema: Schema }>;
}

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  maxLength?: number;
  enum?: unknown[];
  required?: string[];
  nullable?: boolean;
  readOnly?: boolean;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
}

interface Reference {
  $ref: string;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters?: Record<string, Parameter>;
    responses?: Record<string, Content>;
  };
}

interface Operation {
  parameters?: (Parameter | Reference)[];
  requestBody?: Content;
  responses: Record<string, Content | Reference>;
}

export const sources = join(import.meta.dirname, "../../../shared/gcore-api");
const files = ["create_user.yaml", "iam_reseller_api.yaml", "iam_api.yaml"];
const targets = join(import.meta.dirname, "../../test/contract");

const operations: Record<string, string[]> = {
  "/iam/admin/feature": ["get"],
  "/iam/admin/feature/{featureId}": ["get"],
  "/iam/admin/free_features": ["get", "post"],
  "/iam/admin/free_features/{activatedFeatureId}": ["delete", "get"],
  "/iam/admin/paid_features": ["get", "post"],
  "/iam/admin/paid_features/{activatedFeatureId}": ["delete", "get"],
  "/iam/admin/sellers": ["get", "post"],
  "/iam/admin/sellers/{sellerId}": ["delete", "get", "patch"],
  "/iam/auth/jwt/login": ["post"],
  "/iam/auth/jwt/users/{userId}/token": ["get"],
  "/iam/auth/renew_invitation": ["post"],
  "/iam/auth/reset_password": ["post"],
  "/iam/clients": ["get"],
  "/iam/clients/{clientId}": ["get", "patch"],
  "/iam/clients/{clientId}/client-users/{userId}": ["delete"],
  "/iam/clients/{clientId}/services": ["get"],
  "/iam/clients/{clientId}/services/{serviceId}": ["get", "put"],
  "/iam/products/availability/clients/{clientId}": ["delete", "get", "patch"],
  "/iam/products/availability/defaults": ["get", "patch"],
  "/iam/users": ["post"],
  "/iam/users/{userId}": ["delete", "get", "patch"],
  "/iam/users/{userId}/email": ["put"],
  "/iam/users/{userId}/password": ["put"],
  "/iam/v2/clients/{clientId}/tokens": ["get", "post"],
  "/iam/v2/clients/{clientId}/tokens/{tokenId}": ["delete", "get"],
};

/** Corrections where a schema differs from the descriptions and examples of the same document, or from its other calls. */
const corrections: { reason: string; apply(schemas: Record<string, Schema>, paths: Facts["paths"]): void }[] = [
  {
    reason: "the other calls of a seller reply with 404 to an unknown ID; this one documents no refusal at all",
    apply(_, paths) {
      const seller = paths["/iam/admin/sellers/{sellerId}"]?.get;
      if (seller !== undefined) seller.responses["404"] = {};
    },
  },
  {
    reason: "the text on services lists null as a third value: the default availability",
    apply(schemas) {
      const service = schemas.CreateUserRequest?.properties?.services?.items?.properties;
      if (service !== undefined) service.available = { ...service.available, nullable: true };
    },
  },
  {
    reason: "nullable alone does not add null to an enum",
    apply(schemas) {
      for (const type of Object.values(schemas)) {
        if (type.nullable && type.enum !== undefined) type.enum = [...type.enum, null];
      }
    },
  },
  {
    reason: "both alternatives are a message, as their examples show, so oneOf could never hold",
    apply(schemas) {
      schemas.DeleteUserForbiddenError = { $ref: "#/components/schemas/TokenConstrainsDeletion" };
      schemas.RevokeUserAccessForbiddenError = { $ref: "#/components/schemas/TokenConstrainsDeletion" };
    },
  },
  {
    reason: "both alternatives are the same, so oneOf could never hold",
    apply(schemas) {
      schemas.CreateTokenError = { ...schemas.CreateTokenError?.oneOf?.[0] };
    },
  },
  {
    reason: "wrong credentials are a validation error of a field named errors, so oneOf could never hold for them",
    apply(schemas) {
      schemas.LoginError = { oneOf: (schemas.LoginError?.oneOf ?? []).slice(0, 2) };
      delete schemas.LoginFailureNoActiveAccountFound;
    },
  },
  {
    reason: "four alternatives that differ only in the field and its text, so oneOf could never hold",
    apply(schemas) {
      const properties = { new_email: { type: "string" }, password: { type: "string" } };
      const errors = { type: "object", properties };
      schemas.UpdateUserEmailError = { type: "array", items: { type: "object", properties: { errors } } };
    },
  },
  {
    reason: "a token that was never used has no date of use",
    apply(schemas) {
      const [, fields] = schemas.TokenResponse?.allOf ?? [];
      if (fields?.properties?.last_usage !== undefined) fields.properties.last_usage.nullable = true;
    },
  },
  {
    reason: "a service without a trial has no start of it",
    apply(schemas) {
      const start = schemas.iam_reseller_Service?.properties?.start;
      if (start !== undefined) start.nullable = true;
    },
  },
];

/** "METHOD /path" of every call in Gcore's files. */
export function contractOperations(): string[] {
  const all = readDocuments().flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method] !== undefined).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  );
  return [...new Set(all)];
}

const METHODS = ["get", "post", "put", "patch", "delete"];

const readDocuments = () => files.map((file): Document => parse(readFileSync(join(sources, file), "utf8")));

export function contractFacts(): Facts {
  const documents = readDocuments();
  const paths: Facts["paths"] = {};
  for (const [path, methods] of Object.entries(operations)) {
    paths[path] = {};
    for (const method of methods) {
      paths[path][method] = sameInAll(`${method} ${path}`, documents, (document) =>
        operationFacts(document, path, method),
      );
    }
  }

  const schemas: Record<string, Schema> = {};
  const collect = (facts: unknown) => {
    for (const name of references(facts)) {
      if (schemas[name] !== undefined) continue;
      schemas[name] = sameInAll(name, documents, ({ components }) => schemaFacts(components.schemas[name]));
      collect(schemas[name]);
    }
  };
  collect(paths);
  for (const { apply } of corrections) apply(schemas, paths);
  return { openapi: "3.0.3", paths, components: { schemas } };
}

/** Some facts are in several files; they must be equal in all of them. */
function sameInAll<T>(name: string, documents: Document[], read: (document: Document) => T | undefined): T {
  const [first, ...others] = documents.map(read).filter((found) => found !== undefined);
  if (first === undefined) throw new Error(`${name} is in none of the files`);
  if (!others.every((other) => isDeepStrictEqual(other, first))) throw new Error(`${name} differs between the files`);
  return first;
}

function operationFacts(document: Document, path: string, method: string): OperationFacts | undefined {
  const operation = document.paths[path]?.[method];
  if (operation === undefined) return undefined;
  const { parameters = [], requestBody, responses } = operation;
  return {
    ...(parameters.length > 0 && {
      parameters: parameters.map((parameter) => {
        const found = resolved(parameter, document.components.parameters);
        return { name: found.name, in: found.in, required: found.required ?? false, schema: schemaFacts(found.schema) };
      }),
    }),
    ...(requestBody !== undefined && { requestBody: contentFacts(requestBody) }),
    responses: mapValues(responses, (reply) => contentFacts(resolved(reply, document.components.responses))),
  };
}

function contentFacts({ content }: Content): Content {
  return content === undefined
    ? {}
    : { content: mapValues(content, ({ schema }) => ({ schema: schemaFacts(schema) })) };
}

function schemaFacts(schema: Schema): Schema;
function schemaFacts(schema: Schema | undefined): Schema | undefined;
function schemaFacts(schema: Schema | undefined): Schema | undefined {
  if (schema === undefined) return undefined;
  const { $ref, type, format, pattern, maxLength, enum: values, required, nullable, readOnly } = schema;
  const { properties, items, additionalProperties, oneOf, allOf } = schema;
  const facts = {
    ...{ $ref, type, format, pattern, maxLength, enum: values, required, nullable, readOnly },
    properties: properties && mapValues(properties, (property) => schemaFacts(property)),
    items: schemaFacts(items),
    additionalProperties: schemaFacts(additionalProperties),
    oneOf: oneOf?.map((part) => schemaFacts(part)),
    // Some parts hold nothing but an example.
    allOf: allOf?.map((part) => schemaFacts(part)).filter((part) => Object.keys(part).length > 0),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
}

function references(facts: unknown): string[] {
  if (typeof facts !== "object" || facts === null) return [];
  return Object.entries(facts).flatMap(([key, value]) =>
    key === "$ref" ? [String(value).split("/").at(-1) ?? ""] : references(value),
  );
}

function resolved<T extends object>(value: T | Reference, components: Record<string, T> = {}): T {
  if (!("$ref" in value)) return value;
  const found = components[value.$ref.split("/").at(-1) ?? ""];
  if (found === undefined) throw new Error(`${value.$ref} points to no component`);
  return found;
}

function mapValues<T, U>(values: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function write(name: string, content: unknown) {
  writeFileSync(join(targets, name), `${JSON.stringify(content, undefined, 2)}\n`);
}

if (import.meta.main) {
  write("iam.json", sorted(contractFacts()));
  write("operations.json", contractOperations());
}
