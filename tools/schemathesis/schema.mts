import { closed } from "../contract/closed.mts";
import type { Content, Facts, OperationFacts } from "../contract/make.mts";
import { corrections, parameters } from "./corrections.mts";

/** A call that succeeds. */
export interface Example {
  /** For each parameter of the path: its value, and all values that exist. */
  path?: Record<string, { value: number; all: number[] }>;
  body?: unknown;
  /** The call needs no credentials. */
  open?: true;
}

/** The operations that have an example, as an OpenAPI document without texts, made from the contract's facts. */
export function openApi(facts: Facts, examples: Readonly<Record<string, Example>>): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [path, methods] of Object.entries(facts.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      const example = examples[name];
      if (example !== undefined) paths[path] = { ...paths[path], [method]: described(name, operation, example, facts) };
    }
  }
  return {
    openapi: facts.openapi,
    info: { title: "Gcore reseller API", version: "1" },
    paths,
    components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "Authorization" } } },
    security: [{ key: [] }],
  };
}

function described(name: string, operation: OperationFacts, example: Example, facts: Facts): object {
  const components = facts.components.schemas;
  const request = schemaOf(operation.requestBody);
  return {
    parameters: (operation.parameters ?? []).map((parameter) => {
      const schema = parameters[parameter.name]?.schema ?? closed(parameter.schema, "request", components);
      const ids = example.path?.[parameter.name];
      if (ids === undefined) return { ...parameter, schema };
      return { ...parameter, schema: { ...schema, enum: ids.all }, example: ids.value };
    }),
    ...(request !== undefined && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: closed(request, "request", components), example: example.body } },
      },
    }),
    responses: replies(name, operation, facts),
    ...(example.open && { security: [] }),
  };
}

/** The replies of an operation, the corrections included. */
function replies(name: string, operation: OperationFacts, facts: Facts): Record<string, object> {
  const added = corrections.filter(({ operations }) => operations === undefined || operations.includes(name));
  const statuses = new Set([...Object.keys(operation.responses), ...added.map(({ status }) => `${status}`)]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const listed = schemaOf(operation.responses[status]);
      const forms = [
        ...(listed === undefined ? [] : [closed(listed, "reply", facts.components.schemas)]),
        ...added.filter((one) => `${one.status}` === status).flatMap(({ schema }) => schema ?? []),
      ];
      const schema = forms.length > 1 ? { anyOf: forms } : forms[0];
      return [status, { description: "", ...(schema && { content: { "application/json": { schema } } }) }];
    }),
  );
}

function schemaOf(part: Content | undefined) {
  return part?.content?.["application/json"]?.schema;
}
