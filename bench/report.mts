// From what was measured to tables and to the figures that the project set itself. Pure.

export const phases = ["create", "no-op up", "refresh", "change", "destroy"] as const;
export type Phase = (typeof phases)[number];

export interface PhaseResult {
  seconds: number;
  /** Calls by HTTP method. */
  requests: Record<string, number>;
  providerPeakBytes: number | null;
}

/** One contender's round through all phases. */
export interface Round {
  contender: string;
  users: number;
  run: number;
  phases: Record<Phase, PhaseResult>;
  /** Size of the state file after the creation. */
  stateBytes: number;
  /** Which secrets stand readable in that file. */
  plainSecrets: string[];
}

export interface Results {
  settings: { users: number[]; latencyMs: number; runs: number; cores: number; node: string; date: string };
  /** By name, in the order of the tables. */
  contenders: Record<string, { title: string; tool: string }>;
  /** Names of those that could not run here; why is told on the screen only, since it may name folders. */
  skipped: string[];
  rounds: Round[];
}

export interface Figure {
  what: string;
  limit: number;
  /** Undefined when a contender that it needs was not measured. */
  measured: number | undefined;
  reached: boolean;
}

/** What the others are compared with. */
const floor = "noop";

export function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

const roundsOf = ({ rounds }: Results, contender: string, users: number) =>
  rounds.filter((round) => round.contender === contender && round.users === users);

/** Median of what each round of a contender gives. */
function typical(results: Results, contender: string, users: number, value: (round: Round) => number | null) {
  const values = roundsOf(results, contender, users).map(value);
  return median(values.filter((one) => one !== null));
}

/** Median of the ratios within each run: what slows the machine for a while slows both. */
function ratio(
  results: Results,
  contender: string,
  other: string,
  users: number,
  value: (round: Round) => number | null,
) {
  const others = roundsOf(results, other, users);
  const ratios = roundsOf(results, contender, users).flatMap((round) => {
    const rival = others.find(({ run }) => run === round.run);
    const [own, theirs] = [value(round), rival ? value(rival) : null];
    return own === null || theirs === null ? [] : [own / theirs];
  });
  return median(ratios);
}

const seconds = (phase: Phase) => (round: Round) => round.phases[phase].seconds;
const bytesPerUser = (round: Round) => round.stateBytes / round.users;
const requests = (phase: Phase) => (round: Round) =>
  Object.values(round.phases[phase].requests).reduce((sum, count) => sum + count, 0);

function peakMemory(round: Round): number | null {
  const peaks = phases.map((phase) => round.phases[phase].providerPeakBytes).filter((peak) => peak !== null);
  return peaks.length > 0 ? Math.max(...peaks) : null;
}

/** The figures of the project, at the largest number of users. */
export function figures(results: Results): Figure[] {
  const users = Math.max(...results.settings.users);
  const against = (other: string, value: (round: Round) => number | null) =>
    ratio(results, "ours", other, users, value);
  const called = (phase: Phase) => typical(results, "ours", users, requests(phase));
  const wanted: [what: string, limit: number, measured: number | undefined][] = [
    ["create, of the no-op resource's time", 0.75, against("noop", seconds("create"))],
    ["create, of the naive provider's time", 0.35, against("naive", seconds("create"))],
    ["refresh, of the naive provider's time", 0.6, against("naive", seconds("refresh"))],
    ["provider memory, of the no-op resource's", 1.1, against("noop", peakMemory)],
    ["bytes of state a user", 3600, typical(results, "ours", users, bytesPerUser)],
    ["requests of create", users, called("create")],
    ["requests of a no-op up", 0, called("no-op up")],
    ["requests of refresh", Math.ceil(users / 100) + 2, called("refresh")],
    ["requests of destroy", users, called("destroy")],
  ];
  return wanted.map(([what, limit, measured]) => ({
    what,
    limit,
    measured,
    reached: measured !== undefined && measured <= limit,
  }));
}

export function report(results: Results): string {
  const { users, latencyMs, runs, cores, node, date } = results.settings;
  const tools = [...new Set(Object.values(results.contenders).map(({ tool }) => tool))];
  return `${[
    "# Bench",
    `Made by \`npm run bench -- --users ${users} --latency ${latencyMs} --runs ${runs}\`: the median of ${runs} run(s) on ` +
      `${cores} cores, ${date}, Node ${node}, ${tools.join(", ")}. Times are first told as a multiple of the no-op dynamic ` +
      "resource's in the same run, in seconds behind it. Each tool runs with its own default parallelism and keeps its " +
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
        ["", "state a user", "provider memory", "secrets readable in state"],
        rows(results, (name) => [
          told(typical(results, name, count, bytesPerUser), (bytes) => `${Math.round(bytes)} B`),
          memory(results, name, count),
          [...new Set(roundsOf(results, name, count).flatMap((round) => round.plainSecrets))].join(", ") || "none",
        ]),
      ),
    ]),
    ...growth(results),
    "## Figures to reach",
    table(
      ["figure", "at most", "measured", ""],
      figures(results).map(({ what, limit, measured, reached }) => [
        what,
        number(limit),
        told(measured, number),
        measured === undefined ? "not measured" : reached ? "reached" : "MISSED",
      ]),
    ),
  ].join("\n\n")}\n`;
}

const titles = phases.map((phase) => (phase === "change" ? "change of 10 %" : phase));

/** How the time of one user grows from the smallest number of users to the largest: 1 is linear. */
function growth(results: Results): string[] {
  const [few, many] = [Math.min(...results.settings.users), Math.max(...results.settings.users)];
  if (few === many) return [];
  const ofOne = (name: string, users: number, phase: Phase) => {
    const all = typical(results, name, users, seconds(phase));
    return all === undefined ? undefined : all / users;
  };
  const cell = (name: string, phase: Phase) => {
    const [before, after] = [ofOne(name, few, phase), ofOne(name, many, phase)];
    return told(before && after && after / before, (times) => `${times.toFixed(2)} ×`);
  };
  return [
    `## Time a user, ${many} users against ${few}`,
    table(
      ["", ...titles],
      rows(results, (name) => phases.map((phase) => cell(name, phase))),
    ),
  ];
}

const rows = ({ contenders }: Results, cells: (name: string) => string[]) =>
  Object.entries(contenders).map(([name, { title }]) => [title, ...cells(name)]);

function time(results: Results, name: string, users: number, phase: Phase): string {
  const times = told(ratio(results, name, floor, users, seconds(phase)), (value) => `${value.toFixed(2)} ×`);
  return `${times} (${told(typical(results, name, users, seconds(phase)), (value) => `${value.toFixed(1)} s`)})`;
}

/** The same in every run, or a list of what differed. */
function calls(results: Results, name: string, users: number, phase: Phase): string {
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
  const times = told(ratio(results, name, floor, users, peakMemory), (value) => `${value.toFixed(2)} × `);
  return `${times}(${Math.round(peak / 1e6)} MB)`;
}

const told = (value: number | undefined, text: (value: number) => string) =>
  value === undefined ? "n/a" : text(value);
const number = (value: number) =>
  Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(2) : value.toFixed(0);

/** A Markdown table that reads well as plain text too. */
export function table(head: string[], body: string[][]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
