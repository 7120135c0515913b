import type { Clock } from "./clock";
import { RateLimitedError } from "./errors";
import { createPace } from "./pace";
import { pauseAfter, WORTH_A_WORD_MS } from "./retry";

/**
 * Keeps all requests of the process below what the API allows. 429 is a message to all of them: nothing starts before the
 * pause that it asks for is over, and then no more run at once than got through before it.
 */
export interface Limiter {
  /**
   * Runs a request when its turn has come, and again after each 429, which says that it was not executed.
   * @throws {RateLimitedError} when the pause that the API asks for is not worth holding a deployment for.
   */
  run<T>(request: () => Promise<T>): Promise<T>;
}

const MOST_IN_FLIGHT = 64;

export function createLimiter(
  clock: Clock,
  requestsPerSecond: number | undefined,
  tell: (line: string) => void,
): Limiter {
  const pace = createPace(requestsPerSecond);
  /** In the order of their numbers, so that a request that was refused keeps its place. */
  const waiting: { number: number; start(): void }[] = [];
  let lastNumber = 0;
  let inFlight = 0;
  let allowed = MOST_IN_FLIGHT;
  let nextStart = 0;
  let admitting = false;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = clock.now();
  /** How many got through since the last pause; how many pauses there were, and how long, since one that did. */
  let passed = 0;
  let pauses = 0;
  let pausedMs = 0;
  let firstPausedAt: number | undefined;
  let toldOfLimit = false;

  const admit = async () => {
    if (admitting) return;
    admitting = true;
    while (waiting.length > 0 && inFlight < Math.floor(allowed)) {
      const wait = Math.max(pausedUntil, nextStart) - clock.now();
      if (wait > 0) {
        await clock.sleep(wait);
        continue;
      }
      nextStart = clock.now() + pace.spacing();
      inFlight++;
      waiting.shift()?.start();
    }
    admitting = false;
  };

  const turn = (number: number) =>
    new Promise<void>((start) => {
      const place = waiting.findIndex((other) => other.number > number);
      waiting.splice(place < 0 ? waiting.length : place, 0, { number, start });
      void admit();
    });

  const gotThrough = () => {
    passed++;
    [pauses, pausedMs] = [0, 0];
    allowed = Math.min(MOST_IN_FLIGHT, allowed + 1 / allowed);
    pace.passed();
  };

  /** Each long pause is told, and once that there are many short ones. */
  const tellOf = (delay: number) => {
    firstPausedAt ??= clock.now();
    if (delay >= WORTH_A_WORD_MS)
      return tell(`Gcore takes no more requests for ${Math.ceil(delay / 1000)} s; waiting.`);
    if (toldOfLimit || clock.now() + delay - firstPausedAt < WORTH_A_WORD_MS) return;
    toldOfLimit = true;
    tell(
      "Gcore allows fewer requests (429); waiting as it asks. gcore-reseller:requestsPerSecond would stay below its limit.",
    );
  };

  /** Holds everybody back, or throws. */
  const pause = (error: RateLimitedError, startedAt: number) => {
    const now = clock.now();
    // What started before the last pause began brings the same message once more.
    const news = startedAt > pausedAt;
    if (news) pauses++;
    const delay = pauseAfter(error, { pauses, pausedMs, now, random: clock.random() });
    if (delay === undefined) throw error;
    if (news) {
      if (passed > 0) pace.refused((passed * 1000) / (now - pausedUntil + delay));
      allowed = Math.max(1, Math.min(allowed, inFlight, passed));
      pausedAt = now;
      passed = 0;
      pausedMs += delay;
      tellOf(delay);
    }
    pausedUntil = Math.max(pausedUntil, now + delay);
  };

  return {
    async run(request) {
      const number = ++lastNumber;
      for (;;) {
        await turn(number);
        const startedAt = clock.now();
        try {
          const result = await request();
          gotThrough();
          return result;
        } catch (error) {
          if (!(error instanceof RateLimitedError)) {
            gotThrough();
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
