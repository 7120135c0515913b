import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Output of a command on stdout. If it fails, the error has its output in `stdout` and `stderr`. */
export async function run(cwd: string, command: string, args: string[], env = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}
