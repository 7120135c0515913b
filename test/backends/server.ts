import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A backend of the Pulumi CLI, for as long as the tests run. */
export interface Backend {
  /** The environment variables with which the CLI uses it. */
  env: Record<string, string>;
  /** Part of `env` that no output may contain. */
  secret?: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const POLL_INTERVAL_MS = 100;

/** Starts a server on a free port of 127.0.0.1 and waits until it is ready. */
export async function startServer(
  command: string,
  args: (port: number) => string[],
  isReady: (port: number) => boolean | Promise<boolean>,
  options: SpawnOptions = {},
): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(command, args(port), { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes) => (output += bytes));
  const exit = once(child, "exit");
  const stop = async () => {
    child.kill("SIGINT");
    await exit;
  };
  for (const started = Date.now(); Date.now() - started < READY_WITHIN_MS; await setTimeout(POLL_INTERVAL_MS)) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${output.slice(-1000)}`);
    if (await isReady(port)) return { port, stop };
  }
  await stop();
  throw new Error(`${command} was not ready within ${READY_WITHIN_MS / 1000} s: ${output.slice(-1000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
