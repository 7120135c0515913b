/**
 * Maximum requests per second; `burst` of them (at least 1, by default one second's) may come at once. The 429 beyond it has
 * a `Retry-After` header in seconds, unless `retryAfter` is "absent".
 */
export type RateLimit = {
  requestsPerSecond: number;
  burst?: number | undefined;
  retryAfter?: "seconds" | "absent" | undefined;
};

/** A token bucket. */
export class RateLimiter {
  #limit: RateLimit | null = null;
  #tokens = 0;
  #filledAt = 0;

  constructor(readonly now: () => number) {}

  set(limit: RateLimit | null): void {
    this.#limit = limit;
    this.#tokens = this.#burst;
    this.#filledAt = this.now();
  }

  /** Takes one token; if there is none, returns the headers of the 429. */
  refusal(): Record<string, string> | undefined {
    if (this.#limit === null) return undefined;
    const now = this.now();
    const gained = ((now - this.#filledAt) / 1000) * this.#limit.requestsPerSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      const seconds = Math.max(1, Math.ceil((1 - this.#tokens) / this.#limit.requestsPerSecond));
      return this.#limit.retryAfter === "absent" ? {} : { "Retry-After": String(seconds) };
    }
    this.#tokens -= 1;
    return undefined;
  }

  get #burst(): number {
    return this.#limit?.burst ?? Math.max(1, this.#limit?.requestsPerSecond ?? 0);
  }
}
