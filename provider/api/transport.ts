import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Settings } from "../config";
import { version } from "../version";
import { type Changes, createChanges } from "./changes";
import { type Clock, systemClock } from "./clock";
import { type Call, type Credential, errorFor, RateLimitedError, UnreadableReplyError } from "./errors";
import { ACCEPTED_ENCODINGS, exchange, type Reply } from "./exchange";
import { createLimiter } from "./limiter";
import { createDispatcher } from "./proxy";
import { isApiBody, readRefusal, secretsOf } from "./refusal";
import { httpDate, LOG_DELAY_THRESHOLD_MS, retryAfter, retryDelay } from "./retry";

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
  /** Time (as of `clock.now()`) after which the call is not repeated, not even after a 429. */
  until?: number;
  /** Whether a failure is retried as the policy allows. A 429 is waited out in any case. Default: true. */
  isRetried?: boolean;
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
  /** Its sleeps end with `signal`. */
  readonly clock: Clock;
  /** Ends all waits; nothing is sent after it. */
  readonly signal: AbortSignal;
}

/** Connections, clock and output of an {@link Api}. */
export interface ApiOptions {
  /** Default: direct connections, or those of the proxy that the environment names. */
  dispatcher?: Dispatcher;
  clock?: Clock;
  /** Ends all waits of the instance, with the signal's reason as the error. Default: never. */
  signal?: AbortSignal | undefined;
  /** Shows one line to the user. Default: nothing. */
  log?: (line: string) => void;
  /** Receives one JSON line for each attempt; set when GCORE_RESELLER_DEBUG is 1. */
  debug?: (line: string) => void;
}

/** Creates the {@link Api} of the settings. Sends nothing until the first call. */
export function openApi(settings: Settings, apiOptions: ApiOptions = {}): Api {
  const { clock: time = systemClock, signal = new AbortController().signal, log = () => {}, debug } = apiOptions;
  const clock: Clock = { ...time, sleep: (ms) => time.sleep(ms, signal) };
  const dispatcher = apiOptions.dispatcher ?? createDispatcher(settings);
  const limiter = createLimiter(clock, settings.requestsPerSecond, log);
  const changes = createChanges();

  const attemptOnce = async <T>(call: ApiRequest<T>, attempt: number): Promise<T> => {
    signal.throwIfAborted();
    const started = clock.now();
    let status: number | undefined;
    try {
      const reply = await exchange(call, outgoing(call, settings), dispatcher);
      status = reply.status;
      return interpret(call, reply, settings, clock.now());
    } finally {
      debug?.(JSON.stringify({ ...loggable(call), status, ms: clock.now() - started, attempt }));
    }
  };

  const repeat = async <T>(call: ApiRequest<T>): Promise<T> => {
    const { method, idempotent = method !== "POST", until = Number.POSITIVE_INFINITY, isRetried = true } = call;
    const deadline = { at: until, error: () => new RateLimitedError(callOf(call), undefined) };
    let attempt = 0;
    for (let failures = 1; ; failures++) {
      try {
        return await limiter.run(() => attemptOnce(call, ++attempt), deadline);
      } catch (error) {
        const delay = retryDelay(error, {
          idempotent,
          failures,
          maxRetries: settings.maxRetries,
          random: clock.random(),
        });
        if (!isRetried || delay === undefined || clock.now() + delay > until) throw error;
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
  return { send, log, changes, settings, clock, signal };
}

/** The loggable part of a call: never a body, and only a hash of each email address in the query. */
function loggable({ method, path, query }: ApiRequest<unknown>) {
  const loggableQuery = Object.entries(query ?? {}).map(([name, value]) => [name, hashedIfEmail(value)]);
  return { method, path, ...(loggableQuery.length > 0 && { query: Object.fromEntries(loggableQuery) }) };
}

const hashedIfEmail = (value: string | number) =>
  typeof value === "string" && value.includes("@")
    ? `sha256:${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
    : value;

const callOf = ({ method, path }: Call): Call => ({ method, path });

function outgoing(call: ApiRequest<unknown>, settings: Settings) {
  const authorization =
    call.bearer === undefined ? `apikey ${settings.apiKey}` : call.bearer && `Bearer ${call.bearer}`;
  return {
    url: settings.baseUrl + call.path,
    method: call.method,
    query: call.query ?? {},
    headers: {
      accept: "application/json",
      "accept-encoding": ACCEPTED_ENCODINGS,
      "user-agent": `pulumi-gcore-reseller/${version} (node/${process.versions.node})`,
      ...(authorization ? { authorization } : {}),
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: call.body === undefined ? null : JSON.stringify(call.body),
    timeoutMs: Math.ceil(settings.requestTimeoutSeconds * 1000),
  };
}

function interpret<T>(call: ApiRequest<T>, reply: Reply, settings: Settings, now: number): T {
  const { status, body = "", bodyProblem } = reply;
  if (status < 300) {
    if (bodyProblem) throw new UnreadableReplyError(callOf(call), status, `the reply ${bodyProblem}.`);
    return readReply(call, status, body);
  }
  throw errorFor(callOf(call), status, {
    texts: bodyProblem ? { "": [`the reply ${bodyProblem}.`] } : readRefusal(body, secretsIn(call, settings)),
    isFromApi: !bodyProblem && isApiBody(body),
    retryAfterMs: retryAfter(reply.header("retry-after"), httpDate(reply.header("date")) ?? now),
    location: redirectTarget(reply, settings.baseUrl + call.path),
    credential: credentialOf(call, settings),
  });
}

function readReply<T>(call: ApiRequest<T>, status: number, body: string): T {
  if (!call.reply && body === "") return undefined as T;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new UnreadableReplyError(callOf(call), status, "the reply is not JSON.");
  }
  if (!call.reply) return undefined as T;
  const parsed = call.reply.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new UnreadableReplyError(callOf(call), status, `the reply is not as documented (${problems.join("; ")}).`);
}

/** The secrets that a reply may repeat: the credential, also the secret part of the key alone, and those of the body. */
function secretsIn(call: ApiRequest<unknown>, { apiKey }: Settings): string[] {
  const [secretPart = ""] = /[^$_]{8,}$/.exec(apiKey) ?? [];
  return [apiKey, secretPart, call.bearer ?? "", ...secretsOf(call.body)];
}

/** Target of a redirect, without its query, which may contain a token. */
function redirectTarget(reply: Reply, url: string): string | undefined {
  const location = reply.header("location");
  if (reply.status >= 400 || location === undefined || !URL.canParse(location, url)) return undefined;
  const { origin, pathname } = new URL(location, url);
  return origin + pathname;
}

function credentialOf({ bearer }: ApiRequest<unknown>, { apiKey, apiKeySource }: Settings): Credential {
  if (bearer !== undefined) return bearer === null ? "none" : "user token";
  return { apiKeySource, mayLackSecret: mayLackSecret(apiKey) };
}

/** A shell that expands $abcdef leaves the number alone; a key of the form 42_abcdef has no $. */
export const mayLackSecret = (apiKey: string): boolean => !apiKey.includes("$") && !/^\d+_./.test(apiKey);
