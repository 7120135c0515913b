import { createHash } from "node:crypto";
import { Agent, type Dispatcher, request } from "undici";
import type { z } from "zod";
import type { Settings } from "../config";
import { version } from "../version";
import { type Clock, systemClock } from "./clock";
import { type Call, type Credential, errorFor, NetworkError, UnreadableReplyError } from "./errors";
import { createLimiter } from "./limiter";
import { readRefusal, secretsOf } from "./refusal";
import { retryDelay, WORTH_A_WORD_MS } from "./retry";

/** One HTTP call, as the functions of an API tag describe it. */
export interface ApiRequest<T> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number>;
  body?: unknown;
  /** Access token of a user to act as; without it the reseller's key is sent. `null` sends neither. */
  bearer?: string | null;
  /** Whether the call may be repeated when its outcome is unknown. Default: every method but POST. */
  idempotent?: boolean;
  /** What a 2xx must look like. Without it only what is no JSON at all is refused: not the API answered then. */
  reply?: z.ZodType<T>;
  /** The time after which the call is not repeated. */
  until?: number;
}

/** Sends calls to the Gcore API: one per process and reseller. */
export interface Api {
  /**
   * Sends one call, repeated as the retry policy allows.
   * @throws {GcoreError} of the class that tells what went wrong.
   */
  send<T = void>(request: ApiRequest<T>): Promise<T>;
  /** Tells the user, in one line, what a wait or a surprise is about. */
  tell(line: string): void;
  /** How many calls so far may have changed something: what was read before the last one may be out of date. */
  changes(): number;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** Where an {@link Api} gets its connections and its time, and where it writes. */
export interface Surroundings {
  dispatcher?: Dispatcher;
  clock?: Clock;
  /** Shows the user a line. */
  tell?: (line: string) => void;
  /** Receives one JSON line a call when GCORE_RESELLER_DEBUG is 1. */
  debug?: (line: string) => void;
}

/** Opens the way to the API that the settings name. Nothing is sent until the first call. */
export function openApi(settings: Settings, surroundings: Surroundings = {}): Api {
  const { clock = systemClock, tell = () => {}, debug } = surroundings;
  const dispatcher = surroundings.dispatcher ?? new Agent({ keepAliveTimeout: 10_000 });
  const limiter = createLimiter(clock, settings.requestsPerSecond, tell);

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
        if (delay >= WORTH_A_WORD_MS) tell(`${(error as Error).message} Waiting ${Math.ceil(delay / 1000)} s.`);
        await clock.sleep(delay);
      }
    }
  };

  let changes = 0;
  const send = async <T>(call: ApiRequest<T>): Promise<T> => {
    if (call.method === "GET") return repeat(call);
    // Counted at both ends: what is read while the change is under way may be older than it.
    changes++;
    try {
      return await repeat(call);
    } finally {
      changes++;
    }
  };
  return { send, tell, changes: () => changes, settings, clock };
}

/** What may be seen of a call: never a body, and of a query's e-mail addresses only a hash to tell them apart. */
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

/** Codes of a connection that never came about, unless they came of reading or writing: nothing was sent. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_INVALID_ARG|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|(ERR_TLS|CERT|UNABLE|DEPTH|SELF_SIGNED)_.*)$/;

function networkError(call: Call, error: unknown): NetworkError {
  const { code, name, syscall } = error as { code?: string | number; name?: string; syscall?: string };
  const known = name === "TimeoutError" ? "timed out" : typeof code === "string" ? code : (name ?? "unknown");
  const neverSent = NEVER_CONNECTED.test(known) && syscall !== "read" && syscall !== "write";
  return new NetworkError(pick(call), known, !neverSent);
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
