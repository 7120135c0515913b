import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startSandbox } from "gcore-reseller-sandbox";
import { afterEach, describe, expect, test } from "vitest";
import { caller, closeAfterTest } from "./caller";

describe("startSandbox", () => {
  test("listens on 127.0.0.1 only, on a free port or the given one", async () => {
    const first = await startSandbox();
    closeAfterTest(first);
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(first.url).port);
    await expect(startSandbox({ port })).rejects.toThrow("EADDRINUSE");
    await expect(fetch(`http://127.0.0.2:${port}/iam/clients`)).rejects.toThrow("fetch failed");
  });

  test("close ends idle connections and waiting calls", async () => {
    const running = await startSandbox();
    const agent = new Agent({ keepAlive: true });
    const get = request(`${running.url}/iam/clients`, { agent }).end();
    const [response] = await once(get, "response");
    response.resume();
    await once(response, "end");
    running.sandbox.setLatency(60_000);
    const waiting = expect(caller(fetch, running.url).send("GET", "/iam/clients")).rejects.toThrow("fetch failed");
    await expect.poll(() => running.sandbox.latencyMs).toBe(60_000);
    // Long before the minute of the latency: a close that waits for the call exceeds the test's time.
    await running.close();
    await waiting;
    await expect(fetch(`${running.url}/iam/clients`)).rejects.toThrow("fetch failed");
    await expect(running.fetch(new Request(`${running.url}/iam/clients`))).rejects.toThrow(TypeError);
    agent.destroy();
  });

  test("handles hundreds of requests at once", async () => {
    const running = await startSandbox({ latencyMs: 5 });
    closeAfterTest(running);
    const { account } = caller(fetch, running.url);
    const made = await Promise.all(Array.from({ length: 200 }, (_, index) => account(`user-${index}@example.com`)));
    expect(new Set(made.map((one) => one.id)).size).toBe(200);
    expect(running.sandbox.accounts()).toHaveLength(200);
    expect(running.sandbox.requests()).toHaveLength(400);
  });

  test("wrap: the returned function sees every request and reply, and may answer itself", async () => {
    const seen: string[] = [];
    const running = await startSandbox({
      wrap: (fetch) => async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/own") return new Response("own");
        const reply = await fetch(request);
        seen.push(`${pathname} ${reply.status}`);
        return reply;
      },
    });
    closeAfterTest(running);
    const { call, send } = caller(fetch, running.url);
    await call("GET", "/iam/clients");
    await call("POST", "/_sandbox/reset");
    expect(await (await send("GET", "/own")).text()).toBe("own");
    await caller(running.fetch).call("GET", "/iam/clients/1");
    expect(seen).toEqual(["/iam/clients 200", "/_sandbox/reset 204", "/iam/clients/1 404"]);
  });

  test("does not change globals", async () => {
    const before = [Request, Response];
    closeAfterTest(await startSandbox());
    expect([Request, Response]).toEqual(before);
    expect(Request).toBe(before[0]);
  });
});

describe("gcore-reseller-sandbox", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function run(...options: string[]) {
    const child = spawn(process.execPath, [join(__dirname, "../../sandbox/bin/gcore-reseller-sandbox.js"), ...options]);
    const output = { text: "" };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        output.text += text;
      });
    }
    const ended = once(child, "close").then(([code]) => ({ code, text: output.text }));
    closeAfterTest({ close: () => void child.kill("SIGKILL") });
    return { child, ended };
  }

  async function ready(...options: string[]) {
    const { child, ended } = run(...options);
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (lines.length === 2) break;
    }
    const [, url = "", key = ""] = /^export GCORE_BASE_URL='(.+)' GCORE_API_KEY='(.+)'$/.exec(lines[1] ?? "") ?? [];
    expect(lines[0]).toBe(`sandbox ready at ${url}`);
    return { child, ended, key, ...caller(fetch, url) };
  }

  test.each(["SIGINT", "SIGTERM"] as const)("serves with the key it prints, until %s", async (signal) => {
    const { child, ended, call, key } = await ready(
      "--latency",
      "1",
      "--fault",
      "status-before,status=418,path=/iam/users*",
    );
    expect((await call("GET", "/iam/clients", undefined, `apikey ${key}`)).status).toBe(200);
    expect((await call("GET", "/iam/users/1")).status).toBe(418);
    child.kill(signal);
    const { code, text } = await ended;
    expect(code).toBe(0);
    expect(text).not.toContain("Warning");
  });

  test("--assume: the given assumptions, with numbers, flags and texts", async () => {
    const assumed = ["--assume", "maxPageSize=1,omitCount=true", "--assume", "customIdMaxLength=null"];
    const { call } = await ready(...assumed, "--assume", "notFoundBody=json");
    const { body } = await call("GET", "/_sandbox/assumptions");
    expect(body).toMatchObject({ maxPageSize: 1, omitCount: true, customIdMaxLength: null, notFoundBody: "json" });
  });

  test("keeps its data in a file, also after it was killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
    folders.push(folder);
    const data = ["--data", join(folder, "accounts.db")];
    const first = await ready(...data);
    const { client } = await first.account("ada@example.com");
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await ready(...data);
    expect((await second.call("GET", `/iam/clients/${client}`)).body.users).toHaveLength(1);
  });

  test.each([
    ["--port 70000", "--port must be"],
    ["--port x", "--port must be"],
    ["--latency -5", "latency"],
    ["--nope", "--nope"],
    ["stray", "stray"],
    ["--fault nope", "--fault nope"],
    ["--fault delay", "ms"],
    ["--fault drop-after,times=x", "times"],
    ["--fault drop-after,after=1", "after"],
  ])("refuses %s", async (options, expected) => {
    const { code, text } = await run(...options.split(" ")).ended;
    expect(code).toBe(2);
    expect(text).toContain(expected);
    expect(text).toContain("Try --help.");
    expect(text).not.toMatch(/\n\s+at /);
  });

  test("an unusable file or port: an error that names the cause", async () => {
    const bad = await run("--data", "/nowhere/accounts.db").ended;
    expect(bad).toEqual({ code: 1, text: expect.stringContaining("unable to open database file") });
    const running = await startSandbox();
    closeAfterTest(running);
    const taken = await run("--port", new URL(running.url).port).ended;
    expect(taken).toEqual({ code: 1, text: expect.stringContaining("EADDRINUSE") });
  });

  test("shows its options", async () => {
    const { code, text } = await run("--help").ended;
    expect(code).toBe(0);
    for (const option of ["--port", "--data", "--latency", "--fault"]) expect(text).toContain(option);
  });
});
