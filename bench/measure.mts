// Runs a command and tells how long it took and how much memory the process with the provider in it needed at most.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "./contenders/contender.mts";

export interface Measured {
  seconds: number;
  /** Null where the system does not tell: only Linux does. */
  providerPeakBytes: number | null;
}

const sampleEveryMs = 100;
const graceMs = 10_000;

/** Runs the command, which must succeed within its limit; on the signal, too, nothing of it is left running. */
export async function run(
  { command, args, ...options }: Command,
  limitMs: number,
  signal: AbortSignal,
  provider?: RegExp,
): Promise<Measured> {
  signal.throwIfAborted();
  const started = performance.now();
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const pid = child.pid ?? 0;
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
    });
  }

  let peak: number | null = null;
  const sampling = setInterval(() => {
    for (const process of provider ? descendants(pid) : []) {
      if (provider?.test(commandLine(process))) peak = Math.max(peak ?? 0, peakMemory(process));
    }
  }, sampleEveryMs);

  const end = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    killing = setTimeout(() => kill([...descendants(pid), pid]), graceMs);
  };
  end.addEventListener("abort", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("exit", resolve);
    });
    const seconds = (performance.now() - started) / 1000;
    signal.throwIfAborted();
    if (end.aborted) throw new Error(`${args.join(" ")} took longer than ${limitMs / 1000} s`);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${said}`);
    return { seconds, providerPeakBytes: peak };
  } finally {
    clearInterval(sampling);
    clearTimeout(killing);
    end.removeEventListener("abort", stop);
  }
}

function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Children, their children and so on; none where there is no /proc. */
function descendants(pid: number): number[] {
  const children = threads(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).trim().split(" "));
  return children.filter((child) => child !== "").flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

/** The most that the process has ever had in memory, so that no sample has to hit the moment. */
function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** A process may be gone by the time that it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
