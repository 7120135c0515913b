import { NetworkError, RateLimitedError, ServerError } from "./errors";

/** Whether and when a request is repeated: pure functions, so that tests need no clock and no network. */

/** Waits of at least this length are logged. */
export const LOG_DELAY_THRESHOLD_MS = 3_000;
const INITIAL_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** Maximum Retry-After honoured; longer waits fail. */
const MAX_RETRY_AFTER_MS = 300_000;
/** Maximum total pause since the last accepted request: a limit that accepts nothing is a failure, not a queue. */
const MAX_TOTAL_PAUSE_MS = 600_000;

/** A failed attempt, as {@link retryDelay} needs it. */
export interface Failure {
  idempotent: boolean;
  /** Failures of this request so far, this one included; a 429 does not count. */
  failures: number;
  maxRetries: number;
  /** In [0, 1). */
  random: number;
}

/**
 * Milliseconds to wait before the next attempt, or undefined to give up.
 *
 * An idempotent call is repeated after connection errors and {@link ServerError}; any other call only when it was surely
 * not executed.
 */
export function retryDelay(error: unknown, { idempotent, failures, maxRetries, random }: Failure): number | undefined {
  const isTransient = error instanceof ServerError || (error instanceof NetworkError && !error.cure.isPermanent);
  if (!isTransient || failures > maxRetries) return undefined;
  if (!idempotent && !surelyNotExecuted(error)) return undefined;
  const requested = error instanceof ServerError ? error.retryAfterMs : undefined;
  if (requested === undefined) return backoff(failures, random);
  return requested <= MAX_RETRY_AFTER_MS ? Math.max(requested, backoff(1, random)) : undefined;
}

/** A 429, as {@link pauseAfter} needs it. */
export interface Refusal {
  /** Pauses since the last accepted request, this one included. */
  pauses: number;
  /** Total length of these pauses, this one not included, in milliseconds. */
  pausedMs: number;
  /** In [0, 1). */
  random: number;
}

/**
 * Milliseconds that all requests pause after a 429, or undefined to give up: the Retry-After of the reply, else a backoff
 * that grows from pause to pause.
 */
export function pauseAfter(error: RateLimitedError, { pauses, pausedMs, random }: Refusal): number | undefined {
  const requested = error.retryAfterMs ?? backoff(pauses, random);
  // At least the first backoff: with "0" or a date in the past, requests would be repeated at once for ever.
  const delay = Math.max(requested, backoff(1, random));
  return delay <= MAX_RETRY_AFTER_MS && pausedMs + delay <= MAX_TOTAL_PAUSE_MS ? delay : undefined;
}

/** Exponential backoff in milliseconds, capped, half of it random so that parallel calls spread out. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(MAX_DELAY_MS, INITIAL_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(ceiling * (0.5 + random / 2));
}

/**
 * `Retry-After` in milliseconds: whole seconds or an HTTP date; undefined when absent or neither.
 * @param sentAt time of the reply by the server's clock, which a date is relative to, in milliseconds since 1970.
 */
export function retryAfter(header: string | undefined, sentAt: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = httpDate(header);
  return date === undefined ? undefined : Math.max(0, date - sentAt);
}

/** An HTTP date in milliseconds since 1970; undefined when absent or without a time: other texts are no dates. */
export function httpDate(header: string | undefined): number | undefined {
  const date = header !== undefined && /\d:\d\d/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** True when the request had no effect for certain, so that even a POST may be sent again. */
export function surelyNotExecuted(error: unknown): boolean {
  if (error instanceof NetworkError || error instanceof ServerError) return !error.maybeExecuted;
  return error instanceof RateLimitedError;
}
