import { type ChildProcessByStdio, execFileSync, spawnSync } from "node:child_process";
import type { Readable } from "node:stream";

/** Exit code of a command, with its output on stdout and stderr. */
export interface Run {
  code: number | null;
  output: string;
}

/** Waits for the end of a command and returns its exit code and output. */
export function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Run> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
  return new Promise((done, failed) => {
    const finish = () => done({ code: child.exitCode, output });
    child.on("error", failed);
    child.on("close", finish);
    // The children of a killed process survive it and keep the pipes open.
    child.on("exit", (_code, signal) => signal && finish());
  });
}

/** A process that a process of the test has started: only such processes are killed. */
export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** All descendants of a process. */
export function descendants(pid: number): Process[] {
  const all = execFileSync("ps", ["-axo", "pid=,ppid=,command="], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }] : []));
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** Whether the process still runs; one that has ended may be listed until its parent reads its exit code. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z\s]/.test(stdout);
}

/** Kills processes with SIGKILL; one that has already ended is ignored. */
export function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {}
  }
}
