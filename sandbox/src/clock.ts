import { setTimeout as sleep } from "node:timers/promises";
import { Dropped } from "./http";

/** The time of the sandbox. `now` may be a test's; waiting is in real time, until the sandbox closes. */
export class Clock {
  readonly #closing = new AbortController();

  constructor(readonly now: () => number) {}

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {
      throw new Dropped();
    });
  }

  close(): void {
    this.#closing.abort();
  }
}
