import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RateLimitedError } from "../../provider/api/errors";
import { createLimiter } from "../../provider/api/limiter";
import { createPace } from "../../provider/api/pace";
import { fakeClock } from "../support/process";

/** What the limiter and the pace promise, for any load and any refusals. */

const MAX_IN_FLIGHT = 64;

const rate = fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined });
const plan = fc.record({
  arrivalMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),
  durationMs: fc.integer({ min: 1, max: 300 }),
  /** Retry-After of each reply with 429 before the request is accepted. */
  refusals: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 2 }) },
  ),
  deadlineMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined, freq: 4 }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** Runs all planned requests and returns each start, the most requests at once, and how each request ended. */
async function run(plans: readonly Plan[], requestsPerSecond: number | undefined) {
  const clock = fakeClock();
  const limiter = createLimiter(clock, requestsPerSecond, () => {});
  const starts: { request: number; at: number; first: number | undefined }[] = [];
  const waiting = new Set<number>();
  let [arrived, inFlight, mostInFlight] = [0, 0, 0];

  const results = plans.map(async ({ arrivalMs, durationMs, refusals, deadlineMs }) => {
    if (arrivalMs > 0) await clock.sleep(arrivalMs);
    const request = arrived++;
    const late = new Error(`request ${request} is late`);
    const error = () => {
      waiting.delete(request);
      return late;
    };
    const deadline = deadlineMs === undefined ? undefined : { at: clock.now() + deadlineMs, error };
    const retryAfter = [...refusals];
    const attempt = async () => {
      starts.push({ request, at: clock.now(), first: Math.min(...waiting) });
      waiting.delete(request);
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      await clock.sleep(durationMs);
      inFlight--;
      const pauseMs = retryAfter.shift();
      if (pauseMs === undefined) return request;
      waiting.add(request);
      throw new RateLimitedError({ method: "GET", path: "/" }, 429, pauseMs);
    };
    waiting.add(request);
    const result = await limiter.run(attempt, deadline).catch((error: Error) => error);
    return { request, result, late, deadlineAt: deadline?.at };
  });
  return { ended: await Promise.all(results), starts, mostInFlight };
}

test("limiter: at most 64 requests at once, never faster than set, in order, and each request ends", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 150, size: "max" }), rate, async (plans, perSecond) => {
      const { ended, starts, mostInFlight } = await run(plans, perSecond);
      expect(mostInFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT);
      const gaps = starts.slice(1).map(({ at }, i) => at - Number(starts[i]?.at));
      // Whole milliseconds of the clock: a gap is never shorter than the exact spacing.
      expect(Math.min(...gaps, Number.POSITIVE_INFINITY)).toBeGreaterThan(1000 / (perSecond ?? 1e9) - 0.001);
      // The request that starts is the oldest one, so a refused one has kept its place.
      expect(starts.filter(({ request, first }) => request !== first)).toEqual([]);
      for (const { request, result, late, deadlineAt } of ended) {
        const own = starts.filter((start) => start.request === request);
        if (deadlineAt === undefined) expect(result).toBe(request);
        else expect([request, late]).toContain(result);
        expect(own.every(({ at }) => at <= (deadlineAt ?? at))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("limiter: 64 requests do run at once when nothing is refused", async () => {
  const burst = Array.from({ length: 100 }, () => ({
    arrivalMs: 0,
    durationMs: 50,
    refusals: [],
    deadlineMs: undefined,
  }));
  expect((await run(burst, undefined)).mostInFlight).toBe(MAX_IN_FLIGHT);
});

describe("pace", () => {
  const replies = fc.array(
    fc.oneof(fc.constant("accepted" as const), fc.double({ min: 0.01, max: 1_000, noNaN: true })),
    { maxLength: 200 },
  );

  test("never faster than set, and always a finite spacing, whatever is accepted and refused", () => {
    fc.assert(
      fc.property(replies, rate, (sequence, perSecond) => {
        const pace = createPace(perSecond);
        for (const reply of sequence) {
          if (reply === "accepted") pace.accepted();
          else pace.refused(reply);
          expect(pace.spacing()).toBeGreaterThanOrEqual(1000 / (perSecond ?? Number.POSITIVE_INFINITY));
          expect(pace.spacing()).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  test("at most one refusal: nothing is spaced but what was set", () => {
    fc.assert(
      fc.property(
        rate,
        fc.nat(50),
        fc.double({ min: 0.01, max: 1_000, noNaN: true }),
        (perSecond, accepted, throughput) => {
          const pace = createPace(perSecond);
          pace.refused(throughput);
          for (let i = 0; i < accepted; i++) pace.accepted();
          expect(pace.spacing()).toBe(1000 / (perSecond ?? Number.POSITIVE_INFINITY));
        },
      ),
    );
  });

  test("spacing: with every accepted request it becomes shorter, never longer", () => {
    fc.assert(
      fc.property(replies, (sequence) => {
        const pace = createPace();
        for (const reply of sequence) {
          const before = pace.spacing();
          if (reply === "accepted") pace.accepted();
          else pace.refused(reply);
          if (reply === "accepted") expect(pace.spacing()).toBeLessThanOrEqual(before);
        }
      }),
    );
  });
});
