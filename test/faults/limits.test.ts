import { describe, expect, test } from "vitest";
import { getClient } from "../../provider/api/clients";
import type { Clock } from "../../provider/api/clock";
import { RateLimitedError } from "../../provider/api/errors";
import { createLimiter } from "../../provider/api/limiter";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { fakeClock, startWorld } from "../support/process";

/** One limiter in the process: a 429 pauses all requests, and none fails for it. */

/** `count` creates, some at a time, as the engine runs them. */
async function createMany(
  world: Awaited<ReturnType<typeof startWorld>>,
  count: number,
  parallel: number,
  stack = "user",
) {
  const provider = world.start();
  const names = Array.from({ length: count }, (_, i) => `${stack}-${i}`);
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

describe("one key used by three stacks at once, 12 requests a second allowed", () => {
  /** Each stack is a provider process with a limiter of its own. */
  const runStacks = async (requestsPerSecond: string) => {
    const world = await startWorld({ requestsPerSecond });
    world.api.sandbox.setRateLimit({ requestsPerSecond: 12, burst: 3 });
    const seconds = await Promise.all(["a", "b", "c"].map((stack) => createMany(world, 40, 8, stack)));
    return { world, seconds: Math.max(...seconds), refused: world.api.seen.filter(({ status }) => status === 429) };
  };

  test("each has a third of the rate: none is refused, and all together use it", async () => {
    const { world, seconds, refused } = await runStacks("4");
    expect(refused).toEqual([]);
    expect(world.api.emails()).toHaveLength(120);
    expect(seconds).toBeLessThanOrEqual(1.15 * 10);
  });

  test("each has the whole rate: refused requests are waited for, and each account is created once", async () => {
    const { world, refused } = await runStacks("12");
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(world.api.emails()).size).toBe(120);
    expect(world.api.emails()).toHaveLength(120);
  });
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
      throw new RateLimitedError({ method: "GET", path: "/" }, 429, 10_000);
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
  expect(logged[0]).toMatch(/GET \/iam\/clients\/1: no connection \(ECONNREFUSED\).*Waiting 4 s/);
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
  let [inFlight, most, remaining] = [0, 0, Number.POSITIVE_INFINITY];
  const request = () =>
    limiter.run(async () => {
      most = Math.max(most, ++inFlight);
      await clock.sleep(1);
      inFlight--;
      if (--remaining < 0) throw new RateLimitedError({ method: "GET", path: "/" }, 429, 1_000);
    });
  const load = async (count: number) => {
    most = 0;
    await Promise.all(Array.from({ length: count }, request));
    return most;
  };
  expect(await load(16)).toBe(16);
  remaining = 4;
  setTimeout(() => clock.sleep(500).then(() => (remaining = Number.POSITIVE_INFINITY)));
  await load(16);
  expect(await load(16)).toBeLessThan(16);
  for (let i = 0; i < 20; i++) await load(16);
  expect(await load(16)).toBe(16);
});

describe("one request after the other", () => {
  /** Runs requests that are refused with these pauses in ms ("none": without Retry-After) before each is accepted. */
  const run = async (...requests: (number | "none")[][]) => {
    const clock = { ...fakeClock(), random: () => 0 };
    const logged: string[] = [];
    const limiter = createLimiter(clock, undefined, (line) => logged.push(line));
    for (const refusals of requests)
      await limiter.run(async () => {
        const pause = refusals.shift();
        if (pause !== undefined)
          throw new RateLimitedError({ method: "GET", path: "/" }, 429, pause === "none" ? undefined : pause);
      });
    return { slept: clock.slept, logged };
  };
  const hint =
    "Gcore's rate limit is reached (429); waiting as requested. Set gcore-reseller:requestsPerSecond to stay below the limit.";

  test.each<[string, number[], string[]]>([
    ["pauses of 2 s in total", [1_000, 1_000], []],
    ["short pauses of 3 s in total", [1_000, 1_000, 1_000], [hint]],
    ["many short pauses", Array(9).fill(1_000), [hint]],
    ["a pause of almost 3 s", [2_999], []],
    ["a pause of 3 s", [3_000], ["Gcore accepts no more requests for 3 s; waiting."]],
    ["a pause of 3.2 s", [3_200], ["Gcore accepts no more requests for 4 s; waiting."]],
  ])("%s: logged %j", async (_what, pauses, lines) => {
    expect((await run(pauses)).logged).toEqual(lines);
  });

  test("without Retry-After: pauses grow until a request is accepted", async () => {
    expect((await run(["none", "none", "none"], ["none", "none"])).slept).toEqual([250, 500, 1_000, 250, 500]);
  });

  test("three pauses of five minutes, each followed by an accepted request: none fails", async () => {
    expect((await run([300_000], [300_000], [300_000])).slept).toEqual([300_000, 300_000, 300_000]);
  });

  test("three pauses of five minutes and none accepted: fails", async () => {
    await expect(run([300_000, 300_000, 300_000])).rejects.toThrow(RateLimitedError);
  });
});

test("two refusals at once: the longer pause counts, and all that wait sleep once", async () => {
  const clock = fakeClock();
  const limiter = createLimiter(clock, undefined, () => {});
  const started = clock.now();
  const pauses = [60_000, 10_000];
  const starts: number[] = [];
  const request = async () => {
    const pause = pauses.shift();
    if (pause !== undefined) throw new RateLimitedError({ method: "GET", path: "/" }, 429, pause);
    starts.push(clock.now() - started);
  };
  await Promise.all(Array.from({ length: 10 }, () => limiter.run(request)));
  expect(Math.max(...starts)).toBe(60_000);
  expect(starts.filter((start) => start > 0 && start < 60_000)).toEqual([]);
  expect(clock.slept).toEqual([60_000]);
});

describe("a request with a deadline", () => {
  const late = new Error("too late");
  const started: number[] = [];
  const start = (limiter: ReturnType<typeof createLimiter>, clock: Clock, seconds: number) =>
    limiter.run(async () => started.push(clock.now()), { at: clock.now() + 1000 * seconds, error: () => late });
  /** A limiter whose pause of a minute has just begun. */
  const paused = async () => {
    const clock = fakeClock();
    const limiter = createLimiter(clock, undefined, () => {});
    let isFirst = true;
    const refused = limiter.run(async () => {
      if (!isFirst) return "accepted";
      isFirst = false;
      throw new RateLimitedError({ method: "GET", path: "/" }, 429, 60_000);
    });
    await new Promise(setImmediate);
    return { clock, limiter, refused };
  };

  test("fails at once when a pause ends after it, and the others go on", async () => {
    const { clock, limiter, refused } = await paused();
    const now = clock.now();
    started.length = 0;
    const inTime = start(limiter, clock, 60);
    await expect(start(limiter, clock, 59)).rejects.toBe(late);
    expect(clock.now()).toBe(now);
    expect(await refused).toBe("accepted");
    await inTime;
    expect(started).toEqual([now + 60_000]);
  });

  test("fails when the pause begins while it waits", async () => {
    const clock = fakeClock();
    const limiter = createLimiter(clock, 1, () => {});
    started.length = 0;
    let isFirst = true;
    const refused = limiter.run(async () => {
      if (!isFirst) return;
      isFirst = false;
      throw new RateLimitedError({ method: "GET", path: "/" }, 429, 60_000);
    });
    const waiting = expect(start(limiter, clock, 30)).rejects.toBe(late);
    await Promise.all([refused, waiting]);
    expect(started).toEqual([]);
  });

  test("its own 429 with a longer pause: fails at once", async () => {
    const clock = fakeClock();
    const limiter = createLimiter(clock, undefined, () => {});
    const refused = limiter.run(() => Promise.reject(new RateLimitedError({ method: "GET", path: "/" }, 429, 60_000)), {
      at: clock.now() + 59_000,
      error: () => late,
    });
    const now = clock.now();
    await expect(refused).rejects.toBe(late);
    expect(clock.now()).toBe(now);
  });

  test("fails when requestsPerSecond leaves no turn before it", async () => {
    const clock = fakeClock();
    const limiter = createLimiter(clock, 1, () => {});
    started.length = 0;
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => start(limiter, clock, 2)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    expect(started).toHaveLength(3);
  });
});

test("two resellers in one program: each has its own limit", async () => {
  const clock = fakeClock();
  const slow = await startWorld({ requestsPerSecond: "1" }, clock);
  const fast = await startWorld({}, clock);
  expect(await Promise.all([createMany(slow, 3, 3), createMany(fast, 3, 3)])).toEqual([2, 0]);
});
