import { expect, test } from "vitest";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { waitUntil } from "../../provider/engine/wait";
import { fakeClock } from "../support/process";

/** Waiting for something that happens at Gcore by itself: when it is read, and what is said meanwhile. */

/** Waits for something that happens after `seconds`. Times are in seconds from the start. */
async function waitFor(seconds: number, timeoutSeconds: number) {
  const clock = fakeClock();
  const logged: string[] = [];
  const started = clock.now();
  const elapsed = () => (clock.now() - started) / 1000;
  const settings = readSettings(() => undefined, { GCORE_API_KEY: "1$x" });
  const api = openApi(settings, { clock, log: (line) => logged.push(line) });
  const polls: number[] = [];
  const result = await waitUntil(api, {
    situation: "the service is activating",
    timeoutSeconds,
    async poll() {
      polls.push(elapsed());
      return elapsed() >= seconds ? "active" : "activating";
    },
    isOver: (now) => now === "active",
  });
  return { result, polls, logged, ended: elapsed() };
}

test.each([
  ["before the first look", 1, 60, "active", [5]],
  ["between two looks", 20, 60, "active", [5, 15, 35]],
  ["at the deadline", 60, 60, "active", [5, 15, 35, 60]],
  ["after the deadline", 61, 60, undefined, [5, 15, 35, 60]],
  ["a deadline before the first look", 61, 3, undefined, [3]],
  ["a deadline of no time", 0, 0, undefined, []],
  ["a longer time: each 30 s", 125, 200, "active", [5, 15, 35, 65, 95, 125]],
])("%s: over after %i s of %i s, read as %s after %j s", async (_what, seconds, timeout, result, polls) => {
  const waited = await waitFor(seconds, timeout);
  expect(waited).toMatchObject({ result, polls, ended: polls.at(-1) ?? 0 });
});

test("a line at the beginning, and one for each whole minute that has passed", async () => {
  const { logged } = await waitFor(1000, 140);
  expect(logged).toEqual([
    "the service is activating; waiting for up to 140 s.",
    "the service is activating, after 65 s.",
    "the service is activating, after 125 s.",
  ]);
  // The minute is over at the second look after it, and then only.
  expect((await waitFor(1000, 60)).logged).toEqual([
    "the service is activating; waiting for up to 60 s.",
    "the service is activating, after 60 s.",
  ]);
});
