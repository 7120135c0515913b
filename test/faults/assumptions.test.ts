import type { AssumptionChanges } from "gcore-reseller-sandbox";
import { expect, test, vi } from "vitest";
import * as gcore from "../../provider";
import { changes } from "../support/api";
import { memoryStack } from "../support/memory-stack";
import { startWorld } from "../support/process";
import { withService } from "../support/services";

/** Assumptions about Gcore turned the other way, as far as no kind's own tests do it: docs/assumptions.md says what then holds. */

const DAY_MS = 24 * 60 * 60 * 1000;
const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };

async function withStack(assumptions: AssumptionChanges) {
  const world = await startWorld();
  world.api.sandbox.setAssumptions(assumptions);
  return { world, api: world.api, stack: memoryStack(world) };
}

test("customIdMaxLength: a mark that is too long is refused by name, nothing is created, and a shorter customId works", async () => {
  const { api, stack } = await withStack({ customIdMaxLength: 10 });
  await expect(stack.up({ acme })).rejects.toThrow(/answered 400: customId: /);
  expect(api.sandbox.accounts()).toEqual([]);
  await stack.up({ acme: { ...acme, customId: "crm-7" } });
  expect(api.sandbox.accounts()).toMatchObject([{ custom_id: "crm-7" }]);
});

test("duplicateEmailStatus 409: the account of a killed run is recovered, and one of another program is refused", async () => {
  const { api, world, stack } = await withStack({ duplicateEmailStatus: 409 });
  await stack.up({ acme });
  const again = memoryStack(world);
  await again.up({ acme });
  expect(again.ids()).toEqual(stack.ids());
  const foreign = memoryStack(world, "shop/live");
  await expect(foreign.up({ acme })).rejects.toThrow(/already belongs to client account 50001/);
  expect(api.sandbox.accounts()).toHaveLength(1);
});

test("omitCount: every account is listed and refreshed, page by page", async () => {
  const { api, stack } = await withStack({ omitCount: true });
  api.sandbox.seed(250);
  for (const [name, value] of Object.entries(api.env)) vi.stubEnv(name, value);
  expect(await gcore.getClients()).toHaveLength(250);
  vi.unstubAllEnvs();
  const names = Array.from({ length: 5 }, (_, n) => `user-${n}`);
  await stack.up(Object.fromEntries(names.map((name) => [name, { ...acme, email: `${name}@acme.example` }])));
  expect(await stack.refresh()).toEqual([]);
  expect(Object.keys(stack.ids())).toEqual(names);
});

test("trialDays, deletionDays: however long they are, a trial that ends and is deleted is no drift and begins no other", async () => {
  const world = await withService({ trialDays: 0.5, deletionDays: 1 });
  const cdn = await world.up({ status: "trial" });
  for (const statusNow of ["trialend", "deleted"]) {
    await world.clock.sleep(DAY_MS);
    expect((await world.refresh(cdn)).state).toMatchObject({ status: "trial", statusNow });
  }
  expect(changes(world.api.calls())).toEqual([world.calls.put]);
});

test("statusNeedsAvailability false: availability is set first all the same, and a status alone is one PUT", async () => {
  const world = await withService({ statusNeedsAvailability: false });
  await world.up({ name: "CDN", status: "active", available: true });
  expect(changes(world.api.calls())).toEqual([world.calls.available, world.calls.put]);
  const cloud = await world.up({ name: "CLOUD", status: "active" });
  expect(cloud.state).toMatchObject({ name: "CLOUD", statusNow: "active" });
  expect(changes(world.api.calls())).toHaveLength(1);
});

test("trialStart null: no start before the first trial, and no drift", async () => {
  const world = await withService({ trialStart: "null" });
  const cdn = await world.up({ status: "active" });
  expect(cdn.state.start ?? undefined).toBeUndefined();
  expect((await world.refresh(cdn)).state).toMatchObject({ status: "active" });
});
