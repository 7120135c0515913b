// What all benches do: they find contenders, run the phases of each on the sandbox, and check what it did.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Contender, User } from "./contenders/contender.mts";
import { run } from "./measure.mts";
import type { Measurements, Phase, PhaseResult, Round } from "./report.mts";
import type { BenchSandbox } from "./sandbox.mts";

/** Runs a bench: a signal to end stops it, and an error is one line. */
export async function runBench(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort(new Error("stopped")));
  try {
    await main(stopped.signal);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/** The contenders that can run here. The others are skipped, with the reason. */
export async function find(
  contenders: Record<string, () => Promise<Contender>>,
  names: string[],
  results: Measurements,
): Promise<Record<string, Contender>> {
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
export async function measure(
  key: Pick<Round, "contender" | "users" | "run">,
  contender: Contender,
  sandbox: BenchSandbox,
  signal: AbortSignal,
): Promise<Round> {
  const declared = makeUsers(key.users);
  const changed = declared.map((user, i) => (i % 10 === 0 ? { ...user, company: `${user.company} & Sons` } : user));
  // Services make four resources of a user, and the time that state takes grows with the square of their number.
  const limitMs = 300_000 + key.users * 4000;
  const folder = await mkdtemp(join(tmpdir(), "gcore-reseller-bench-"));
  try {
    await sandbox.reset();
    const stack = await contender.prepare(folder, sandbox, signal);
    const phase = async (name: Phase, command: typeof stack.up, expected: User[]): Promise<PhaseResult> => {
      await sandbox.clearRequests();
      const measured = await run(command, limitMs, signal, contender.provider);
      const requests = await sandbox.requests();
      print(`  ${name}: ${measured.seconds.toFixed(1)} s, ${JSON.stringify(requests)}`);
      expectAccounts(await sandbox.accounts(), contender.callsApi ? expected : [], name);
      return { ...measured, requests };
    };

    await stack.declare(declared);
    const create = await phase("create", stack.up, declared);
    const state = await stack.readState();
    const again = await phase("no-op up", stack.up, declared);
    const refresh = await phase("refresh", stack.refresh, declared);
    await stack.declare(changed);
    const change = await phase("change", stack.up, changed);
    if (contender.prunes) await stack.declare([]);
    const destroy = await phase("destroy", contender.prunes ? stack.up : stack.destroy, []);

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

/** Writes the measurements to `<path>.json` and their tables to `<path>.md`, and prints the tables. */
export async function publish(results: Measurements, tables: string, path: string): Promise<void> {
  await writeFile(`${path}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(`${path}.md`, tables);
  print(`\n${tables}`);
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

export function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new Error(`--${name}: must be integers of at least ${min}`);
  return value;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
