// npm run pulumi -- ARGS: runs the Pulumi CLI with these arguments, and installs it first if necessary.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { findPulumi, pulumiEnv } from "./find.mts";

/** npm and the process group may both deliver one signal; Pulumi takes a second signal as "stop without clean-up". */
const DUPLICATE_SIGNAL_MS = 1000;

try {
  const found = await findPulumi();
  // A terminal sends Ctrl-C to the CLI itself. Without a terminal the CLI gets a process group of its own, so that a
  // signal reaches it only from here, and once.
  const terminal = process.stdin.isTTY;
  let forwarded = 0;
  const forward = (signal: NodeJS.Signals) => {
    if (terminal && signal === "SIGINT") return;
    if (Date.now() - forwarded < DUPLICATE_SIGNAL_MS) return;
    forwarded = Date.now();
    child.kill(signal);
  };
  // Before the CLI starts: a caller may react to its first output with a signal, which would end this process instead.
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
