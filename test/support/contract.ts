import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { closed } from "../../tools/contract/closed.mts";
import type { Facts, OperationFacts } from "../../tools/contract/make.mts";

export interface ExchangeRequest {
  method: string;
  /** An absolute URL, or a path with its query. */
  url: string;
  contentType?: string | null;
  /** Parsed JSON; undefined when no body was sent. */
  body?: unknown;
}

export interface ExchangeReply {
  status: number;
  contentType?: string | null;
  body?: unknown;
}

interface Operation {
  name: string;
  path: RegExp;
  facts: OperationFacts;
}

export const facts: Facts = JSON.parse(readFileSync(join(__dirname, "../contract/iam.json"), "utf8"));

const components = facts.components.schemas;

const operations: Operation[] = Object.entries(facts.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path: new RegExp(`^${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
    facts: operation,
  })),
);

/** "METHOD /path/{template} status" of all that the contract documents. */
export const documentedExchanges = operations.flatMap(({ name, facts }) =>
  Object.keys(facts.responses).map((status) => `${name} ${status}`),
);

/** Where request and reply do not match the contract; empty if both do. */
export function checkExchange(request: ExchangeRequest, reply: ExchangeReply): string[] {
  const url = new URL(request.url, "http://localhost");
  const operation = find(request.method, url);
  if (operation === undefined) return [`${request.method} ${url.pathname}: the contract has no such call`];
  // A refused request may break the contract on purpose.
  const violations = [
    ...(reply.status < 300 ? checkRequest(operation, request, url) : []),
    ...checkReply(operation, reply),
  ];
  return violations.map((violation) => `${operation.name} ${reply.status}: ${violation}`);
}

/** Checks every exchange of a (request) => response application against the contract, except the control API. */
export function contractFetch(fetch: (request: Request) => Response | Promise<Response>) {
  const violations: string[] = [];
  /** "METHOD /path/{template} status" of each exchange. */
  const exchanges: string[] = [];
  return {
    violations,
    exchanges,
    async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url);
      if (url.pathname.startsWith("/_sandbox/")) return fetch(request);
      const sent = await request.clone().text();
      const response = await fetch(request);
      // The receiver gets the error of a truncated reply.
      const received = await response
        .clone()
        .text()
        .catch(() => "");
      const { method } = request;
      const contentType = (message: Request | Response) => message.headers.get("content-type");
      violations.push(
        ...checkExchange(
          { method, url: request.url, contentType: contentType(request), body: parsed(sent) },
          { status: response.status, contentType: contentType(response), body: parsed(received) },
        ),
      );
      exchanges.push(`${find(method, url)?.name ?? `${method} ${url.pathname}`} ${response.status}`);
      return response;
    },
  };
}

function find(method: string, url: URL): Operation | undefined {
  return operations.find(({ path }) => path.test(`${method} ${url.pathname}`));
}

function checkRequest({ name, path, facts }: Operation, request: ExchangeRequest, url: URL): string[] {
  const inPath = path.exec(`${request.method} ${url.pathname}`)?.groups ?? {};
  const violations = [
    ...errors(parameterCheck(name, facts, "path"), { ...inPath }, "path"),
    ...errors(parameterCheck(name, facts, "query"), Object.fromEntries(url.searchParams), "query"),
  ];
  const schema = facts.requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return request.body === undefined ? violations : [...violations, "a body was sent"];
  if (request.body !== undefined && !isJson(request.contentType))
    violations.push("the body sent is not declared as JSON");
  const check = compiled(`${name} request`, bodies, () => closed(schema, "request", components));
  return [...violations, ...errors(check, request.body ?? {}, "request")];
}

function checkReply({ name, facts }: Operation, { status, contentType, body }: ExchangeReply): string[] {
  const documented = facts.responses[status];
  const infrastructure = status === 401 || status === 429 || status >= 500;
  if (documented === undefined) return infrastructure ? [] : ["the contract has no such status"];
  if (status === 204 && body !== undefined) return ["a body came with 204"];
  const schema = documented.content?.["application/json"]?.schema;
  if (schema === undefined) return [];
  const check = compiled(`${name} ${status}`, bodies, () => closed(schema, "reply", components));
  return [
    ...(isJson(contentType) ? [] : ["the reply is not declared as JSON"]),
    ...errors(check, body ?? null, "reply"),
  ];
}

const bodies = addFormats(new Ajv({ strict: true, strictTypes: false, allErrors: true }));
/** Parameters travel as text. */
const parameters = addFormats(new Ajv({ strict: true, strictTypes: false, allErrors: true, coerceTypes: true }));
const checks = new Map<string, ValidateFunction>();

function compiled(key: string, ajv: Ajv, schema: () => object): ValidateFunction {
  const check = checks.get(key) ?? ajv.compile(schema());
  checks.set(key, check);
  return check;
}

function parameterCheck(name: string, facts: OperationFacts, place: "path" | "query"): ValidateFunction {
  return compiled(`${name} ${place}`, parameters, () => {
    const here = (facts.parameters ?? []).filter((parameter) => parameter.in === place);
    return {
      type: "object",
      properties: Object.fromEntries(
        here.map((parameter) => [parameter.name, closed(parameter.schema, "request", components)]),
      ),
      required: here.filter(({ required }) => required).map((parameter) => parameter.name),
      additionalProperties: false,
    };
  });
}

function errors(check: ValidateFunction, value: unknown, place: string): string[] {
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message, params }) => {
    const name = params.additionalProperty === undefined ? "" : `: ${params.additionalProperty}`;
    return `${place}${instancePath} ${message}${name}`;
  });
}

function isJson(contentType: string | null | undefined): boolean {
  return contentType?.split(";")[0]?.trim() === "application/json";
}

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
