import { describe, expect, test } from "vitest";
import { goals, type ManyResults, report } from "../../bench/many-report.mts";
import { type PhaseResult, phases, type Round } from "../../bench/report.mts";

/** A round whose phases all have the same duration and requests. */
function round(contender: string, users: number, seconds: number, calls = users): Round {
  const phase: PhaseResult = { seconds, requests: { POST: calls }, providerPeakBytes: null };
  const all = Object.fromEntries(phases.map((name) => [name, phase])) as Round["phases"];
  return { contender, users, run: 1, phases: all, stateBytes: 0, plainSecrets: [] };
}

function results(rounds: Round[]): ManyResults {
  const names = [...new Set(rounds.map(({ contender }) => contender))];
  return {
    settings: {
      ...{ users: 500, stacks: [5, 10], stackUsers: 1000, fleetUsers: 200, atOnce: 2, latencyMs: 20, runs: 1 },
      ...{ cores: 2, node: "24.0.0", date: "2026-01-01" },
    },
    contenders: Object.fromEntries(names.map((name) => [name, { title: `the ${name}`, tool: "Tool 1" }])),
    skipped: ["gogc"],
    rounds,
  };
}

const goal = (all: ManyResults, what: string) => goals(all).find((one) => one.what.includes(what));

describe("the report of many accounts", () => {
  const all = results([
    round("plain", 500, 20),
    round("zstd", 500, 10),
    round("opentofu", 500, 5),
    round("stacks-5", 5000, 60),
    round("stacks-10", 10_000, 130, 1020),
    round("fleet", 200, 7, 4),
  ]);

  test("time an account: relative to OpenTofu's, whose accounts are fewer", () => {
    const expected = { limit: 1.5, measured: 1.3, reached: true };
    expect(goal(all, "10000 accounts in 10 stacks, time")).toMatchObject(expected);
    expect(goal(results([round("stacks-10", 10_000, 130)]), "10 stacks, time")).toMatchObject({ reached: false });
  });

  test("growth: the most stacks beside the fewest", () => {
    const growth = goal(all, "relative to the fewest stacks");
    expect(growth?.measured).toBeCloseTo(13 / 12);
    expect(growth?.reached).toBe(true);
  });

  test("requests of a refresh: each stack reads all pages, and two accounts singly at most", () => {
    expect(goal(all, "refresh 10000")).toMatchObject({ limit: 1020, measured: 1020, reached: true });
    expect(goal(all, "refresh 200 accounts of examples/fleet")).toMatchObject({ limit: 4, measured: 4, reached: true });
  });

  test("tables: multiples of the plain run, milliseconds an account, the fleet, what could not run", () => {
    const text = report(all);
    expect(text).toMatch(/\| the zstd +\| 0\.50 × \(10\.0 s\)/);
    expect(text).toMatch(/\| the stacks-10 +\| 13\.0 ms \(1\.30 ×\)/);
    expect(text).toMatch(/\| the opentofu +\| 10\.0 ms \(1\.00 ×\)/);
    expect(text).toMatch(/\| time +\| 7\.0 s/);
    expect(text).toContain("Could not run: gogc.");
    expect(text).not.toContain("NaN");
  });
});
