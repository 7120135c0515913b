// Turns the measurements of many accounts into tables and compares them with the goals. Pure functions.
import {
  asGoals,
  calls,
  formatted,
  type Goal,
  goalsTable,
  type Measurements,
  type Phase,
  phases,
  requests,
  seconds,
  table,
  time,
  titles,
  typical,
} from "./report.mts";

export interface ManyResults extends Measurements {
  settings: {
    /** Accounts for each setting and for OpenTofu. */
    users: number;
    stacks: number[];
    stackUsers: number;
    fleetUsers: number;
    atOnce: number;
    latencyMs: number;
    runs: number;
    cores: number;
    node: string;
    date: string;
  };
}

/** All stacks together, by the contender's name. */
const stacksNamed = ({ settings }: ManyResults) =>
  settings.stacks.map((stacks) => ({ name: `stacks-${stacks}`, stacks, users: stacks * settings.stackUsers }));

/** Milliseconds of a phase for each account. */
function perUser(results: ManyResults, name: string, users: number, phase: Phase): number | undefined {
  const all = typical(results, name, users, seconds(phase));
  return all === undefined ? undefined : (1000 * all) / users;
}

const quotient = (numerator: number | undefined, denominator: number | undefined) =>
  numerator === undefined || denominator === undefined ? undefined : numerator / denominator;
const times = (value: number) => `${value.toFixed(2)} ×`;

/** The time for each account, as a multiple of OpenTofu's in the same run. */
const besideOpenTofu = (results: ManyResults, name: string, users: number, phase: Phase) =>
  quotient(perUser(results, name, users, phase), perUser(results, "opentofu", results.settings.users, phase));

/** The time for each account with the most stacks, as a multiple of that with the fewest: 1 is linear. */
function growth(results: ManyResults, phase: Phase): number | undefined {
  const sorted = stacksNamed(results).toSorted((a, b) => a.stacks - b.stacks);
  const [few, many] = [sorted[0], sorted.at(-1)];
  if (!few || !many || few === many) return undefined;
  return quotient(perUser(results, many.name, many.users, phase), perUser(results, few.name, few.users, phase));
}

/** Accounts in a page of the API's list, which a refresh reads. */
const PAGE_SIZE = 100;

export function goals(results: ManyResults): Goal[] {
  const { fleetUsers } = results.settings;
  const most = stacksNamed(results).toSorted((a, b) => b.stacks - a.stacks)[0] ?? { name: "", stacks: 0, users: 0 };
  const requestsOf = (name: string, users: number, phase: Phase) => typical(results, name, users, requests(phase));
  return asGoals([
    [
      `create of ${most.users} accounts in ${most.stacks} stacks, time an account relative to OpenTofu's`,
      1.5,
      besideOpenTofu(results, most.name, most.users, "create"),
    ],
    ["the same, relative to the fewest stacks", 1.2, growth(results, "create")],
    [`requests to create ${most.users} accounts`, most.users, requestsOf(most.name, most.users, "create")],
    [
      `requests to refresh ${most.users} accounts in ${most.stacks} stacks by hash`,
      most.stacks * (Math.ceil(most.users / PAGE_SIZE) + 2),
      requestsOf(most.name, most.users, "refresh"),
    ],
    [
      `requests to create ${fleetUsers} accounts of examples/fleet`,
      fleetUsers,
      requestsOf("fleet", fleetUsers, "create"),
    ],
    [
      `requests to refresh ${fleetUsers} accounts of examples/fleet`,
      Math.ceil(fleetUsers / PAGE_SIZE) + 2,
      requestsOf("fleet", fleetUsers, "refresh"),
    ],
  ]);
}

export function report(results: ManyResults): string {
  const { users, stacks, stackUsers, fleetUsers, atOnce, latencyMs, runs, cores, node, date } = results.settings;
  const { contenders } = results;
  const tools = [...new Set(Object.values(contenders).map(({ tool }) => tool))];
  const command =
    `npm run bench:many -- --users ${users} --stacks ${stacks} --stack-users ${stackUsers} --fleet-users ${fleetUsers} ` +
    `--at-once ${atOnce} --latency ${latencyMs} --runs ${runs}`;
  const row = (name: string, cell: (phase: Phase) => string) =>
    contenders[name] ? [[contenders[name].title, ...phases.map(cell)]] : [];
  const inStacks = stacksNamed(results);
  const single = Object.keys(contenders).filter(
    (name) => name !== "fleet" && !inStacks.some((one) => one.name === name),
  );

  return `${[
    "# Bench of many accounts",
    `Made by \`${command}\`: the median of ${runs} run(s) on ${cores} cores, ${date}, Node ${node}, ${tools.join(", ")}. ` +
      `The state is kept in files; at most ${atOnce} stacks run at once. [Many accounts](../docs/many-accounts.md) explains the ` +
      "settings.",
    ...(results.skipped.length > 0 ? [`Could not run: ${results.skipped.join(", ")}.`] : []),
    `## Settings, ${users} accounts`,
    "Times are multiples of those without any setting; the seconds follow in brackets.",
    table(
      ["time", ...titles],
      single.flatMap((name) => row(name, (phase) => time(results, name, users, phase, "plain"))),
    ),
    "## Many stacks",
    "Milliseconds for each account, and the multiple of OpenTofu's. The stacks have skipped checkpoints, metadata=skip and GOGC=400.",
    table(
      ["time", ...titles],
      [...inStacks, { name: "opentofu", users }].flatMap(({ name, users: all }) =>
        row(name, (phase) => {
          const each = formatted(perUser(results, name, all, phase), (value) => `${value.toFixed(1)} ms`);
          return `${each} (${formatted(besideOpenTofu(results, name, all, phase), times)})`;
        }),
      ),
    ),
    table(
      ["requests", ...titles],
      inStacks.flatMap(({ name, users: all }) => row(name, (phase) => calls(results, name, all, phase))),
    ),
    `## examples/fleet, ${fleetUsers} accounts`,
    "In the last column all accounts are removed from the file, and an `up` deletes their users.",
    table(
      ["", ...titles.slice(0, -1), "prune"],
      contenders.fleet
        ? [
            ["time", ...phases.map((phase) => fleetSeconds(results, phase))],
            ["requests", ...phases.map((phase) => calls(results, "fleet", fleetUsers, phase))],
          ]
        : [],
    ),
    "## Goals",
    goalsTable(goals(results)),
  ].join("\n\n")}\n`;
}

const fleetSeconds = (results: ManyResults, phase: Phase) =>
  formatted(typical(results, "fleet", results.settings.fleetUsers, seconds(phase)), (value) => `${value.toFixed(1)} s`);
