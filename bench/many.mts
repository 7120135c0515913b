// npm run bench:many: measures what makes many accounts cheaper: settings of the CLI, many stacks, and examples/fleet, beside
// OpenTofu in the same run. Prints tables and writes them to bench/many.md and bench/many.json.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Contender } from "./contenders/contender.mts";
import { fleet } from "./contenders/fleet.mts";
import { manyStacks } from "./contenders/many-stacks.mts";
import { opentofu } from "./contenders/opentofu.mts";
import { settings, together } from "./contenders/settings.mts";
import { goals, type ManyResults, report } from "./many-report.mts";
import { find, measure, print, publish, runBench, wholeNumber } from "./rounds.mts";
import { startSandbox } from "./sandbox.mts";

const help = `npm run bench:many -- [OPTIONS]

  --users N          accounts for each setting and for OpenTofu (500)
  --stacks S,S       numbers of stacks (5,10)
  --stack-users N    accounts in each of these stacks (500)
  --fleet-users N    accounts of examples/fleet (1000)
  --at-once K        stacks that run at the same time (number of processors)
  --latency MS       time that the sandbox takes for each request (20)
  --runs R           number of runs (1)
  --only NAME,...    contenders, of: ${Object.keys(settings).join(", ")}, split, opentofu, stacks-S for each S, fleet (all)
  --out DIR          folder of many.md and many.json (bench)
  --check            fail when a goal was missed or not measured
`;

/** Accounts in each stack of the contender that has the accounts of the settings in several stacks. */
const SPLIT_USERS = 100;

await runBench(main);

async function main(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: "string", default: "500" },
      stacks: { type: "string", default: "5,10" },
      "stack-users": { type: "string", default: "500" },
      "fleet-users": { type: "string", default: "1000" },
      "at-once": { type: "string", default: String(availableParallelism()) },
      latency: { type: "string", default: "20" },
      runs: { type: "string", default: "1" },
      only: { type: "string" },
      out: { type: "string", default: import.meta.dirname },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return print(help);

  const number = (name: "users" | "stack-users" | "fleet-users" | "at-once" | "latency" | "runs", min = 1) =>
    wholeNumber(name, values[name], min);
  const [users, stackUsers, fleetUsers] = [number("users"), number("stack-users"), number("fleet-users")];
  const [atOnce, latencyMs, runs] = [number("at-once"), number("latency", 0), number("runs")];
  const stacks = values.stacks.split(",").map((text) => wholeNumber("stacks", text, 1));
  const machine = { cores: availableParallelism(), node: process.versions.node };
  const results: ManyResults = {
    settings: {
      ...{ users, stacks, stackUsers, fleetUsers, atOnce, latencyMs, runs },
      ...machine,
      date: new Date().toISOString().slice(0, 10),
    },
    contenders: {},
    skipped: [],
    rounds: [],
  };

  const splitInto = Math.max(2, Math.round(users / SPLIT_USERS));
  const contenders: Record<string, { users: number; make: () => Promise<Contender> }> = {
    ...Object.fromEntries(Object.entries(settings).map(([name, make]) => [name, { users, make }])),
    split: { users, make: () => manyStacks({ title: `in ${splitInto} stacks`, stacks: splitInto, atOnce }) },
    opentofu: { users, make: opentofu },
    ...Object.fromEntries(
      stacks.map((count) => {
        const title = `${count} stacks × ${stackUsers} accounts`;
        const make = () => manyStacks({ title, stacks: count, atOnce, ...together });
        return [`stacks-${count}`, { users: count * stackUsers, make }];
      }),
    ),
    fleet: { users: fleetUsers, make: fleet },
  };
  const makers = Object.fromEntries(Object.entries(contenders).map(([name, { make }]) => [name, make]));
  const found = await find(makers, values.only?.split(",") ?? Object.keys(contenders), results);
  const sandbox = await startSandbox(latencyMs);
  try {
    for (let run = 1; run <= runs; run++) {
      for (const [name, contender] of Object.entries(found)) {
        const count = contenders[name]?.users ?? users;
        print(`run ${run} of ${runs}, ${count} users, ${name}:`);
        const key = { contender: name, users: count, run };
        results.rounds.push(await measure(key, contender, sandbox, signal));
      }
    }
  } finally {
    await sandbox.stop();
  }

  await publish(results, report(results), join(values.out, "many"));
  if (values.check && goals(results).some(({ reached }) => !reached)) process.exitCode = 1;
}
