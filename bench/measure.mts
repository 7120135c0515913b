// Runs a command and measures its duration and the peak memory of the provider's process.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "./contenders/contender.mts";

export interface Measured {
  seconds: number;
  /** Null where it cannot be measured: it is read from /proc, which only Linux has. */
  providerPeakBytes: number | null;
}

const SAMPLE_INTERVAL_MS = 100;
const KILL_DELAY_MS = 10_000;

/** Runs the command, which must succeed within its limit. When aborted, it ends all processes of the command. */
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
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }

  let peak: number | null = null;
  const sampling = setInterval(() => {
    for (const process of provider ? descendants(pid) : []) {
      if (provider?.test(commandLine(process))) peak = Math.max(peak ?? 0, peakMemory(process));
    }
  }, SAMPLE_INTERVAL_MS);

  const end = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    killing = setTimeout(() => kill([...descendants(pid), pid]), KILL_DELAY_MS);
  };
  end.addEventListener("abort", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("exit", resolve);
    });
    const seconds = (performance.now() - started) / 1000;
    signal.throwIfAborted();
    if (end.aborted) throw new Error(`${args.join(" ")} took longer than ${limitMs / 1000} s`);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
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
      // Already ended.
    }
  }
}

/** All descendants of a process; none on systems without /proc. */
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

/** Peak resident memory since the process started, so no sample has to hit the peak. */
function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Empty when the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
