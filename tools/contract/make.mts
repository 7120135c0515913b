// npm run contract: writes test/contract/iam.json, the facts (names, types, statuses) of the calls that this
// project makes, from Gcore's OpenAPI files beside the work tree. Their texts are not copied.
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
const target = join(import.meta.dirname, "../../test/contract/iam.json");

const operations: Record<string, string[]> = {
  "/iam/auth/jwt/login": ["post"],
  "/iam/auth/jwt/users/{userId}/token": ["get"],
  "/iam/clients": ["get"],
  "/iam/clients/{clientId}": ["get", "patch"],
  "/iam/clients/{clientId}/client-users/{userId}": ["delete"],
  "/iam/products/availability/clients/{clientId}": ["delete", "get", "patch"],
  "/iam/products/availability/defaults": ["get"],
  "/iam/users": ["post"],
  "/iam/users/{userId}": ["delete", "get", "patch"],
  "/iam/users/{userId}/email": ["put"],
  "/iam/users/{userId}/password": ["put"],
  "/iam/v2/clients/{clientId}/tokens": ["get", "post"],
  "/iam/v2/clients/{clientId}/tokens/{tokenId}": ["delete"],
};

/** Corrections where a schema differs from the descriptions and examples of the same document. */
const corrections: { reason: string; apply(schemas: Record<string, Schema>): void }[] = [
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
];

export function contractFacts(): Facts {
  const documents = files.map((file): Document => parse(readFileSync(join(sources, file), "utf8")));
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
  for (const { apply } of corrections) apply(schemas);
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
  const { $ref, type, format, enum: values, required, nullable, readOnly } = schema;
  const { properties, items, additionalProperties, oneOf, allOf } = schema;
  const facts = {
    ...{ $ref, type, format, enum: values, required, nullable, readOnly },
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

if (import.meta.main) writeFileSync(target, `${JSON.stringify(sorted(contractFacts()), undefined, 2)}\n`);
