// Runs a command on many stacks: each has a part of the accounts.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pMap from "p-map";
import { readAccounts } from "./accounts.mts";
import { byHash, bySeller, place } from "./placement.mts";
import { type Command, commands, readStates, runStack } from "./stacks.mts";

const help = `node main.mts up | refresh | preview | destroy [OPTIONS]

  --accounts FILE            the accounts (accounts.json)
  --by hash | seller         where a new account goes (hash)
  --stacks N                 number of stacks by hash (10)
  --only STACK,...           these stacks alone
  --at-once K                stacks that run at the same time (number of processors)
  --requests-per-second R    limit of all of them together, divided by K (no limit)
  --parallel P               operations at once in each stack (32)
`;

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      accounts: { type: "string", default: join(import.meta.dirname, "accounts.json") },
      by: { type: "string", default: "hash" },
      stacks: { type: "string", default: "10" },
      only: { type: "string" },
      "at-once": { type: "string", default: String(availableParallelism()) },
      "requests-per-second": { type: "string" },
      parallel: { type: "string", default: "32" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const [command] = positionals as Command[];
  if (!command || !commands.includes(command)) throw new Error(help);
  if (values.by !== "hash" && values.by !== "seller") throw new Error("--by: must be hash or seller");
  const rule = values.by === "hash" ? byHash(wholeNumber("stacks", values.stacks)) : bySeller;
  const [atOnce, parallel] = [wholeNumber("at-once", values["at-once"]), wholeNumber("parallel", values.parallel)];

  const placed = place(readAccounts(values.accounts), await readStates(atOnce), rule);
  const only = values.only?.split(",") ?? [...placed.keys()];
  const unknown = only.filter((stack) => !placed.has(stack));
  if (unknown.length > 0) throw new Error(`--only: there is no stack ${unknown.join(", ")}`);

  // Each stack has a provider process and a limiter of its own, and at most this many run at once.
  const running = Math.min(atOnce, only.length);
  const requestsPerSecond =
    values["requests-per-second"] === undefined
      ? undefined
      : positive("requests-per-second", values["requests-per-second"]) / running;
  const options = { command, parallel, requestsPerSecond, signal: stopped.signal };
  const failed: string[] = [];
  await pMap(
    only,
    async (stack) => {
      if (stopped.signal.aborted) return void failed.push(stack);
      const started = performance.now();
      try {
        const changes = Object.entries(await runStack(stack, placed.get(stack) ?? [], options));
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.log(`${stack}: ${changes.map(([kind, count]) => `${count} ${kind}`).join(", ")} (${seconds} s)`);
      } catch (error) {
        failed.push(stack);
        console.error(`${stack}: ${error instanceof Error ? error.message : error}`);
      }
    },
    { concurrency: running },
  );
  // What is done would cost an up without changes.
  if (failed.length > 0) throw new Error(`not done: run it again with --only ${failed.sort().join(",")}`);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option}: must be a number above 0`);
  return value;
}

function wholeNumber(option: string, text: string): number {
  const value = positive(option, text);
  if (!Number.isInteger(value)) throw new Error(`--${option}: must be a whole number`);
  return value;
}
