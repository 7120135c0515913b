import { GcoreError, NetworkError, RateLimitedError, ServerError } from "./errors";

/** Whether to try again and when: pure, so that tests need no clock and no network. */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A longer wait than this is not worth holding a deployment for: the error says so instead. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** What the decision depends on. `attempt` counts from 1; `random` is in [0, 1). */
export interface Attempt {
  idempotent: boolean;
  attempt: number;
  maxRetries: number;
  now: number;
  random: number;
}

/**
 * Milliseconds to wait before the next attempt, or undefined to give up.
 *
 * An idempotent call is repeated after connection errors, 429 and 5xx; any other call only when it was surely not
 * executed, that is after 429 or when no connection came about.
 */
export function retryDelay(error: unknown, at: Attempt): number | undefined {
  if (at.attempt > at.maxRetries || !(error instanceof GcoreError)) return undefined;
  if (!isTransient(error)) return undefined;
  if (!at.idempotent && !surelyNotExecuted(error)) return undefined;

  const told = "retryAfter" in error ? parseRetryAfter(error.retryAfter as string | undefined, at.now) : undefined;
  if (told === undefined) return backoff(at.attempt, at.random);
  return told <= LONGEST_RETRY_AFTER_MS ? told : undefined;
}

/** Exponential backoff, capped, with half of it left to chance so that parallel calls do not come back together. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** `Retry-After` in milliseconds: whole seconds or an HTTP date; undefined when absent or neither. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = /[a-z]/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** True when the request cannot have had an effect, so that even a POST may be sent again. */
export function surelyNotExecuted(error: unknown): boolean {
  return error instanceof RateLimitedError || (error instanceof NetworkError && !error.maybeExecuted);
}

function isTransient(error: GcoreError): boolean {
  return error instanceof NetworkError || error instanceof RateLimitedError || error instanceof ServerError;
}
