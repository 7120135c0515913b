import { createHash } from "node:crypto";
import { Agent, type Dispatcher, request } from "undici";
import type { z } from "zod";
import type { Settings } from "../config";
import { version } from "../version";
import { type Changes, createChanges } from "./changes";
import { type Clock, systemClock } from "./clock";
import { type Call, type Credential, errorFor, NetworkError, UnreadableReplyError } from "./errors";
import { createLimiter } from "./limiter";
import { readRefusal, secretsOf } from "./refusal";
import { LOG_DELAY_THRESHOLD_MS, retryDelay } from "./retry";

/** One HTTP call to the API. */
export interface ApiRequest<T> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number>;
  body?: unknown;
  /** Access token of the user to act as. Default: the reseller's API key. `null`: no authorization. */
  bearer?: string | null;
  /** Whether the call may be repeated when its outcome is unknown. Default: every method but POST. */
  idempotent?: boolean;
  /**
   * ID of the client account whose record the call may change; "none" when it changes no record of an existing account.
   * Default: "none" for GET, otherwise "any", so that no record read before is used any more.
   */
  changes?: number | "none" | "any";
  /** Schema of a 2xx body. Without it any JSON or an empty body is accepted; other text is not from the API. */
  reply?: z.ZodType<T>;
  /** Time (as of `clock.now()`) after which the call is not repeated. */
  until?: number;
}

/** The Gcore API with the key of one reseller; one instance per process and reseller. */
export interface Api {
  /**
   * Sends one call, repeated as the retry policy allows.
   * @throws {GcoreError} the subclass that matches the failure.
   */
  send<T = void>(request: ApiRequest<T>): Promise<T>;
  /** Shows one line to the user, for example the reason of a long wait. */
  log(line: string): void;
  /** The changes of client accounts through this instance. */
  readonly changes: Changes;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** Connections, clock and output of an {@link Api}. */
export interface ApiOptions {
  dispatcher?: Dispatcher;
  clock?: Clock;
  /** Shows one line to the user. Default: nothing. */
  log?: (line: string) => void;
  /** Receives one JSON line for each attempt; set when GCORE_RESELLER_DEBUG is 1. */
  debug?: (line: string) => void;
}

/** Creates the {@link Api} of the settings. Sends nothing until the first call. */
export function openApi(settings: Settings, apiOptions: ApiOptions = {}): Api {
  const { clock = systemClock, log = () => {}, debug } = apiOptions;
  const dispatcher = apiOptions.dispatcher ?? new Agent({ keepAliveTimeout: 10_000 });
  const limiter = createLimiter(clock, settings.requestsPerSecond, log);
  const changes = createChanges();

  const attemptOnce = async <T>(call: ApiRequest<T>, attempt: number): Promise<T> => {
    const started = clock.now();
    let status: number | undefined;
    try {
      const response = await receive(call, settings, dispatcher);
      status = response.status;
      return interpret(call, response, settings);
    } finally {
      debug?.(JSON.stringify({ ...loggable(call), status, ms: clock.now() - started, attempt }));
    }
  };

  const repeat = async <T>(call: ApiRequest<T>): Promise<T> => {
    const { method, idempotent = method !== "POST", until = Number.POSITIVE_INFINITY } = call;
    let attempt = 0;
    for (let failures = 1; ; failures++) {
      try {
        return await limiter.run(() => attemptOnce(call, ++attempt));
      } catch (error) {
        const { maxRetries } = settings;
        const delay = retryDelay(error, { idempotent, failures, maxRetries, now: clock.now(), random: clock.random() });
        if (delay === undefined || clock.now() + delay > until) throw error;
        if (delay >= LOG_DELAY_THRESHOLD_MS) log(`${(error as Error).message} Waiting ${Math.ceil(delay / 1000)} s.`);
        await clock.sleep(delay);
      }
    }
  };

  const send = async <T>(call: ApiRequest<T>): Promise<T> => {
    const { method, changes: changed = method === "GET" ? "none" : "any" } = call;
    if (changed === "none") return repeat(call);
    const end = changes.begin(changed);
    try {
      return await repeat(call);
    } finally {
      end();
    }
  };
  return { send, log, changes, settings, clock };
}

/** The loggable part of a call: never a body, and only a hash of each email address in the query. */
function loggable({ method, path, query }: ApiRequest<unknown>) {
  const shown = Object.entries(query ?? {}).map(([name, value]) => [name, hashedIfEmail(value)]);
  return { method, path, ...(shown.length > 0 && { query: Object.fromEntries(shown) }) };
}

const hashedIfEmail = (value: string | number) =>
  typeof value === "string" && value.includes("@")
    ? `sha256:${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
    : value;

interface Received {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

async function receive(call: ApiRequest<unknown>, settings: Settings, dispatcher: Dispatcher): Promise<Received> {
  try {
    const response = await request(settings.baseUrl + call.path, {
      method: call.method,
      query: call.query ?? {},
      headers: headers(call, settings),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: AbortSignal.timeout(Math.ceil(settings.requestTimeoutSeconds * 1000)),
      dispatcher,
    });
    const retryAfter = response.headers["retry-after"];
    return {
      status: response.statusCode,
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      body: await response.body.text(),
    };
  } catch (error) {
    throw networkError(call, error);
  }
}

function headers(call: ApiRequest<unknown>, settings: Settings): Record<string, string> {
  const authorization =
    call.bearer === undefined ? `apikey ${settings.apiKey}` : call.bearer && `Bearer ${call.bearer}`;
  return {
    accept: "application/json",
    "user-agent": `pulumi-gcore-reseller/${version} (node/${process.versions.node})`,
    ...(authorization ? { authorization } : {}),
    ...(call.body === undefined ? {} : { "content-type": "application/json" }),
  };
}

/** Error codes of a connection that was never established, unless raised while reading or writing: nothing was sent. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_INVALID_ARG|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|(ERR_TLS|CERT|UNABLE|DEPTH|SELF_SIGNED)_.*)$/;

function networkError(call: Call, error: unknown): NetworkError {
  const { code, name, syscall } = error as { code?: string | number; name?: string; syscall?: string };
  const knownCode = name === "TimeoutError" ? "timed out" : typeof code === "string" ? code : (name ?? "unknown");
  const neverSent = NEVER_CONNECTED.test(knownCode) && syscall !== "read" && syscall !== "write";
  return new NetworkError(pick(call), knownCode, !neverSent);
}

const pick = ({ method, path }: Call): Call => ({ method, path });

function interpret<T>(call: ApiRequest<T>, { status, retryAfter, body }: Received, { apiKey }: Settings): T {
  if (status >= 200 && status < 300) return readReply(call, status, body);
  const fields = readRefusal(body, [apiKey, call.bearer ?? "", ...secretsOf(call.body)]);
  throw errorFor(pick(call), status, { fields, retryAfter, credential: credentialOf(call, apiKey) });
}

function credentialOf({ bearer }: ApiRequest<unknown>, apiKey: string): Credential {
  if (bearer !== undefined) return bearer === null ? "none" : "user token";
  return apiKey.includes("$") ? "apikey" : "apikey without $";
}

function readReply<T>(call: ApiRequest<T>, status: number, body: string): T {
  if (!call.reply && body === "") return undefined as T;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new UnreadableReplyError(pick(call), status, "the reply is not JSON.");
  }
  if (!call.reply) return undefined as T;
  const parsed = call.reply.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new UnreadableReplyError(pick(call), status, `the reply is not as documented (${problems.join("; ")}).`);
}
