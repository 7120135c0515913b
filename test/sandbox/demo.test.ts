import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useSandbox } from "../../tools/demo-sandbox.mts";
import { caller, closeAfterTest } from "./caller";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const demo = resolve(__dirname, "../../tools/demo.mts");

/** Runs `npm run demo -- sandbox` in the folder, until it has printed its URL. */
async function open() {
  const child = spawn(process.execPath, [demo, "sandbox"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  closeAfterTest({ close: () => void child.kill("SIGKILL") });
  const ended = once(child, "close").then(([code]) => code);
  for await (const line of createInterface(child.stdout)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url !== undefined) return { child, ended, url };
  }
  throw new Error("no URL");
}

test("demo -- sandbox: the page of the demo's sandbox, which other commands use while it is open", async () => {
  const folderOfDemo = join(folder, ".demo/client-user");
  const { child, ended, url } = await open();
  expect(await (await fetch(url)).text()).toContain("No client accounts yet");
  const used = await useSandbox(folderOfDemo);
  expect(used.url).toBe(url);
  await caller(fetch, used.url).account("ada@example.com", {}, `apikey ${used.apiKey}`);
  await used.close();
  expect(await (await fetch(url)).text()).toContain("ada@example.com");
  const second = await open();
  expect([second.url, await second.ended]).toEqual([url, 0]);

  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(existsSync(join(folderOfDemo, "sandbox.json"))).toBe(false);
  const own = await useSandbox(folderOfDemo);
  closeAfterTest(own);
  expect(own.url).not.toBe(url);
  const page = await (await fetch(own.url)).text();
  expect(page).toContain("ada@example.com");
  expect(page).toContain(">POST<");
});

test("what a killed sandbox left over is no open sandbox", async () => {
  const folderOfDemo = join(folder, ".demo/client-user");
  const { child, ended, url } = await open();
  child.kill("SIGKILL");
  await ended;
  const own = await useSandbox(folderOfDemo);
  closeAfterTest(own);
  expect(own.url).not.toBe(url);
  writeFileSync(join(folderOfDemo, "sandbox.json"), JSON.stringify({ url, apiKey: "x", pid: process.pid }));
  const again = await useSandbox(folderOfDemo);
  closeAfterTest(again);
  expect(again.url).not.toBe(url);
});
