// npm run pulumi -- ARGS: the Pulumi CLI with these arguments, wherever it has to come from.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { findPulumi, pulumiEnv } from "./find.mts";

/** npm and a signal sent to the whole group can bring the same request twice; Pulumi reads a second one as "at once". */
const repeatedWithinMs = 1000;

try {
  const found = await findPulumi();
  // A terminal's Ctrl-C reaches the CLI by itself. Without one the CLI gets a group of its own, so that a signal
  // reaches it only through us, and once.
  const terminal = process.stdin.isTTY;
  let forwarded = 0;
  const forward = (signal: NodeJS.Signals) => {
    if (terminal && signal === "SIGINT") return;
    if (Date.now() - forwarded < repeatedWithinMs) return;
    forwarded = Date.now();
    child.kill(signal);
  };
  // Before the CLI runs: its first words may bring the signal, and without a handler it would end us instead.
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  const child = spawn(found.command, process.argv.slice(2), {
    stdio: "inherit",
    env: pulumiEnv(found),
    detached: !terminal && process.platform !== "win32",
  });
  child.on("error", fail);
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
