import { setTimeout as sleep } from "node:timers/promises";

/** Time and chance, injected so that tests neither wait nor guess. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = { now: Date.now, sleep: (ms) => sleep(ms), random: Math.random };
