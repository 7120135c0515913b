import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { z } from "zod";
import type { Caller } from "./auth";
import type { Store } from "./store";

const mostBodyBytes = 256 * 1024;

/** What travels with each request through the middleware to its handler. */
export type Env = {
  Variables: {
    /** The whole body, as it came. */
    body: Buffer;
    /** Where this request reads and writes; a stale read is given another one. */
    store: Store;
    caller: Caller;
    /** By how many items a page of a listing starts off its place. */
    pageShift: number;
    /** Query parameters that the called route does not know. */
    unknownQuery: string[];
    unknownRoute: boolean;
    /** The kinds of the faults that struck this request. */
    faults: string[];
  };
};

/** Ends a request with an error reply; without a body where the contract promises none. A text is sent as HTML. */
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

/** The connection ends without a reply. A TypeError, as `fetch` has it for a lost connection. */
export class Dropped extends TypeError {
  constructor() {
    super("fetch failed: the sandbox dropped the connection");
  }
}

export const notFound = () => new Refusal(404);
export const forbidden = (message = "You do not have permission to perform this action.") =>
  new Refusal(403, { message });
export const invalid = (field: string, text: string) => new Refusal(400, { errors: { [field]: [text] } });

export type FieldErrors = Record<string, string[]>;

/** The request's JSON, checked; `shape` makes the 400 body where a route has a shape of its own. */
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

/** Takes in the whole request before anything is done with it: a client that leaves meanwhile no longer stops it. */
export const receive = createMiddleware<Env>(async (c, next) => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) throw new Refusal(413, { message: `A body may have ${mostBodyBytes} bytes at most.` });
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
    throw new Refusal(400, { message: `JSON parse error - ${jsonFault(error)}` });
  }
}

/** What is wrong with a text, without the part of it that V8 quotes: that may be a password. */
function jsonFault(error: unknown): string {
  const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
  return position === undefined ? "the body is no JSON" : `unexpected text ${position}`;
}

function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return "Unknown field.";
  if (issue.code === "invalid_value") return `Must be one of ${issue.values.join(", ")}.`;
  if (issue.code !== "invalid_type") return undefined;
  if (issue.input === undefined) return "This field is required.";
  if (issue.input === null) return "This field may not be null.";
  return `Not a valid ${issue.expected}.`;
}

/** One list of texts a top-level field; what lies deeper is named in the text. */
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
