import type { Api } from "../api/transport";

/** Waiting for something that happens at Gcore by itself, minutes later. */

const FIRST_DELAY_MS = 5_000;
const MAX_DELAY_MS = 30_000;
const LOG_INTERVAL_MS = 60_000;

/** What is waited for. */
export interface Wait<T> {
  /** What is the case until then, for the lines that are logged: "service CDN of client account 7 is activating". */
  situation: string;
  timeoutSeconds: number;
  /** Reads it once. */
  poll(): Promise<T>;
  isOver(now: T): boolean;
}

/**
 * Polls until it is over, first after 5 seconds, then less and less often, and for the last time at the deadline. Logs a
 * line at the beginning and each minute. Ends with the signal of the API.
 * @returns what was read; `undefined` at the deadline.
 */
export async function waitUntil<T>(
  { clock, log }: Api,
  { situation, timeoutSeconds, poll, isOver }: Wait<T>,
): Promise<T | undefined> {
  const started = clock.now();
  const deadline = started + timeoutSeconds * 1000;
  let loggedAt = started;
  log(`${situation}; waiting for up to ${timeoutSeconds} s.`);
  for (let delay = FIRST_DELAY_MS; clock.now() < deadline; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
    await clock.sleep(Math.min(delay, deadline - clock.now()));
    const now = await poll();
    if (isOver(now)) return now;
    if (clock.now() - loggedAt < LOG_INTERVAL_MS) continue;
    loggedAt = clock.now();
    log(`${situation}, after ${Math.round((loggedAt - started) / 1000)} s.`);
  }
  return undefined;
}
