import { type ChildProcessByStdio, execFileSync } from "node:child_process";
import type { Readable } from "node:stream";

/** How a command ended, with all that a person or a log would have seen. */
export interface Run {
  code: number | null;
  output: string;
}

/** Waits for the end of a command and keeps what it prints. */
export function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Run> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
  return new Promise((done, failed) => {
    const finish = () => done({ code: child.exitCode, output });
    child.on("error", failed);
    child.on("close", finish);
    // Who is killed leaves children behind that hold the pipes open.
    child.on("exit", (_code, signal) => signal && finish());
  });
}

/** The processes below one of ours, so that a test can kill them where it hurts, and never anybody else's. */
export interface Process {
  pid: number;
  parent: number;
  command: string;
}

export function descendants(pid: number): Process[] {
  const all = execFileSync("ps", ["-axo", "pid=,ppid=,command="], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }] : []));
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** Ends processes at once; who is gone already does not matter. */
export function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {}
  }
}
