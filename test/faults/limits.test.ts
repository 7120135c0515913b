import { expect, test } from "vitest";
import { getClient } from "../../provider/api/clients";
import { RateLimitedError } from "../../provider/api/errors";
import { createLimiter } from "../../provider/api/limiter";
import { retryDelay } from "../../provider/api/retry";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { startApi } from "../support/api";
import { fakeClock, startWorld } from "../support/process";

/** One limiter in the process: 429 holds everybody back, and nobody fails for it. */

/** `count` creates, some at a time, as the engine runs them. */
async function createMany(world: Awaited<ReturnType<typeof startWorld>>, count: number, parallel: number) {
  const provider = world.start();
  const names = Array.from({ length: count }, (_, i) => `user-${i}`);
  const work = async () => {
    for (let name = names.shift(); name; name = names.shift()) await provider.create(world.declare(name));
  };
  const started = world.clock.now();
  await Promise.all(Array.from({ length: parallel }, work));
  return (world.clock.now() - started) / 1000;
}

test.each([
  [5, 40, 8],
  [20, 200, 16],
  [50, 500, 16],
])(
  "a server that allows %i requests a second: %i creates, %i at once, in at most 1.15 of the time, and none fails",
  async (rate, count, parallel) => {
    const world = await startWorld();
    world.api.sandbox.setRateLimit({ requestsPerSecond: rate });
    const seconds = await createMany(world, count, parallel);
    expect(world.api.emails()).toHaveLength(count);
    expect(seconds).toBeLessThanOrEqual((1.15 * count) / rate);
    expect(seconds).toBeGreaterThan((0.5 * count) / rate);
  },
);

test("requestsPerSecond spaces the requests, so that the server never has to refuse one", async () => {
  const world = await startWorld({ requestsPerSecond: "10" });
  world.api.sandbox.setRateLimit({ requestsPerSecond: 10, burst: 2 });
  const seconds = await createMany(world, 50, 8);
  expect(world.api.seen.filter(({ status }) => status === 429)).toEqual([]);
  expect(seconds).toBeGreaterThanOrEqual(4.9);
  expect(seconds).toBeLessThanOrEqual(5.75);
});

test("a long pause is told once, however many requests wait for its end", async () => {
  const world = await startWorld();
  world.api.sandbox.faults.add({ kind: "rate-limit", retryAfter: "seconds", seconds: 30, times: 4, method: "POST" });
  await createMany(world, 4, 4);
  expect(world.told).toEqual(["Gcore takes no more requests for 30 s; waiting."]);
});

test.each(["0", "Thu, 01 Jan 1970 00:00:00 GMT"])(
  "Retry-After %j is not asked again at once, for ever",
  async (header) => {
    const wait = retryDelay(new RateLimitedError({ method: "GET", path: "/" }, 429, header), {
      idempotent: true,
      attempt: 1,
      failures: 0,
      maxRetries: 5,
      pausedMs: 0,
      now: Date.now(),
      random: 0,
    });
    expect(wait).toBe(250);
  },
);

test("after a pause the spacing of requestsPerSecond still holds", async () => {
  const clock = fakeClock();
  const limiter = createLimiter(clock, 10);
  limiter.pause(10_000);
  const starts: number[] = [];
  await Promise.all(Array.from({ length: 30 }, () => limiter.run(async () => void starts.push(clock.now()))));
  expect(Number(starts.at(-1)) - Number(starts[0])).toBeGreaterThanOrEqual(2_900);
});

test("a long wait after 5xx is told too", async () => {
  const told: string[] = [];
  const clock = { ...fakeClock(), random: () => 0.99 };
  const settings = readSettings(() => undefined, { GCORE_API_KEY: "1$x", GCORE_BASE_URL: "http://127.0.0.1:9" });
  const api = openApi(settings, { clock: { ...clock, sleep: async () => {} }, tell: (line) => told.push(line) });
  await getClient(api, 1).catch(() => {});
  expect(told[0]).toMatch(/GET \/iam\/clients\/1: no reply \(ECONNREFUSED\).*waiting 4 s/);
});

test("a pause that is too long is an error that says what to set", async () => {
  const world = await startWorld();
  world.api.sandbox.faults.add({ kind: "rate-limit", retryAfter: "seconds", seconds: 3600, method: "POST" });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/429.*requestsPerSecond/);
  expect(world.api.sandbox.accounts()).toEqual([]);
});

test("concurrency halves at a 429 and recovers with success", async () => {
  const clock = fakeClock();
  const limiter = createLimiter(clock, undefined);
  let [inFlight, most] = [0, 0];
  const request = () =>
    limiter.run(async () => {
      most = Math.max(most, ++inFlight);
      await clock.sleep(1);
      inFlight--;
    });
  const load = async (count: number) => {
    most = 0;
    await Promise.all(Array.from({ length: count }, request));
    return most;
  };
  expect(await load(16)).toBe(16);
  const running = Array.from({ length: 16 }, request);
  expect([limiter.pause(1000), limiter.pause(1000)]).toEqual([true, false]);
  await Promise.all(running);
  expect(await load(16)).toBeLessThan(16);
  for (let i = 0; i < 20; i++) await load(16);
  expect(await load(16)).toBe(16);
});

test("two resellers in one program do not slow each other down", async () => {
  const [slow, fast] = [await startWorld(), await startWorld()];
  slow.api.sandbox.setRateLimit({ requestsPerSecond: 1 });
  await createMany(slow, 3, 3);
  expect(await createMany(fast, 3, 3)).toBe(0);
  expect((await startApi()).emails()).toEqual([]);
});
