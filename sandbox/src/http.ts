import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { z } from "zod";
import type { Env } from "./env";

const MAX_BODY_BYTES = 256 * 1024;

/** Thrown to end a request with an error reply. Without `body` the reply is empty; a string is sent as HTML. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body?: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`HTTP ${status}`);
  }

  toResponse(): Response {
    const { status, body, headers } = this;
    if (body === undefined) return new Response(null, { status, headers });
    if (typeof body !== "string") return Response.json(body, { status, headers });
    return new Response(body, { status, headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
  }
}

/** Thrown to end the connection without a reply. A TypeError, as `fetch` throws for a lost connection. */
export class Dropped extends TypeError {
  constructor() {
    super("fetch failed: the sandbox dropped the connection");
  }
}

export const unauthorized = (message: string) => new Refusal(401, { message });
export const notFound = () => new Refusal(404);
export const forbidden = (message = "You do not have permission to perform this action.") =>
  new Refusal(403, { message });
export const invalid = (field: string, text: string) => new Refusal(400, { errors: { [field]: [text] } });

export type FieldErrors = Record<string, string[]>;

/** The request's JSON object, validated; `shape` builds the body of the 400 where a route has its own. */
export function jsonBody<T>(
  c: Context<Env>,
  schema: z.ZodType<T>,
  shape: (errors: FieldErrors) => unknown = (errors) => ({ errors }),
): T {
  const value = parseJson(c);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, { message: "Invalid data. Expected a JSON object." });
  }
  return check(schema, value, shape);
}

export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  shape: (errors: FieldErrors) => unknown = (errors) => ({ errors }),
): T {
  const result = schema.safeParse(value, { error: issueText });
  if (result.success) return result.data;
  throw new Refusal(400, shape(fieldErrors(result.error)));
}

/** Reads the whole body first: a client that disconnects afterwards does not stop the request. */
export const readBody = createMiddleware<Env>(async (c, next) => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, { message: `A body may have ${MAX_BODY_BYTES} bytes at most.` });
    chunks.push(chunk);
  }
  c.set("body", Buffer.concat(chunks));
  await next();
});

export function parseJson(c: Context<Env>): unknown {
  const mediaType = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new Refusal(400, { message: "JSON parse error - the content type must be application/json" });
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(c.get("body")));
  } catch (error) {
    throw new Refusal(400, { message: `JSON parse error - ${jsonErrorText(error)}` });
  }
}

/** Where the JSON is invalid, without the part of the text that V8 quotes: it may contain a password. */
function jsonErrorText(error: unknown): string {
  const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
  return position === undefined ? "the body is not JSON" : `unexpected text ${position}`;
}

function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return "Unknown field.";
  if (issue.code === "invalid_value") return `Must be one of ${issue.values.join(", ")}.`;
  if (issue.code !== "invalid_type") return undefined;
  if (issue.input === undefined) return "This field is required.";
  if (issue.input === null) return "This field may not be null.";
  return `Not a valid ${issue.expected}.`;
}

/** One list of texts for each top-level field; a nested field is named in the text. */
function fieldErrors(error: z.ZodError): FieldErrors {
  const errors = new Map<string, string[]>();
  const add = ([field, ...rest]: PropertyKey[], text: string) => {
    const name = String(field);
    const place = rest.length === 0 ? "" : `${rest.map(String).join(".")}: `;
    errors.set(name, [...(errors.get(name) ?? []), place + text]);
  };
  for (const issue of error.issues) {
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) add([...issue.path, key], issue.message);
    else add(issue.path, issue.message);
  }
  return Object.fromEntries(errors);
}
