/**
 * What can go wrong on the wire, as classes by meaning. A message holds method, path and status, the API's own words
 * about fields, and advice; never a body, a key or a password.
 */

/** The call that failed. `path` has no query: a query may name a person's e-mail address. */
export interface Call {
  method: string;
  path: string;
}

/** Any failed call to the Gcore API. */
export class GcoreError extends Error {
  override readonly name: string = "GcoreError";
  constructor(
    readonly call: Call,
    /** HTTP status of the reply, when there was one. */
    readonly status: number | undefined,
    problem: string,
  ) {
    super(`${call.method} ${call.path}${status === undefined ? "" : ` answered ${status}`}: ${problem}`);
  }
}

/** 400: the API names the fields that it does not accept. */
export class ValidationError extends GcoreError {
  override readonly name = "ValidationError";
  constructor(
    call: Call,
    status: number,
    /** The API's field names, each with the API's words; `""` holds what belongs to no field. */
    readonly fields: Record<string, string[]>,
  ) {
    super(call, status, describeFields(fields));
  }

  /** The same refusal in the words of the program: `rename` turns the API's field names into property names. */
  renamed(rename: (field: string) => string): ValidationError {
    const fields: Record<string, string[]> = Object.create(null);
    for (const [field, texts] of Object.entries(this.fields)) {
      const name = field && rename(field);
      fields[name] = [...(fields[name] ?? []), ...texts];
    }
    return new ValidationError(this.call, this.status ?? 400, fields);
  }
}

function describeFields(fields: Record<string, string[]>): string {
  const lines = Object.entries(fields).map(([field, texts]) => (field ? `${field}: ` : "") + texts.join(" "));
  return lines.join("; ") || "the request was refused without a reason";
}

/** 401: the API does not know the key, or the token of the user that the call acts as. */
export class AuthenticationError extends GcoreError {
  override readonly name = "AuthenticationError";
}

/** 403: the key is known but may not do this, or the thing's present state forbids it. */
export class ForbiddenError extends GcoreError {
  override readonly name = "ForbiddenError";
}

/** 404: there is no such thing, or it belongs to another reseller. */
export class NotFoundError extends GcoreError {
  override readonly name = "NotFoundError";
}

/** 429: too many requests. Surely not executed. */
export class RateLimitedError extends GcoreError {
  override readonly name = "RateLimitedError";
  constructor(
    call: Call,
    status: number,
    /** The raw `Retry-After` header: seconds, a date, or absent. */
    readonly retryAfter: string | undefined,
  ) {
    super(call, status, "too many requests. Set gcore-reseller:requestsPerSecond to stay below the limit.");
  }
}

/** 5xx: the API failed; whether it executed the request is unknown. */
export class ServerError extends GcoreError {
  override readonly name = "ServerError";
  constructor(
    call: Call,
    status: number,
    readonly retryAfter: string | undefined,
  ) {
    super(call, status, "the API failed; try again later.");
  }
}

/** No reply: refused, reset, or not in time. */
export class NetworkError extends GcoreError {
  override readonly name = "NetworkError";
  constructor(
    call: Call,
    /** The operating system's or undici's code, such as ECONNRESET. */
    readonly code: string,
    /** False only when the request certainly never reached the API. */
    readonly maybeExecuted: boolean,
  ) {
    super(call, undefined, `no reply (${code}). Check the network and gcore-reseller:baseUrl.`);
  }
}

/** A 2xx whose body is not what the contract promises: executed, but what came of it is unknown. */
export class UnreadableReplyError extends GcoreError {
  override readonly name = "UnreadableReplyError";
}

/** What a call answers, or undefined where 404 means that the thing it is about is gone. */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Whether the API may have executed a request that ended in this error. */
export function outcomeUnknown(error: unknown): boolean {
  if (error instanceof NetworkError) return error.maybeExecuted;
  return error instanceof ServerError || error instanceof UnreadableReplyError;
}

/** The key or token that a call was sent with, as far as advice about it goes. */
export type Credential = "apikey" | "apikey without $" | "user token" | "none";

/** The error that a reply of 4xx or 5xx means. */
export function errorFor(
  call: Call,
  status: number,
  reply: { fields: Record<string, string[]>; retryAfter: string | undefined; credential: Credential },
): GcoreError {
  const text = Object.keys(reply.fields).length > 0 ? describeFields(reply.fields) : undefined;
  if (status === 400 || status === 422) return new ValidationError(call, status, reply.fields);
  if (status === 401) return new AuthenticationError(call, status, adviceFor(reply.credential));
  if (status === 403) return new ForbiddenError(call, status, text ?? "this API key may not do that.");
  if (status === 404) return new NotFoundError(call, status, text ?? "there is no such thing for this reseller.");
  if (status === 429) return new RateLimitedError(call, status, reply.retryAfter);
  if (status >= 500) return new ServerError(call, status, reply.retryAfter);
  return new GcoreError(call, status, text ?? "unexpected status.");
}

function adviceFor(credential: Credential): string {
  if (credential === "user token") return "the token of the user is not accepted.";
  if (credential === "none") return "the login is not accepted.";
  const advice = "the API key is not accepted. Check GCORE_API_KEY (or gcore-reseller:apiKey).";
  return credential === "apikey without $"
    ? `${advice} It has no $: when yours looks like 1234$abcdef, a shell ate the rest; write it in single quotes.`
    : advice;
}
