/**
 * The errors of API calls, one class for each meaning. A message contains method, path and status, the API's own texts
 * and advice; never a body, a key or a password.
 */

/** The call that failed. `path` has no query, which may contain an email address. */
export interface Call {
  method: string;
  path: string;
}

/** Any failed call to the Gcore API. */
export class GcoreError extends Error {
  override readonly name: string = "GcoreError";
  constructor(
    readonly call: Call,
    /** HTTP status of the reply; undefined without a reply. */
    readonly status: number | undefined,
    problem: string,
  ) {
    super(`${call.method} ${call.path}${status === undefined ? "" : ` answered ${status}`}: ${problem}`);
  }
}

/** 400 or 422: the API does not accept the request, and usually names the fields. */
export class ValidationError extends GcoreError {
  override readonly name = "ValidationError";
  constructor(
    call: Call,
    status: number,
    /** The API's texts by field name; `""` for texts without a field. */
    readonly fields: Record<string, string[]>,
  ) {
    super(call, status, describeFields(fields));
  }

  /** The same error with the program's property names: `rename` maps an API field to a property. */
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

/** 401: the API key, or the token of the user that the call acts as, is not accepted. */
export class AuthenticationError extends GcoreError {
  override readonly name = "AuthenticationError";
}

/** 403: the key has no permission, or the present state of the resource forbids the call. */
export class ForbiddenError extends GcoreError {
  override readonly name = "ForbiddenError";
}

/** 404: not found, or owned by another reseller. */
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

/** 5xx: the API failed; the outcome of the request is unknown. */
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

/** No reply: the connection was refused or reset, or the request timed out. */
export class NetworkError extends GcoreError {
  override readonly name = "NetworkError";
  constructor(
    call: Call,
    /** Code of the operating system or of undici, such as ECONNRESET. */
    readonly code: string,
    /** False only when the request never reached the API for certain. */
    readonly maybeExecuted: boolean,
  ) {
    super(call, undefined, `no reply (${code}). Check the network and gcore-reseller:baseUrl.`);
  }
}

/** A 2xx whose body does not match the contract: executed, with an unknown result. */
export class UnreadableReplyError extends GcoreError {
  override readonly name = "UnreadableReplyError";
}

/** The result of a call; undefined when the API answered 404. */
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

/** The kind of credential that a call was sent with, for the advice in a 401. */
export type Credential = "apikey" | "apikey without $" | "user token" | "none";

/** The error for a reply of 4xx or 5xx. */
export function errorFor(
  call: Call,
  status: number,
  reply: { fields: Record<string, string[]>; retryAfter: string | undefined; credential: Credential },
): GcoreError {
  const text = Object.keys(reply.fields).length > 0 ? describeFields(reply.fields) : undefined;
  if (status === 400 || status === 422) return new ValidationError(call, status, reply.fields);
  if (status === 401) return new AuthenticationError(call, status, adviceFor(reply.credential));
  if (status === 403) return new ForbiddenError(call, status, text ?? "this API key has no permission for the call.");
  if (status === 404) return new NotFoundError(call, status, text ?? "not found, or owned by another reseller.");
  if (status === 429) return new RateLimitedError(call, status, reply.retryAfter);
  if (status >= 500) return new ServerError(call, status, reply.retryAfter);
  return new GcoreError(call, status, text ?? "unexpected status.");
}

function adviceFor(credential: Credential): string {
  if (credential === "user token") return "the user's token is not accepted.";
  if (credential === "none") return "the login is not accepted.";
  const advice = "the API key is not accepted. Check GCORE_API_KEY (or gcore-reseller:apiKey).";
  return credential === "apikey without $"
    ? `${advice} It has no $: if your key looks like 1234$abcdef, the shell expanded $…; put the key in single quotes.`
    : advice;
}
