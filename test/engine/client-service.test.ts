import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SandboxOptions } from "gcore-reseller-sandbox";
import { expect, test, vi } from "vitest";
import { startApi } from "../support/api";
import { descendants, isRunning, kill } from "../support/processes";
import { newStack, type Program } from "../support/stack";

/** A ClientService on the real engine, with the client account that it belongs to. */

const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
const cdn = { kind: "ClientService", client: "$acme.client", name: "CDN", status: "active" };
const services = "/iam/clients/50001/services";
const [put, account] = [`PUT ${services}/500011`, "GET /iam/clients/50001"];

async function setUp(declared: Program["resources"], options: SandboxOptions = {}, settings = {}) {
  const api = await startApi(options);
  const stack = await newStack({ ...api.env, ...settings });
  const write = (resources: Program["resources"]) => stack.write({ resources: resources ?? {} });
  write(declared);
  const service = async () => (await api.send("GET", `${services}/500011`)).body;
  const change = (body: object) => api.send("PUT", `${services}/500011`, body);
  const state = async () => (await stack.resources("ClientService")).cdn;
  const expectUnchanged = async () => {
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    api.calls();
  };
  return { api, stack, write, service, change, state, expectUnchanged };
}

test("declared with its account, no diff, refreshed, changed, drifted, destroyed", async () => {
  const full = { ...cdn, available: true, enabled: true, options: { max_resources: 20, support_access: true } };
  const { api, stack, write, service, change, state, expectUnchanged } = await setUp({ acme, cdn: full });
  expect((await stack.preview()).code).toBe(0);
  expect(api.calls()).toEqual([]);
  await stack.up();
  const availability = "PATCH /iam/products/availability/clients/50001";
  const get = `GET ${services}/500011`;
  expect(api.calls()).toEqual(["POST /iam/users", `GET ${services}`, availability, get, put]);
  expect(await service()).toMatchObject({ status: "active", enabled: true });
  const stored = await state();
  const { __provider, ...outputs } = stored?.outputs ?? {};
  const { kind: _, ...declared } = full;
  expect(outputs).toEqual({
    ...declared,
    client: 50001,
    origin: "pulumi:shop/prod/cdn",
    serviceId: 500011,
    statusNow: "active",
    previousStatus: "activating",
    statusChangedAt: expect.stringMatching(/^\d{4}-/),
    start: expect.stringMatching(/^\d{4}-/),
  });
  expect(stored?.id).toBe("50001/CDN");
  await expectUnchanged();
  expect((await state())?.outputs).toMatchObject({ reseller: 1 });

  write({ acme, cdn: { ...full, status: "paused" } });
  expect((await stack.preview("--diff")).output).toMatch(/~ status\s*: "active" => "paused"/);
  await stack.up();
  expect(api.calls()).toEqual([account, get, put]);
  expect((await state())?.outputs).toMatchObject({ statusNow: "paused", deletedDate: expect.any(String) });
  await expectUnchanged();
  write({ acme, cdn: full });
  await stack.up();
  expect((await state())?.outputs).not.toHaveProperty("deletedDate");

  await change({ status: "paused", enabled: false });
  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(drift.code).not.toBe(0);
  for (const property of ["status", "enabled"]) expect(drift.output).toMatch(new RegExp(`~ ${property}\\b`));
  expect((await stack.refresh()).code).toBe(0);
  await stack.up();
  expect(await service()).toMatchObject({ status: "active", enabled: true });
  await expectUnchanged();

  write({ acme });
  const removed = await stack.up();
  expect(removed.output).toMatch(/ClientService cdn: service CDN of client account 50001 \(active\) stays at Gcore\./);
  expect(await service()).toMatchObject({ status: "active" });
  await stack.destroy();
  expect(api.emails()).toEqual([]);
});

test("the account is edited: its service is no part of the preview, nor what depends on the service", async () => {
  const dns = { kind: "ClientService", client: "$cdn.client", name: "DNS", status: "trial" };
  const { api, stack, write, state } = await setUp({ acme, cdn, dns });
  await stack.up();
  expect(JSON.stringify(await state()).length).toBeLessThanOrEqual(1.2 * 1024);
  api.calls();
  write({ acme: { ...acme, company: "Acme SE", phone: "+49 30 1234567" }, cdn, dns });
  const preview = await stack.preview("--diff");
  expect(preview.output).toMatch(/~ company\s*: "Acme Ltd" => "Acme SE"/);
  expect(preview.output).not.toMatch(/ClientService/);
  // What the ID of a service contains stays known while the service is changed.
  write({ acme, cdn: { ...cdn, status: "paused" }, dns });
  expect((await stack.preview("--diff")).output).not.toMatch(/ClientService\W+dns/);
  expect(api.calls()).toEqual([]);
});

test("another account: the service of the new one is changed, the old one is left as it is", async () => {
  const globex = { ...acme, email: "it@globex.example", company: "Globex" };
  const { api, stack, write } = await setUp({ acme, cdn });
  await stack.up();
  write({ acme, globex, cdn: { ...cdn, client: "$globex.client" } });
  const up = await stack.up("--diff");
  expect(up.output).toMatch(/\(active\) stays at Gcore/);
  expect((await stack.resources("ClientService")).cdn?.id).toBe("50002/CDN");
  expect(api.sandbox.services().map(({ client, status }) => [client, status])).toEqual([
    [50001, "active"],
    [50002, "active"],
  ]);
});

test("activation that takes a while: waited for, with a line", async () => {
  const { stack, state, expectUnchanged } = await setUp({ acme, cdn }, { assumptions: { activationSeconds: 3 } });
  const up = await stack.up();
  expect(up.output).toMatch(/service CDN of client account 50001 is activating; waiting for up to 1200 s\./);
  expect((await state())?.outputs).toMatchObject({ statusNow: "active" });
  await expectUnchanged();
});

test("activation longer than the deadline: the up fails with the service in state, the next one goes on waiting", async () => {
  const settings = { GCORE_RESELLER_ACTIVATION_TIMEOUT_SECONDS: "1" };
  const never = { assumptions: { activationEndsIn: "activating" } } as const;
  const { api, stack, state } = await setUp({ acme, cdn }, never, settings);
  for (const attempt of [1, 2]) {
    const output = await stack.refusedUp();
    expect([attempt, output]).toEqual([
      attempt,
      expect.stringMatching(/still activating after 1 s\. Run `pulumi up` again/),
    ]);
    expect((await state())?.outputs).toMatchObject({ status: "active", statusNow: "activating" });
  }
  api.sandbox.updateService(500011, { status: "active" });
  await stack.up();
  expect((await state())?.outputs).toMatchObject({ statusNow: "active" });
  expect(api.calls().filter((call) => call === put)).toHaveLength(1);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("kill -9 while waiting: the provider ends too, and the next up requests no second activation", async () => {
  const { api, stack, state } = await setUp({ acme, cdn }, { assumptions: { activationEndsIn: "activating" } });
  const { child, run } = stack.start(["up", "--yes", "--skip-preview"]);
  const poll = `GET ${services}/500011`;
  await vi.waitFor(() => expect(api.seen.map(({ call }) => call)).toContain(poll), { timeout: 120_000 });
  const plugins = descendants(Number(child.pid)).filter(({ command }) => command.includes("dynamic-provider"));
  expect(plugins.some(({ pid }) => isRunning(pid))).toBe(true);
  kill([Number(child.pid)]);
  await vi.waitFor(() => expect(plugins.filter(({ pid }) => isRunning(pid))).toEqual([]), 2_000);
  await run;
  expect(await state()).toBeUndefined();

  api.sandbox.updateService(500011, { status: "active" });
  await stack.pulumi("cancel", "--yes");
  await stack.up();
  expect((await state())?.outputs).toMatchObject({ statusNow: "active" });
  expect(api.calls().filter((call) => call === put)).toHaveLength(1);
});

test("a status that cannot be requested: an error of the preview, also for an account that does not exist yet", async () => {
  const { api, stack } = await setUp({ acme, cdn: { ...cdn, status: "deleted" } });
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/status: cannot be deleted, which Gcore makes of a service .*: declare paused/);
  expect(api.calls()).toEqual([]);
});

test("examples/client-service: up, no diff, destroyed", async () => {
  const { api, stack, expectUnchanged } = await setUp({});
  const example = resolve(__dirname, "../../examples/client-service");
  for (const file of ["Pulumi.yaml", "package.json", "index.ts"]) {
    cpSync(join(example, file), join(stack.folder, "program", file));
  }
  await stack.ok("stack", "init", "example");
  await stack.ok("config", "set", "--secret", "initialPassword", "first-W0rd-of-acme");
  await stack.up();
  expect(await stack.outputs()).toMatchObject({ account: 50001, services: { cdn: "active", dns: "trial" } });
  await expectUnchanged();
  await stack.ok("state", "unprotect", "--all", "--yes");
  const { output } = await stack.destroy();
  for (const service of ["CDN .* \\(active\\)", "DNS .* \\(trial\\)", "CLOUD .* \\(new\\)"])
    expect(output).toMatch(new RegExp(`service ${service} stays at Gcore`));
  expect(api.emails()).toEqual([]);
});
