// npm run bench: measures this package, Pulumi's own dynamic resource, a naive dynamic provider and OpenTofu on the same
// sandbox and the same Pulumi CLI. Prints tables and writes them to bench/results.md and bench/results.json.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import type { Contender, User } from "./contenders/contender.mts";
import { naive } from "./contenders/naive.mts";
import { noop } from "./contenders/noop.mts";
import { opentofu } from "./contenders/opentofu.mts";
import { ours, oursServices, oursSkipCheckpoints } from "./contenders/ours.mts";
import { run } from "./measure.mts";
import { goals, type Phase, type PhaseResult, type Results, type Round, report } from "./report.mts";
import { type BenchSandbox, startSandbox } from "./sandbox.mts";

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

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort(new Error("stopped")));

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
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
  const found = await find(values.only.split(","), results);
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
          results.rounds.push(await measure({ contender: name, users: count, run: number }, contender, sandbox));
        }
      }
    }
  } finally {
    await sandbox.stop();
  }

  const text = report(results);
  await writeFile(join(values.out, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(join(values.out, "results.md"), text);
  print(`\n${text}`);
  if (values.check && goals(results).some(({ reached }) => !reached)) process.exitCode = 1;
}

/** The contenders that can run here. The others are skipped, with the reason. */
async function find(names: string[], results: Results): Promise<Record<string, Contender>> {
  const found: Record<string, Contender> = {};
  for (const name of names) {
    const make = contenders[name];
    if (!make) throw new Error(`--only: unknown contender ${name}`);
    try {
      const contender = await make();
      found[name] = contender;
      results.contenders[name] = { title: contender.title, tool: contender.tool };
    } catch (error) {
      results.skipped.push(name);
      print(`${name} is skipped: ${error instanceof Error ? error.message : error}`);
    }
  }
  return found;
}

/** Runs all phases of one contender, in a folder of its own and on an empty sandbox. */
async function measure(
  key: Pick<Round, "contender" | "users" | "run">,
  contender: Contender,
  sandbox: BenchSandbox,
): Promise<Round> {
  const declared = makeUsers(key.users);
  const changed = declared.map((user, i) => (i % 10 === 0 ? { ...user, company: `${user.company} & Sons` } : user));
  // Services make four resources of a user, and the time that state takes grows with the square of their number.
  const limitMs = 300_000 + key.users * 4000;
  const folder = await mkdtemp(join(tmpdir(), "gcore-reseller-bench-"));
  try {
    await sandbox.reset();
    const stack = await contender.prepare(folder, sandbox, stopped.signal);
    const phase = async (name: Phase, command: typeof stack.up, expected: User[]): Promise<PhaseResult> => {
      await sandbox.clearRequests();
      const measured = await run(command, limitMs, stopped.signal, contender.provider);
      const requests = await sandbox.requests();
      print(`  ${name}: ${measured.seconds.toFixed(1)} s, ${JSON.stringify(requests)}`);
      expectAccounts(await sandbox.accounts(), contender.callsApi ? expected : [], name);
      return { ...measured, requests };
    };

    await stack.declare(declared);
    const create = await phase("create", stack.up, declared);
    const state = await readFile(stack.stateFile, "utf8");
    const again = await phase("no-op up", stack.up, declared);
    const refresh = await phase("refresh", stack.refresh, declared);
    await stack.declare(changed);
    const change = await phase("change", stack.up, changed);
    const destroy = await phase("destroy", stack.destroy, []);

    const secrets = { password: declared.map((user) => user.password), "API key": [sandbox.key] };
    return {
      ...key,
      phases: { create, "no-op up": again, refresh, change, destroy },
      stateBytes: Buffer.byteLength(state),
      plainSecrets: Object.entries(secrets)
        .filter(([, values]) => values.some((value) => state.includes(value)))
        .map(([name]) => name),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeUsers(count: number): User[] {
  return Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(4, "0");
    return {
      email: `user-${number}@bench.example`,
      password: `Bench-Passw0rd-${number}`,
      name: `User ${number}`,
      company: `Company ${number}`,
    };
  });
}

/** Checks the result of a phase: a contender that does no work would be the fastest. */
function expectAccounts(accounts: string[], expected: User[], phase: Phase): void {
  const wanted = expected.map(({ email, company }) => `${email} ${company}`);
  if (!isDeepStrictEqual(accounts.toSorted(), wanted.toSorted())) {
    throw new Error(`after ${phase} the accounts are not the declared ones: ${accounts.slice(0, 3).join(", ")} …`);
  }
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new Error(`--${name}: must be integers of at least ${min}`);
  return value;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
