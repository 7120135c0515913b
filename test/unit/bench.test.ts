import { describe, expect, test } from "vitest";
import { goals, median, type PhaseResult, phases, type Results, type Round, report } from "../../bench/report.mts";

/** A round whose phases all have the same duration, requests and provider memory. */
function round(contender: string, users: number, run: number, seconds: number, calls = 0): Round {
  const phase: PhaseResult = {
    seconds,
    requests: calls > 0 ? { POST: calls } : {},
    providerPeakBytes: 100e6 * seconds,
  };
  const all = Object.fromEntries(phases.map((name) => [name, phase])) as Round["phases"];
  return { contender, users, run, phases: all, stateBytes: users * 1000 * seconds, plainSecrets: [] };
}

function results(rounds: Round[], users = [200, 500, 1000]): Results {
  const names = [...new Set(rounds.map(({ contender }) => contender))];
  return {
    settings: { users, latencyMs: 20, runs: 3, cores: 2, node: "24.0.0", date: "2026-01-01" },
    contenders: Object.fromEntries(names.map((name) => [name, { title: `the ${name}`, tool: "Tool 1" }])),
    skipped: ["opentofu"],
    rounds,
  };
}

const goal = (all: Results, what: string) => goals(all).find((one) => one.what.startsWith(what));

describe("the bench's report", () => {
  test("median", () => {
    expect(median([])).toBeUndefined();
    expect(median([3])).toBe(3);
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  test("ratios are taken within a run, so a slow run has no more weight than a fast one", () => {
    const slow = [round("ours", 500, 2, 100), round("noop", 500, 2, 200)];
    const fast = [1, 3].flatMap((run) => [round("ours", 500, run, 1), round("noop", 500, run, 2)]);
    expect(goal(results([...slow, ...fast]), "create of 500 users")).toMatchObject({ measured: 0.5, reached: true });
  });

  test("create time: measured at 500 users, whatever else was measured", () => {
    const all = results([round("ours", 500, 1, 4), round("noop", 500, 1, 5), round("ours", 1000, 1, 1)]);
    expect(goal(all, "create of 500 users")).toMatchObject({ limit: 0.75, measured: 0.8, reached: false });
    const few = results([round("ours", 200, 1, 1), round("noop", 200, 1, 5)], [200]);
    expect(goal(few, "create of 500 users")).toMatchObject({ measured: undefined, reached: false });
  });

  test("state and requests: measured at the largest number of users", () => {
    const all = results([round("ours", 500, 1, 1, 501), round("ours", 1000, 1, 3, 13)]);
    expect(goal(all, "bytes of state")).toMatchObject({ limit: 2200, measured: 3000, reached: false });
    expect(goal(all, "requests to create 1000")).toMatchObject({ limit: 1000, measured: 13, reached: true });
    expect(goal(all, "requests of an up without changes")).toMatchObject({ limit: 0, measured: 13, reached: false });
    expect(goal(all, "requests to refresh 1000")).toMatchObject({ limit: 12, measured: 13, reached: false });
  });

  test("the report has ratios, growth, requests and skipped contenders", () => {
    const text = report(
      results(
        [200, 500].flatMap((users) => [round("ours", users, 1, users / 100, users), round("noop", users, 1, 10)]),
        [200, 500],
      ),
    );
    expect(text).toContain("0.20 × (2.0 s)");
    expect(text).toContain("500 POST");
    expect(text).toContain("Could not run: opentofu.");
    expect(text).toMatch(/Time per user, 500 users against 200[\s\S]*the ours +\| 1\.00 ×[\s\S]*the noop +\| 0\.40 ×/);
  });
});
