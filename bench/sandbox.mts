// Runs the built sandbox in a process of its own, so that its work is not measured as a contender's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Api } from "./contenders/contender.mts";

const startLimitMs = 30_000;
const cli = join(import.meta.dirname, "../sandbox/bin/gcore-reseller-sandbox.js");

export interface BenchSandbox extends Api {
  reset(): Promise<void>;
  clearRequests(): Promise<void>;
  /** Number of requests since the log was cleared, by HTTP method. */
  requests(): Promise<Record<string, number>>;
  /** Every account that has a user, as `email company`. */
  accounts(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startSandbox(latencyMs: number): Promise<BenchSandbox> {
  const child = spawn(process.execPath, [cli, "--latency", String(latencyMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill();
    await exited;
  };
  try {
    const { url, key } = await readStartLine(child.stdout);
    const control = async (method: string, path: string) => {
      const response = await fetch(`${url}/_sandbox/${path}`, { method, headers: { "x-sandbox-control": "1" } });
      if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}`);
      return response.text();
    };
    const command = async (method: string, path: string) => void (await control(method, path));
    const list = async <T,>(path: string) => JSON.parse(await control("GET", path)) as T[];
    return {
      url,
      key,
      reset: () => command("POST", "reset"),
      clearRequests: () => command("DELETE", "requests"),
      async requests() {
        const counts: Record<string, number> = {};
        for (const { method } of await list<{ method: string }>("requests")) counts[method] = (counts[method] ?? 0) + 1;
        return counts;
      },
      async accounts() {
        const accounts = await list<{ companyName: string; users: { email: string }[] }>("accounts");
        return accounts.flatMap(({ companyName, users }) => users.map(({ email }) => `${email} ${companyName}`));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readStartLine(stdout: AsyncIterable<Buffer>): Promise<Api> {
  let output = "";
  const reading = (async () => {
    for await (const bytes of stdout) {
      output += bytes;
      const [, url, key] = /GCORE_BASE_URL='(.*)' GCORE_API_KEY='(.*)'\n/.exec(output) ?? [];
      if (url && key) return { url, key };
    }
    throw new Error("the sandbox ended before it printed its URL");
  })();
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the sandbox did not start in time")), startLimitMs).unref();
  });
  return Promise.race([reading, late]);
}
