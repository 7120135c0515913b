import { NetworkError, RateLimitedError, ServerError } from "./errors";

/** Whether to try again and when: pure, so that tests need no clock and no network. */

/** A wait is worth a word to the user from here on. */
export const WORTH_A_WORD_MS = 3_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A longer wait than this is not worth holding a deployment for: the error says so instead. */
const LONGEST_RETRY_AFTER_MS = 300_000;
/** All pauses together since a request got through: a limit that lets none through is a failure, not a queue. */
const LONGEST_PAUSED_MS = 600_000;

/** What the decision about a failure depends on. */
export interface Failure {
  idempotent: boolean;
  /** Failures of this request so far, this one included; answers of 429 do not count. */
  failures: number;
  maxRetries: number;
  now: number;
  /** In [0, 1). */
  random: number;
}

/**
 * Milliseconds to wait before the next attempt, or undefined to give up.
 *
 * An idempotent call is repeated after connection errors and 5xx; any other call only when it was surely not executed, that
 * is when no connection came about.
 */
export function retryDelay(error: unknown, { idempotent, failures, maxRetries, now, random }: Failure) {
  const mayPass = error instanceof ServerError || error instanceof NetworkError;
  if (!mayPass || failures > maxRetries) return undefined;
  if (!idempotent && !surelyNotExecuted(error)) return undefined;
  const told = error instanceof ServerError ? retryAfter(error.retryAfter, now) : undefined;
  return Math.min(told ?? backoff(failures, random), LONGEST_RETRY_AFTER_MS);
}

/** What the decision about a 429 depends on. */
export interface Refusal {
  /** Pauses of all requests in a row, this one included, without one that got through in between. */
  pauses: number;
  /** How long these pauses were, this one not included, in milliseconds. */
  pausedMs: number;
  now: number;
  /** In [0, 1). */
  random: number;
}

/**
 * Milliseconds that all requests pause after a 429, or undefined to give up. 429 is a queue, not a failure: it is waited
 * out as told, and where nothing is told, longer from pause to pause.
 */
export function pauseAfter(error: RateLimitedError, { pauses, pausedMs, now, random }: Refusal): number | undefined {
  const told = retryAfter(error.retryAfter, now) ?? backoff(pauses, random);
  // Not less than a first backoff: "0", or a date that our clock has passed, is no reason to ask at once for ever.
  const delay = Math.max(told, backoff(1, random));
  return delay <= LONGEST_RETRY_AFTER_MS && pausedMs + delay <= LONGEST_PAUSED_MS ? delay : undefined;
}

/** Exponential backoff, capped, with half of it left to chance so that parallel calls do not come back together. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** `Retry-After` in milliseconds: whole seconds or an HTTP date; undefined when absent or neither. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** True when the request cannot have had an effect, so that even a POST may be sent again. */
export function surelyNotExecuted(error: unknown): boolean {
  return error instanceof RateLimitedError || (error instanceof NetworkError && !error.maybeExecuted);
}
