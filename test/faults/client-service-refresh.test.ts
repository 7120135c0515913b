import type { AssumptionChanges, FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { transientFaults } from "../support/faults";
import type { Declared } from "../support/process";
import { withService } from "../support/services";

/** What a refresh of services reads, and what of it is drift. */

const DAY_MS = 24 * 60 * 60 * 1000;

describe("status found, for each declared one", () => {
  const statuses = ["new", "trial", "trialend", "activating", "active", "paused", "deleted"] as const;
  const successors: Record<string, readonly string[]> = {
    trial: ["trial", "trialend", "deleted"],
    active: ["active", "activating"],
    paused: ["paused", "deleted"],
    trialend: ["trialend", "deleted"],
  };
  test.each(Object.keys(successors))("%s: its successors are no drift, all others are", async (declared) => {
    const world = await withService();
    world.set({ status: declared as "trial" });
    const cdn = await world.up({ status: declared });
    for (const status of statuses) {
      world.set({ status });
      const { state } = await world.refresh(cdn);
      expect([status, state.statusNow]).toEqual([status, status]);
      expect([status, state.status]).toEqual([status, successors[declared]?.includes(status) ? declared : status]);
      const verbs = world.start();
      const { changes } = await verbs.diff(cdn.id, state, world.declare({ status: declared }));
      expect([status, changes]).toEqual([status, successors[declared]?.includes(status) ? false : undefined]);
    }
  });

  test("drift: up brings the service back", async () => {
    const world = await withService();
    const cdn = await world.up({ status: "active" });
    world.set({ status: "paused" });
    await world.edit(await world.refresh(cdn), { status: "active" });
    expect((await world.read()).status).toBe("active");
  });
});

test("a trial that runs out: reported by each refresh, never begun anew [advice: trialEnded]", async () => {
  const world = await withService({ trialRestarts: true });
  let cdn = await world.up({ status: "trial" });
  for (const nightly of [1, 2]) {
    await world.clock.sleep(14 * DAY_MS + 1);
    world.logged.splice(0);
    cdn = await world.refresh(cdn);
    expect([nightly, cdn.state]).toMatchObject([
      nightly,
      { status: "trial", statusNow: "trialend", start: expect.stringMatching(/^2026-06-01T/) },
    ]);
    expect(world.logged).toEqual([
      expect.stringMatching(
        /^ClientService cdn: the trial has ended, and Gcore deletes .* all its data on 2026-09-13T.*declare status: "active"/,
      ),
    ]);
    world.api.calls();
    cdn = await world.edit(cdn, { status: "trial" });
    expect(world.api.calls()).toEqual([]);
  }
  cdn = await world.edit(cdn, { status: "active" });
  expect((await world.read()).status).toBe("active");
  world.logged.splice(0);
  await world.refresh(cdn);
  expect(world.logged).toEqual([]);
});

test.each([
  ["paused", "active", 91, /^ClientService cdn: Gcore has deleted the service .* after it is paused\.$/],
  ["trial", "new", 105, /^ClientService cdn: Gcore has deleted the service .* after a trial has ended\.$/],
] as const)("%s, deleted by Gcore: reported, no drift", async (declared, before, days, line) => {
  const world = await withService();
  world.set({ status: before });
  const cdn = await world.up({ status: declared });
  await world.clock.sleep(days * DAY_MS);
  world.logged.splice(0);
  const { state } = await world.refresh(cdn);
  expect(state).toMatchObject({ status: declared, statusNow: "deleted" });
  expect(world.logged).toEqual([expect.stringMatching(line)]);
});

describe("requests of a refresh", () => {
  test.each<[string, Declared, AssumptionChanges, Declared, string[]]>([
    ["as in state", { status: "active", enabled: true, available: true }, {}, {}, ["account"]],
    ["options", { options: { max_resources: 5 } }, {}, {}, ["account", "get"]],
    ["another status", { status: "active" }, {}, { status: "paused" }, ["account", "get"]],
    ["enabled contradicts", { status: "active", enabled: true }, {}, { enabled: false }, ["account", "get"]],
    ["enabled, but listed as available", { available: false, enabled: true }, {}, {}, ["account", "get"]],
    [
      "not enabled, but listed as available",
      { enabled: false },
      { listedEnabled: "available" },
      {},
      ["account", "get"],
    ],
    ["not listed while new", { enabled: true }, { omitNewServices: true }, {}, ["account", "get"]],
  ])("%s: only what the account does not show is read singly", async (_what, declared, assumptions, change, calls) => {
    const world = await withService(assumptions);
    const cdn = await world.up(declared);
    world.set(change);
    world.api.calls();
    const { state } = await world.refresh(cdn);
    expect(world.api.calls()).toEqual(calls.map((call) => world.calls[call as keyof typeof world.calls]));
    expect(state).toMatchObject({ ...declared, ...change });
  });

  test.each(["deleted", "activating"] as const)(
    "found %s, with ignoreChanges for the status: the stack goes on, and the status is left alone",
    async (status) => {
      const world = await withService();
      world.set({ status: "active" });
      // Neither becomes what is found by itself.
      const cdn = await world.up({ status: status === "deleted" ? "active" : "paused", enabled: true });
      world.set({ status });
      const { id, state } = await world.refresh(cdn);
      expect(state).toMatchObject({ status });
      world.api.calls();
      // The engine repeats the value in state.
      await world.edit({ id, state }, { status: state.status, enabled: state.enabled });
      expect(world.api.calls()).toEqual([]);
      const { failures } = await world.start().check(state, world.declare({ status: "new" }));
      expect(failures).toHaveLength(1);
    },
  );

  test("availability that contradicts: asked for, and drift", async () => {
    const world = await withService();
    const cdn = await world.up({ available: false });
    await world.api.send("PATCH", world.calls.available.slice(6), { product_name: "CDN", available: true });
    world.api.calls();
    const drifted = await world.refresh(cdn);
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.getAvailability]);
    expect(drifted.state.available).toBe(true);
    await world.edit(drifted, { available: false });
    expect((await world.api.client(world.client)).capabilities).not.toContain("CDN");
  });
});

describe("gone or not", () => {
  test("account marked as deleted on a page: asked for singly, then gone", async () => {
    const world = await withService();
    world.api.sandbox.seed(3);
    const cdn = await world.refresh(await world.up({ status: "active" }));
    world.api.sandbox.updateClient(world.client, { deleted: true });
    const verbs = world.start();
    const other = world.api.sandbox.accounts().slice(1);
    world.api.calls();
    const found = await Promise.all([
      verbs.read(cdn.id, cdn.state),
      ...other.map(({ client }) =>
        verbs.read(`${client}/CDN`, { client, statusNow: "new", serviceId: client * 10 + 1 }),
      ),
    ]);
    expect(found.map(({ id }) => id)).toEqual(["", ...other.map(({ client }) => `${client}/CDN`)]);
    expect(world.api.calls()).toContain(world.calls.account);
  });

  test("service that the account no longer has: confirmed by the list, then gone", async () => {
    const world = await withService({ allServicesExist: false });
    const cdn = await world.up({ available: true, enabled: true });
    await world.api.send("PATCH", world.calls.available.slice(6), { product_name: "CDN", available: false });
    world.api.sandbox.setAssumptions({ omitNewServices: true });
    world.api.calls();
    expect((await world.start().read(cdn.id, cdn.state)).id).toBe("");
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.get, world.calls.list]);
  });

  test.each(transientFaults)("%s: read", async (_what, fault) => {
    const world = await withService();
    const cdn = await world.up({ status: "active", options: { max_resources: 5 } });
    for (const path of ["/iam/clients/*", "/iam/clients/*/services/*"])
      world.fault({ method: "GET", path, ...fault } as FaultInput);
    expect((await world.refresh(cdn)).state).toMatchObject({ statusNow: "active" });
  });

  test.each([
    ["401", { kind: "unauthorized", times: "always" }],
    ["403", { kind: "status-before", status: 403, times: "always" }],
    ["500", { kind: "status-before", status: 500, times: "always" }],
    ["404 page of a gateway", { kind: "status-before", status: 404, body: "html", times: "always" }],
  ] as const)("%s: an error, not gone", async (_what, fault) => {
    const world = await withService({}, { maxRetries: "1" });
    const cdn = await world.up({ status: "active" });
    world.fault(fault);
    await expect(world.refresh(cdn)).rejects.toThrow(/40[134]|500/);
  });
});

describe("get", () => {
  test("a service: read with its status, not managed", async () => {
    const world = await withService();
    world.set({ status: "activating", enabled: true });
    const { id, props } = await world.start().read(`${world.client}/CDN`, {});
    expect([id, props]).toMatchObject([
      `${world.client}/CDN`,
      { client: world.client, name: "CDN", status: "active", statusNow: "activating", enabled: true, reseller: 1 },
    ]);
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.list]);
    expect((await world.start().read(`${world.client}/DNS`, {})).props).not.toHaveProperty("status");
  });

  test.each([
    ["4711/CDN", /id: 4711\/CDN is no ClientService of this reseller/],
    ["CDN", /id: must be "<clientId>\/<product>", such as "7\/CDN", not "CDN"/],
  ])("%s: an error", async (id, text) => {
    const world = await withService();
    await expect(world.start().read(id, {})).rejects.toThrow(text);
  });
});
