import type { Clock } from "./clock";
import { RateLimitedError } from "./errors";
import { createPace } from "./pace";
import { LOG_DELAY_THRESHOLD_MS, pauseAfter } from "./retry";

/**
 * Keeps all requests of the process below the API's rate limit. A 429 pauses all of them: nothing starts before the
 * pause is over, and afterwards no more run at once than were accepted before it.
 */
export interface Limiter {
  /**
   * Runs a request when it is its turn, and again after each 429, since the API did not execute it.
   * @throws {RateLimitedError} when Retry-After is longer than the provider waits.
   * @throws the error of the deadline, as soon as it is certain that the request cannot start in time.
   */
  run<T>(request: () => Promise<T>, deadline?: Deadline): Promise<T>;
}

/** The time by which a request must start. */
export interface Deadline {
  at: number;
  error(): Error;
}

interface Waiting {
  number: number;
  deadline: Deadline | undefined;
  start(): void;
  fail(error: Error | undefined): void;
}

const MAX_IN_FLIGHT = 64;

export function createLimiter(
  clock: Clock,
  requestsPerSecond: number | undefined,
  log: (line: string) => void,
): Limiter {
  const pace = createPace(requestsPerSecond);
  /** Ordered by number, so that a refused request keeps its place in the queue. */
  let waiting: Waiting[] = [];
  let lastNumber = 0;
  let inFlight = 0;
  let allowed = MAX_IN_FLIGHT;
  let nextStart = 0;
  let admitting = false;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = clock.now();
  /** Requests accepted since the last pause. */
  let accepted = 0;
  /** Pauses since the last accepted request, and their total length. */
  let pauses = 0;
  let pausedMs = 0;
  let firstPausedAt: number | undefined;
  let limitLogged = false;

  const earliestStart = () => Math.max(pausedUntil, nextStart, clock.now());

  /** Fails the requests that cannot start by their deadline. */
  const failLate = () => {
    const start = earliestStart();
    const late = waiting.filter(({ deadline }) => deadline !== undefined && deadline.at < start);
    waiting = waiting.filter((one) => !late.includes(one));
    for (const { deadline, fail } of late) fail(deadline?.error());
  };

  const admit = async () => {
    failLate();
    if (admitting) return;
    admitting = true;
    try {
      for (; waiting.length > 0 && inFlight < Math.floor(allowed); failLate()) {
        const wait = earliestStart() - clock.now();
        if (wait > 0) {
          await clock.sleep(wait);
          continue;
        }
        nextStart = clock.now() + pace.spacing();
        inFlight++;
        waiting.shift()?.start();
      }
    } catch (reason) {
      // The process ends, so that no request gets its turn any more.
      for (const { fail } of waiting.splice(0)) fail(reason as Error);
    }
    admitting = false;
  };

  const waitForTurn = (number: number, deadline: Deadline | undefined) =>
    new Promise<void>((start, fail) => {
      const place = waiting.findIndex((other) => other.number > number);
      waiting.splice(place < 0 ? waiting.length : place, 0, { number, deadline, start, fail });
      void admit();
    });

  const recordAccepted = () => {
    accepted++;
    [pauses, pausedMs] = [0, 0];
    allowed = Math.min(MAX_IN_FLIGHT, allowed + 1 / allowed);
    pace.accepted();
  };

  /** Logs each long pause, and once that there are many short ones. */
  const logPause = (delay: number) => {
    firstPausedAt ??= clock.now();
    if (delay >= LOG_DELAY_THRESHOLD_MS)
      return log(`Gcore accepts no more requests for ${Math.ceil(delay / 1000)} s; waiting.`);
    if (limitLogged || clock.now() + delay - firstPausedAt < LOG_DELAY_THRESHOLD_MS) return;
    limitLogged = true;
    log(
      "Gcore's rate limit is reached (429); waiting as requested. Set gcore-reseller:requestsPerSecond to stay below the limit.",
    );
  };

  /** Pauses all requests, or throws. */
  const pause = (error: RateLimitedError, startedAt: number) => {
    const now = clock.now();
    // A request that started before the last pause reports the same refusal again.
    const isFirstRefusal = startedAt > pausedAt;
    if (isFirstRefusal) pauses++;
    const delay = pauseAfter(error, { pauses, pausedMs, random: clock.random() });
    if (delay === undefined) throw error;
    if (isFirstRefusal) {
      if (accepted > 0) pace.refused((accepted * 1000) / (now - pausedUntil + delay));
      allowed = Math.max(1, Math.min(allowed, inFlight, accepted));
      pausedAt = now;
      accepted = 0;
      pausedMs += delay;
      logPause(delay);
    }
    pausedUntil = Math.max(pausedUntil, now + delay);
  };

  return {
    async run(request, deadline) {
      const number = ++lastNumber;
      for (;;) {
        await waitForTurn(number, deadline);
        const startedAt = clock.now();
        try {
          const result = await request();
          recordAccepted();
          return result;
        } catch (error) {
          if (!(error instanceof RateLimitedError)) {
            recordAccepted();
            throw error;
          }
          pause(error, startedAt);
        } finally {
          inFlight--;
          void admit();
        }
      }
    },
  };
}
