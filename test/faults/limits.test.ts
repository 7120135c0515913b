import { describe, expect, test } from "vitest";
import { getClient } from "../../provider/api/clients";
import { RateLimitedError } from "../../provider/api/errors";
import { createLimiter } from "../../provider/api/limiter";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { startApi } from "../support/api";
import { fakeClock, startWorld } from "../support/process";

/** One limiter in the process: a 429 pauses all requests, and none fails for it. */

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

describe.each(["seconds", "absent"] as const)("a server that limits requests, Retry-After %s", (retryAfter) => {
  test.each([
    [5, 40, 8],
    [5, 200, 32],
    [20, 200, 16],
    [50, 500, 16],
  ])(
    "%i a second: %i creates, %i at once, in at most 1.15 of the time, and none fails",
    async (rate, count, parallel) => {
      const world = await startWorld();
      world.api.sandbox.setRateLimit({ requestsPerSecond: rate, retryAfter });
      const seconds = await createMany(world, count, parallel);
      expect(world.api.emails()).toHaveLength(count);
      expect(seconds).toBeLessThanOrEqual((1.15 * count) / rate);
      expect(seconds).toBeGreaterThan((0.5 * count) / rate);
    },
  );

  test("evenly spaced requests wanted: spacing is learnt, instead of one request after each pause", async () => {
    const world = await startWorld();
    world.api.sandbox.setRateLimit({ requestsPerSecond: 20, burst: 1, retryAfter });
    const seconds = await createMany(world, 500, 16);
    expect(world.api.emails()).toHaveLength(500);
    expect(seconds).toBeLessThanOrEqual((2 * 500) / 20);
  });
});

test("requestsPerSecond: requests are spaced, so that the server refuses none", async () => {
  const world = await startWorld({ requestsPerSecond: "10" });
  world.api.sandbox.setRateLimit({ requestsPerSecond: 10, burst: 2 });
  const seconds = await createMany(world, 50, 8);
  expect(world.api.seen.filter(({ status }) => status === 429)).toEqual([]);
  expect(seconds).toBeGreaterThanOrEqual(4.9);
  expect(seconds).toBeLessThanOrEqual(5.75);
});

test("long pause: logged once, however many requests wait", async () => {
  const world = await startWorld();
  world.api.sandbox.faults.add({ kind: "rate-limit", retryAfter: "seconds", seconds: 30, times: 4, method: "POST" });
  await createMany(world, 4, 4);
  expect(world.logged).toEqual(["Gcore accepts no more requests for 30 s; waiting."]);
});

test("many short pauses: logged once, with the setting that avoids them", async () => {
  const world = await startWorld();
  world.api.sandbox.setRateLimit({ requestsPerSecond: 5 });
  await createMany(world, 100, 8);
  expect(world.logged).toEqual([expect.stringMatching(/429.*gcore-reseller:requestsPerSecond/)]);
});

test("a limit that accepts no request: all give up together after ten minutes", async () => {
  const world = await startWorld();
  world.api.sandbox.faults.add({ kind: "rate-limit", retryAfter: "seconds", seconds: 60, times: "always" });
  const provider = world.start();
  const started = world.clock.now();
  const creates = Array.from({ length: 16 }, (_, i) => provider.create(world.declare(`user-${i}`)));
  const ended = await Promise.allSettled(creates);
  expect(ended.map(({ status }) => status)).toEqual(creates.map(() => "rejected"));
  expect(world.clock.now() - started).toBeLessThanOrEqual(660_000);
});

test("after a pause: requestsPerSecond still spaces the requests", async () => {
  const clock = fakeClock();
  const limiter = createLimiter(clock, 10, () => {});
  const starts: number[] = [];
  let refused = false;
  const request = async () => {
    if (!refused) {
      refused = true;
      throw new RateLimitedError({ method: "GET", path: "/" }, 429, "10");
    }
    starts.push(clock.now());
  };
  await Promise.all(Array.from({ length: 30 }, () => limiter.run(request)));
  expect(starts).toHaveLength(30);
  expect(Number(starts.at(-1)) - Number(starts[0])).toBeGreaterThanOrEqual(2_900);
});

test("long wait after a failure: logged", async () => {
  const logged: string[] = [];
  const clock = { ...fakeClock(), random: () => 0.99 };
  const settings = readSettings(() => undefined, { GCORE_API_KEY: "1$x", GCORE_BASE_URL: "http://127.0.0.1:9" });
  const api = openApi(settings, { clock: { ...clock, sleep: async () => {} }, log: (line) => logged.push(line) });
  await getClient(api, 1).catch(() => {});
  expect(logged[0]).toMatch(/GET \/iam\/clients\/1: no reply \(ECONNREFUSED\).*Waiting 4 s/);
});

test("Retry-After of an hour: an error that names requestsPerSecond", async () => {
  const world = await startWorld();
  world.api.sandbox.faults.add({ kind: "rate-limit", retryAfter: "seconds", seconds: 3600, method: "POST" });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/429.*requestsPerSecond/);
  expect(world.api.sandbox.accounts()).toEqual([]);
});

test("after a 429: fewer requests at once, growing again with success", async () => {
  const clock = fakeClock();
  const limiter = createLimiter(clock, undefined, () => {});
  let [inFlight, most, room] = [0, 0, Number.POSITIVE_INFINITY];
  const request = () =>
    limiter.run(async () => {
      most = Math.max(most, ++inFlight);
      await clock.sleep(1);
      inFlight--;
      if (--room < 0) throw new RateLimitedError({ method: "GET", path: "/" }, 429, "1");
    });
  const load = async (count: number) => {
    most = 0;
    await Promise.all(Array.from({ length: count }, request));
    return most;
  };
  expect(await load(16)).toBe(16);
  room = 4;
  setTimeout(() => clock.sleep(500).then(() => (room = Number.POSITIVE_INFINITY)));
  await load(16);
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
