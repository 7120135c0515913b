// The sandbox of a demo's folder: one that `npm run demo -- sandbox` keeps open, else one for a single command.
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSandbox } from "gcore-reseller-sandbox";

export interface DemoSandbox {
  url: string;
  apiKey: string;
  close(): Promise<void>;
}

/** Where an open sandbox says that it is open. */
const openFile = (folder: string) => join(folder, "sandbox.json");

/** The sandbox that is open, so that its page shows the calls of this command; else one that ends with this command. */
export async function useSandbox(folder: string): Promise<DemoSandbox> {
  return (await openSandbox(folder)) ?? start(folder);
}

/** Keeps the sandbox open until the process is stopped. */
export async function serveSandbox(folder: string, print: (text: string) => void): Promise<void> {
  const open = await openSandbox(folder);
  if (open !== undefined) return print(`The sandbox is open already: ${open.url}`);
  const { url, apiKey, close } = await start(folder);
  await writeFile(openFile(folder), JSON.stringify({ url, apiKey, pid: process.pid }));
  try {
    const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    print(`The sandbox is open, its page too: ${url}\nStop it with Ctrl-C.`);
    await stopped;
  } finally {
    await rm(openFile(folder), { force: true });
    await close();
  }
}

async function start(folder: string): Promise<DemoSandbox> {
  await mkdir(folder, { recursive: true });
  const { url, sandbox, close } = await startSandbox({ file: join(folder, "sandbox.db") });
  const [apiKey = ""] = Object.keys(sandbox.apiKeys);
  return { url, apiKey, close };
}

/** The open sandbox, if its process still runs and answers: after a kill the file is left over. */
async function openSandbox(folder: string): Promise<DemoSandbox | undefined> {
  const text = await readFile(openFile(folder), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { url, apiKey, pid } = JSON.parse(text);
  try {
    process.kill(pid, 0);
    const reply = await fetch(`${url}/_sandbox/assumptions`, { headers: { "x-sandbox-control": "1" } });
    return reply.ok ? { url, apiKey, close: async () => {} } : undefined;
  } catch {
    return undefined;
  }
}
