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

function results(rounds: Round[]): Results {
  const names = [...new Set(rounds.map(({ contender }) => contender))];
  return {
    settings: { users: [200, 500], latencyMs: 20, runs: 3, cores: 2, node: "24.0.0", date: "2026-01-01" },
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
    expect(goal(results([...slow, ...fast]), "create time, relative to the no-op")).toMatchObject({
      measured: 0.5,
      reached: true,
    });
  });

  test("goals apply to the largest number of users; missed and unmeasured goals are not reached", () => {
    const all = results([round("ours", 200, 1, 1), round("ours", 500, 1, 4, 501), round("noop", 500, 1, 5)]);
    expect(goal(all, "create time, relative to the no-op")).toMatchObject({
      limit: 0.75,
      measured: 0.8,
      reached: false,
    });
    expect(goal(all, "create time, relative to the naive")).toMatchObject({ measured: undefined, reached: false });
    expect(goal(all, "bytes of state")).toMatchObject({ limit: 3600, measured: 4000, reached: false });
    expect(goal(all, "requests of create")).toMatchObject({ limit: 500, measured: 501, reached: false });
    expect(goal(all, "requests of refresh")).toMatchObject({ limit: 7 });
    expect(goal(all, "provider memory")).toMatchObject({ measured: 0.8, reached: true });
  });

  test("the report has ratios, growth, requests and skipped contenders", () => {
    const text = report(
      results(
        [200, 500].flatMap((users) => [round("ours", users, 1, users / 100, users), round("noop", users, 1, 10)]),
      ),
    );
    expect(text).toContain("0.20 × (2.0 s)");
    expect(text).toContain("500 POST");
    expect(text).toContain("Could not run: opentofu.");
    expect(text).toMatch(/Time per user, 500 users against 200[\s\S]*the ours +\| 1\.00 ×[\s\S]*the noop +\| 0\.40 ×/);
  });
});
