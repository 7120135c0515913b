// Turns measurements into tables and compares them with the project's goals. Pure functions.

export const phases = ["create", "no-op up", "refresh", "change", "destroy"] as const;
export type Phase = (typeof phases)[number];

export interface PhaseResult {
  seconds: number;
  /** Calls by HTTP method. */
  requests: Record<string, number>;
  providerPeakBytes: number | null;
}

/** One run of all phases of one contender. */
export interface Round {
  contender: string;
  users: number;
  run: number;
  phases: Record<Phase, PhaseResult>;
  /** Size of the state file after `create`. */
  stateBytes: number;
  /** Kinds of secrets that are readable in that file. */
  plainSecrets: string[];
}

/** What a bench has measured. */
export interface Measurements {
  /** By name, in the order of the tables. */
  contenders: Record<string, { title: string; tool: string }>;
  /** Contenders that could not run. The reason is printed but not kept, since it may name folders. */
  skipped: string[];
  rounds: Round[];
}

export interface Results extends Measurements {
  settings: { users: number[]; latencyMs: number; runs: number; cores: number; node: string; date: string };
}

export interface Goal {
  what: string;
  limit: number;
  /** Undefined when a contender it needs was not measured. */
  measured: number | undefined;
  reached: boolean;
}

/** The contender that all others are compared with. */
const baseline = "noop";

export function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

const roundsOf = ({ rounds }: Measurements, contender: string, users: number) =>
  rounds.filter((round) => round.contender === contender && round.users === users);

/** Median of a value over the rounds of a contender. */
export function typical(
  results: Measurements,
  contender: string,
  users: number,
  value: (round: Round) => number | null,
) {
  const values = roundsOf(results, contender, users).map(value);
  return median(values.filter((one) => one !== null));
}

/** Median of the ratios within each run, so that a slow machine affects both sides alike. */
function ratio(
  results: Measurements,
  contender: string,
  other: string,
  users: number,
  value: (round: Round) => number | null,
) {
  const others = roundsOf(results, other, users);
  const ratios = roundsOf(results, contender, users).flatMap((round) => {
    const counterpart = others.find(({ run }) => run === round.run);
    const [numerator, denominator] = [value(round), counterpart ? value(counterpart) : null];
    return numerator === null || denominator === null ? [] : [numerator / denominator];
  });
  return median(ratios);
}

export const seconds = (phase: Phase) => (round: Round) => round.phases[phase].seconds;
const bytesPerUser = (round: Round) => round.stateBytes / round.users;
export const requests = (phase: Phase) => (round: Round) =>
  Object.values(round.phases[phase].requests).reduce((sum, count) => sum + count, 0);

function peakMemory(round: Round): number | null {
  const peaks = phases.map((phase) => round.phases[phase].providerPeakBytes).filter((peak) => peak !== null);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

const CREATE_GOAL_USERS = 500;
/** Accounts in a page of the API's list, which a refresh reads. */
const PAGE_SIZE = 100;

/** The project's goals. The time is that of 500 users, the rest that of the largest number of users. */
export function goals(results: Results): Goal[] {
  const users = Math.max(...results.settings.users);
  const requestsOf = (phase: Phase) => typical(results, "ours", users, requests(phase));
  return asGoals([
    [
      `create of ${CREATE_GOAL_USERS} users, time relative to the no-op resource`,
      0.75,
      ratio(results, "ours", baseline, CREATE_GOAL_USERS, seconds("create")),
    ],
    ["bytes of state per user", 2200, typical(results, "ours", users, bytesPerUser)],
    [`requests to create ${users} users`, users, requestsOf("create")],
    ["requests of an up without changes", 0, requestsOf("no-op up")],
    [`requests to refresh ${users} users`, Math.ceil(users / PAGE_SIZE) + 2, requestsOf("refresh")],
  ]);
}

export const asGoals = (rows: [what: string, limit: number, measured: number | undefined][]): Goal[] =>
  rows.map(([what, limit, measured]) => ({
    what,
    limit,
    measured,
    reached: measured !== undefined && measured <= limit,
  }));

export function report(results: Results): string {
  const { users, latencyMs, runs, cores, node, date } = results.settings;
  const tools = [...new Set(Object.values(results.contenders).map(({ tool }) => tool))];
  return `${[
    "# Bench",
    `Made by \`npm run bench -- --users ${users} --latency ${latencyMs} --runs ${runs}\`: the median of ${runs} run(s) on ` +
      `${cores} cores, ${date}, Node ${node}, ${tools.join(", ")}. Times are multiples of the no-op dynamic ` +
      "resource's in the same run; the seconds follow in brackets. Each tool runs with its own default parallelism and keeps its " +
      "state in a file.",
    ...(results.skipped.length > 0 ? [`Could not run: ${results.skipped.join(", ")}.`] : []),
    ...users.flatMap((count) => [
      `## ${count} users`,
      table(
        ["time", ...titles],
        rows(results, (name) => phases.map((phase) => time(results, name, count, phase))),
      ),
      table(
        ["requests", ...titles],
        rows(results, (name) => phases.map((phase) => calls(results, name, count, phase))),
      ),
      table(
        ["", "state per user", "provider memory", "secrets readable in state"],
        rows(results, (name) => [
          formatted(typical(results, name, count, bytesPerUser), (bytes) => `${Math.round(bytes)} B`),
          memory(results, name, count),
          [...new Set(roundsOf(results, name, count).flatMap((round) => round.plainSecrets))].join(", ") || "none",
        ]),
      ),
    ]),
    ...growth(results),
    "## Goals",
    goalsTable(goals(results)),
  ].join("\n\n")}\n`;
}

export const goalsTable = (all: Goal[]) =>
  table(
    ["goal", "at most", "measured", ""],
    all.map(({ what, limit, measured, reached }) => [
      what,
      number(limit),
      formatted(measured, number),
      measured === undefined ? "not measured" : reached ? "reached" : "MISSED",
    ]),
  );

export const titles = phases.map((phase) => (phase === "change" ? "change of 10 %" : phase));

/** Growth of the time per user from the smallest number of users to the largest; 1 is linear. */
function growth(results: Results): string[] {
  const [few, many] = [Math.min(...results.settings.users), Math.max(...results.settings.users)];
  if (few === many) return [];
  const perUser = (name: string, users: number, phase: Phase) => {
    const all = typical(results, name, users, seconds(phase));
    return all === undefined ? undefined : all / users;
  };
  const cell = (name: string, phase: Phase) => {
    const [before, after] = [perUser(name, few, phase), perUser(name, many, phase)];
    return formatted(before && after && after / before, (times) => `${times.toFixed(2)} ×`);
  };
  return [
    `## Time per user, ${many} users against ${few}`,
    table(
      ["", ...titles],
      rows(results, (name) => phases.map((phase) => cell(name, phase))),
    ),
  ];
}

const rows = ({ contenders }: Results, cells: (name: string) => string[]) =>
  Object.entries(contenders).map(([name, { title }]) => [title, ...cells(name)]);

/** The time as a multiple of another contender's, and in seconds. */
export function time(results: Measurements, name: string, users: number, phase: Phase, other = baseline): string {
  const times = formatted(ratio(results, name, other, users, seconds(phase)), (value) => `${value.toFixed(2)} ×`);
  return `${times} (${formatted(typical(results, name, users, seconds(phase)), (value) => `${value.toFixed(1)} s`)})`;
}

/** The requests of a phase; several lists when the runs differ. */
export function calls(results: Measurements, name: string, users: number, phase: Phase): string {
  const each = roundsOf(results, name, users).map(
    (round) =>
      Object.entries(round.phases[phase].requests)
        .map(([method, count]) => `${count} ${method}`)
        .join(", ") || "0",
  );
  return [...new Set(each)].join("; ") || "n/a";
}

function memory(results: Results, name: string, users: number): string {
  const peak = typical(results, name, users, peakMemory);
  if (peak === undefined) return "n/a";
  const times = formatted(ratio(results, name, baseline, users, peakMemory), (value) => `${value.toFixed(2)} × `);
  return `${times}(${Math.round(peak / 1e6)} MB)`;
}

export const formatted = (value: number | undefined, text: (value: number) => string) =>
  value === undefined ? "n/a" : text(value);
const number = (value: number) =>
  Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(2) : value.toFixed(0);

/** A Markdown table, aligned so that it is readable as plain text. */
export function table(head: string[], body: string[][]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
