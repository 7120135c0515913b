import { setTimeout as sleep } from "node:timers/promises";

/** Time and randomness, injected so that tests neither wait nor depend on chance. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = { now: Date.now, sleep: (ms) => sleep(ms), random: Math.random };
