// npm run bench: measures this package, Pulumi's own dynamic resource, a naive dynamic provider and OpenTofu on the same
// sandbox and the same Pulumi CLI. Prints tables and writes them to bench/results.md and bench/results.json.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Contender } from "./contenders/contender.mts";
import { naive } from "./contenders/naive.mts";
import { noop } from "./contenders/noop.mts";
import { opentofu } from "./contenders/opentofu.mts";
import { ours, oursServices, oursSkipCheckpoints } from "./contenders/ours.mts";
import { goals, type Results, report } from "./report.mts";
import { find, measure, print, publish, runBench, wholeNumber } from "./rounds.mts";
import { startSandbox } from "./sandbox.mts";

const help = `npm run bench -- [OPTIONS]

  --users N,N      numbers of client users (200,500,1000)
  --latency MS     time that the sandbox takes for each request (20)
  --runs R         number of runs (3)
  --only NAME,...  contenders, of: ours, ours-skip-checkpoints, ours-services, noop, naive, opentofu (all)
  --out DIR        folder of results.md and results.json (bench)
  --check          fail when a goal was missed or not measured
`;

const contenders: Record<string, () => Promise<Contender>> = {
  ours,
  "ours-skip-checkpoints": oursSkipCheckpoints,
  "ours-services": oursServices,
  noop,
  naive,
  opentofu,
};

await runBench(main);

async function main(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: "string", default: "200,500,1000" },
      latency: { type: "string", default: "20" },
      runs: { type: "string", default: "3" },
      only: { type: "string", default: Object.keys(contenders).join(",") },
      out: { type: "string", default: import.meta.dirname },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return print(help);

  const users = values.users.split(",").map((text) => wholeNumber("users", text, 1));
  const [latencyMs, runs] = [wholeNumber("latency", values.latency, 0), wholeNumber("runs", values.runs, 1)];
  const settings = { users, latencyMs, runs, cores: availableParallelism(), node: process.versions.node };
  const results: Results = {
    settings: { ...settings, date: new Date().toISOString().slice(0, 10) },
    contenders: {},
    skipped: [],
    rounds: [],
  };
  const found = await find(contenders, values.only.split(","), results);
  const sandbox = await startSandbox(latencyMs);
  try {
    for (let number = 1; number <= runs; number++) {
      // The first contender of a run meets a colder machine, so every second run has the reverse order.
      const order = Object.entries(found);
      if (number % 2 === 0) order.reverse();
      for (const count of users) {
        for (const [name, contender] of order) {
          if (count > (contender.maxUsers ?? count)) continue;
          print(`run ${number} of ${runs}, ${count} users, ${name}:`);
          const key = { contender: name, users: count, run: number };
          results.rounds.push(await measure(key, contender, sandbox, signal));
        }
      }
    }
  } finally {
    await sandbox.stop();
  }

  await publish(results, report(results), join(values.out, "results"));
  if (values.check && goals(results).some(({ reached }) => !reached)) process.exitCode = 1;
}
