import type { SettingSource } from "../config";

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

/** The API's texts by field name; `""` for texts without a field. A nested field is a path: `client_user.role`. */
export type RefusalTexts = Record<string, string[]>;

/** 400 or 422: the API does not accept the request, and usually names the fields. */
export class ValidationError extends GcoreError {
  override readonly name: string = "ValidationError";
  declare readonly status: number;
  constructor(
    call: Call,
    status: number,
    readonly fields: RefusalTexts,
  ) {
    super(call, status, describeTexts(fields) ?? "the request was refused without a reason.");
  }

  /** The same error with the program's property names: `rename` maps an API field to a property. */
  renamed(rename: (field: string) => string): ValidationError {
    const fields: RefusalTexts = Object.create(null);
    for (const [field, texts] of Object.entries(this.fields)) {
      const name = field && rename(field);
      fields[name] = [...(fields[name] ?? []), ...texts];
    }
    const SameClass = this.constructor as typeof ValidationError;
    return new SameClass(this.call, this.status, fields);
  }
}

/** 409: the request conflicts with what exists, for example with an email address that is taken. */
export class ConflictError extends ValidationError {
  override readonly name = "ConflictError";
}

/** 401: the API key, or the token of the user that the call acts as, is not accepted. */
export class AuthenticationError extends GcoreError {
  override readonly name = "AuthenticationError";
}

/** 403: the key has no permission, or the present state of the resource forbids the call. */
export class ForbiddenError extends GcoreError {
  override readonly name = "ForbiddenError";
}

/** 404 by the API: not found, or owned by another reseller. */
export class NotFoundError extends GcoreError {
  override readonly name = "NotFoundError";
}

/** 429: too many requests. Surely not executed. */
export class RateLimitedError extends GcoreError {
  override readonly name = "RateLimitedError";
  constructor(
    call: Call,
    /** 429; undefined when the call was not sent because its deadline is before the end of a pause. */
    status: number | undefined,
    /** `Retry-After` of the reply, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(call, status, "too many requests. Set gcore-reseller:requestsPerSecond to stay below the limit.");
  }
}

/** 5xx, 408, 425, or a reply that is not from the API: whether the request was executed is usually unknown. */
export class ServerError extends GcoreError {
  override readonly name = "ServerError";
  /** `Retry-After` of the reply, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** False only when the request was not executed for certain. */
  readonly maybeExecuted: boolean;
  constructor(
    call: Call,
    status: number,
    details: { problem?: string; retryAfterMs?: number | undefined; maybeExecuted?: boolean } = {},
  ) {
    const { problem = "the API failed; try again later.", retryAfterMs, maybeExecuted = true } = details;
    const wait = retryAfterMs === undefined ? "" : ` Retry-After is ${Math.ceil(retryAfterMs / 1000)} s.`;
    super(call, status, problem + wait);
    this.retryAfterMs = retryAfterMs;
    this.maybeExecuted = maybeExecuted;
  }
}

/** No reply: the connection failed or was reset, or the request timed out. */
export class NetworkError extends GcoreError {
  override readonly name = "NetworkError";
  constructor(
    call: Call,
    /** Code of the operating system, of TLS or of undici, such as ECONNRESET. */
    readonly code: string,
    /** False only when the request was never sent for certain. */
    readonly maybeExecuted: boolean,
    /** What to check. `isPermanent`: a repetition would fail in the same way. */
    readonly cure: { advice: string; isPermanent: boolean } = { advice: CHECK_NETWORK, isPermanent: false },
  ) {
    super(call, undefined, `${maybeExecuted ? "no reply" : "no connection"} (${code}). ${cure.advice}`);
  }
}

/** As both of its sources spell it: the setting, in stack config or of a Provider, and the environment. */
export const BASE_URL = "the base URL (baseUrl or GCORE_BASE_URL)";

const CHECK_NETWORK = `Check the network, any proxy (HTTPS_PROXY, HTTP_PROXY) and ${BASE_URL}.`;

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
  if (error instanceof NetworkError || error instanceof ServerError) return error.maybeExecuted;
  return error instanceof UnreadableReplyError;
}

/**
 * Whether a refusal (400, 409 or 422) is about one of these API fields: it names the field, or a text without a field
 * mentions it. "e-mail" counts as "email".
 */
export function isRefusalAbout(error: unknown, names: readonly string[]): error is ValidationError {
  return error instanceof ValidationError && textsAbout(error, names).length > 0;
}

/**
 * Whether a refusal about one of these fields says clearly that the value itself is invalid ("Enter a valid email
 * address."). No resource can exist with such a value, so it need not be searched for.
 */
export function saysInvalid(error: unknown, names: readonly string[]): boolean {
  if (!(error instanceof ValidationError)) return false;
  const texts = textsAbout(error, names);
  return texts.length > 0 && texts.every((text) => INVALID.test(text) && !TAKEN.test(text));
}

const INVALID =
  /\binvalid\b|\b(not|be|an?) valid\b|\bmalformed\b|\bmay not be (blank|null|empty)\b|\bis required\b|\b(wrong|bad) format\b/i;
const TAKEN = /\b((?<!not )exists?|taken|used?|unique|registered|duplicated?|belongs?|assigned)\b|\balready\b/i;

function textsAbout({ fields }: ValidationError, names: readonly string[]): string[] {
  return Object.entries(fields).flatMap(([field, texts]) => {
    if (field.split(".").some((part) => names.includes(part))) return texts;
    return field === "" ? texts.filter((text) => mentions(text, names)) : [];
  });
}

function mentions(text: string, names: readonly string[]): boolean {
  const words = text
    .toLowerCase()
    .replaceAll("e-mail", "email")
    .split(/[^a-z0-9_]/);
  return names.some((name) => words.includes(name) || words.includes(`${name}s`));
}

/** The credential that a call was sent with, for the advice in a 401. */
export type Credential = "user token" | "none" | { apiKeySource: SettingSource; mayLackSecret: boolean };

/** What {@link errorFor} needs of a reply. */
export interface RefusedReply {
  texts: RefusalTexts;
  /** False for a page of a gateway or proxy. */
  isFromApi: boolean;
  retryAfterMs: number | undefined;
  /** Origin and path of the `Location` header. */
  location: string | undefined;
  credential: Credential;
}

/** The error for a reply that is not 2xx. */
export function errorFor(call: Call, status: number, reply: RefusedReply): GcoreError {
  const { texts, retryAfterMs } = reply;
  const text = describeTexts(texts);
  if (status === 400 || status === 422) return new ValidationError(call, status, texts);
  if (status === 401) return new AuthenticationError(call, status, authenticationAdvice(reply.credential));
  if (status === 403) return new ForbiddenError(call, status, text ?? "this API key has no permission for the call.");
  if (status === 404 && reply.isFromApi)
    return new NotFoundError(call, status, text ?? "not found, or owned by another reseller.");
  if (status === 409) return new ConflictError(call, status, texts);
  if (status === 425) return new ServerError(call, status, { ...problem(text), retryAfterMs, maybeExecuted: false });
  if (status === 429) return new RateLimitedError(call, status, retryAfterMs);
  if (status === 404) return new ServerError(call, status, { problem: foreignPage(text), retryAfterMs });
  if (status === 408 || status >= 500) return new ServerError(call, status, { ...problem(text), retryAfterMs });
  if (reply.location !== undefined)
    return new GcoreError(call, status, `a redirect to ${reply.location}, which is not followed. Check ${BASE_URL}.`);
  return new GcoreError(call, status, text ?? "unexpected status.");
}

const problem = (text: string | undefined) => (text === undefined ? {} : { problem: `the API failed: ${text}` });

const foreignPage = (text: string | undefined) =>
  `the reply is not from the Gcore API${text === undefined ? "" : ` (${text.replace(/\.$/, "")})`}. Check ` +
  `${BASE_URL}, and any proxy or gateway on the way.`;

/** The texts in one line of sentences; undefined without texts. */
function describeTexts(fields: RefusalTexts): string | undefined {
  const parts = Object.entries(fields).map(
    ([field, texts]) => (field ? `${field}: ` : "") + texts.map(sentence).join(" "),
  );
  return parts.length === 0 ? undefined : parts.join(" ");
}

const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);

function authenticationAdvice(credential: Credential): string {
  if (credential === "user token") return "the user's token is not accepted.";
  if (credential === "none") return "the login is not accepted.";
  const { apiKeySource, mayLackSecret } = credential;
  return [
    "the API key is not accepted.",
    KEY_ADVICE[apiKeySource],
    ...(mayLackSecret
      ? ["It has no $: if your key looks like 1234$abcdef, the shell expanded $…; put the key in single quotes."]
      : []),
  ].join(" ");
}

const KEY_ADVICE: Record<SettingSource, string> = {
  environment: "Check GCORE_API_KEY.",
  config:
    "Check gcore-reseller:apiKey. Refresh and destroy use the stack config of the last `pulumi up`: after a change of the " +
    "key use `--run-program`, or keep the key in GCORE_API_KEY alone.",
  provider:
    "Check the apiKey of the Provider. Refresh and destroy use its arguments of the last `pulumi up`: after a change of " +
    "the key use `--run-program`.",
};
