import type { Clock } from "./clock";

/**
 * Keeps all requests of the process below what the API allows: a pause after 429 holds every request back, the number
 * in flight halves at each 429 and recovers with success, and an optional rate spaces the starts.
 */
export interface Limiter {
  /** Runs a request when its turn has come. */
  run<T>(request: () => Promise<T>): Promise<T>;
  /**
   * The API asked for a pause: nothing starts before it is over, and less runs at once afterwards. Requests that were
   * under way together bring the same message; true for the first.
   */
  pause(ms: number): boolean;
}

const MOST_IN_FLIGHT = 64;

export function createLimiter(clock: Clock, requestsPerSecond: number | undefined): Limiter {
  const spacing = requestsPerSecond === undefined ? 0 : 1000 / requestsPerSecond;
  const waiting: (() => void)[] = [];
  let allowed = MOST_IN_FLIGHT;
  let inFlight = 0;
  let pausedUntil = 0;
  let nextStart = 0;

  const admit = () => {
    while (inFlight < Math.floor(allowed) && waiting.length > 0) {
      inFlight++;
      waiting.shift()?.();
    }
  };

  /** Waits for the pause and then for a place in the spacing; both may move while it waits. */
  const turn = async () => {
    for (let now = clock.now(); now < Math.max(pausedUntil, nextStart); now = clock.now()) {
      await clock.sleep(Math.max(pausedUntil, nextStart) - now);
    }
    nextStart = Math.max(clock.now(), nextStart) + spacing;
  };

  return {
    async run(request) {
      await new Promise<void>((admitted) => {
        waiting.push(admitted);
        admit();
      });
      try {
        await turn();
        const result = await request();
        allowed = Math.min(MOST_IN_FLIGHT, allowed + 1 / allowed);
        return result;
      } finally {
        inFlight--;
        admit();
      }
    },

    pause(ms) {
      const now = clock.now();
      const first = now >= pausedUntil;
      if (first) allowed = Math.max(1, Math.min(allowed, inFlight + 1) / 2);
      pausedUntil = Math.max(pausedUntil, now + ms);
      return first;
    },
  };
}
