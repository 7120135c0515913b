import { setTimeout as sleep } from "node:timers/promises";

/** Time and randomness, injected so that tests neither wait nor depend on chance. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early with the reason of the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    // Its own error names no reason.
    await sleep(ms, undefined, { signal }).catch(() => {});
    signal?.throwIfAborted();
  },
  random: Math.random,
};
