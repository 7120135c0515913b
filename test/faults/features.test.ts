import type { AssumptionChanges, FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { freeFeature } from "../../provider/resources/free-feature";
import { paidFeature } from "../../provider/resources/paid-feature";
import { transientFaults } from "../support/faults";
import { type Declared, startWorld } from "../support/process";
import { markOf, reconcile, register, replace } from "../support/registration";

/** FreeFeature and PaidFeature: switched on once, whatever becomes of a reply, and off in the end. Activations are counted. */

const __provider = "the serialized provider";

/** An account of a reseller, and a process that serves features of one kind. */
async function withAccount(kind: "free" | "paid" = "free", assumptions: AssumptionChanges = {}) {
  const world = await startWorld({ maxRetries: "3" });
  world.api.sandbox.seed(1);
  world.api.sandbox.setAssumptions(assumptions);
  const definition = kind === "free" ? freeFeature : paidFeature;
  const featureId = kind === "free" ? 61 : 62;
  const path = `/iam/admin/${kind}_features`;
  return {
    ...world,
    definition,
    featureId,
    path,
    account: "GET /iam/clients/50001",
    start: (environment?: Record<string, string>) => world.process(environment)(definition),
    declare: (name: string, more: Declared = {}): Declared => ({
      client: 50_001,
      featureId,
      origin: markOf(name),
      __provider,
      ...more,
    }),
    /** IDs of all activations, of both kinds. */
    activations: () => world.api.sandbox.features().map(({ id }) => id),
    switchOff: () => world.api.sandbox.updateClient(50_001, { features: { [featureId]: false } }),
    switchOn: () => world.api.sandbox.updateClient(50_001, { features: { [featureId]: true } }),
  };
}

/** The same with the feature declared and switched on. */
async function withFeature(kind: "free" | "paid" = "free", assumptions: AssumptionChanges = {}) {
  const world = await withAccount(kind, assumptions);
  const declared = world.declare("cname");
  const feature = await register(world.start(), declared);
  world.api.calls();
  world.logged.splice(0);
  return { ...world, declared, feature, id: feature.id, state: feature.state };
}

describe.each(["free", "paid"] as const)("%s feature", (kind) => {
  test("switched on by one POST, and off by one DELETE that the record confirms", async () => {
    const { api, start, declare, path, account, activations, featureId } = await withAccount(kind);
    const { id, state } = await register(start(), declare("cname"));
    expect(id).toBe(`50001/${featureId}`);
    expect(api.calls()).toEqual([`POST ${path}`]);
    expect(activations()).toEqual([state.activatedFeatureId]);
    expect(state).toEqual({
      ...declare("cname"),
      activatedFeatureId: expect.any(Number),
      featureName: kind === "free" ? "Custom CNAME" : "Origin shielding",
      service: "CDN",
      createdDate: "2026-06-01T00:00:00.000Z",
    });

    await start().delete(id, state);
    expect(api.calls()).toEqual([account, `DELETE ${path}/${state.activatedFeatureId}`, account]);
    expect(activations()).toEqual([]);
  });

  test("on already: taken on, and a line says so", async () => {
    const { api, start, declare, path, account, activations, switchOn, logged } = await withAccount(kind);
    switchOn();
    const { state } = await register(start(), declare("cname"));
    expect(api.calls()).toEqual([`POST ${path}`, account]);
    expect(activations()).toEqual([state.activatedFeatureId]);
    expect(state).toMatchObject({ service: "CDN", createdDate: "2026-06-01T00:00:00.000Z", reseller: 1 });
    expect(logged).toEqual([
      expect.stringMatching(
        new RegExp(`^${kind} feature .*account 50001 existed already; a destroy switches it off\\.$`),
      ),
    ]);
  });

  describe("fault at creation", () => {
    test.each(transientFaults)("%s: one activation, in state", async (_what, fault) => {
      const { start, declare, activations, fault: inject, path } = await withAccount(kind);
      inject({ ...fault, method: "POST", path } as FaultInput);
      const { state } = await register(start(), declare("cname"));
      expect(activations()).toEqual([state.activatedFeatureId]);
    });

    test.each(transientFaults)(
      "%s, while the record is out of date: one activation, in state",
      async (_what, fault) => {
        const { start, declare, activations, fault: inject, path } = await withAccount(kind);
        inject({ ...fault, method: "POST", path } as FaultInput);
        inject({ kind: "stale-reads", ms: 20_000, times: "always" });
        const { state } = await register(start(), declare("cname"));
        expect(activations()).toEqual([state.activatedFeatureId]);
      },
    );
  });

  test("feature of the other kind: the API's words, and nothing is switched on", async () => {
    const { start, declare, activations } = await withAccount(kind);
    const created = register(start(), declare("cname", { featureId: kind === "free" ? 62 : 61 }));
    await expect(created).rejects.toThrow(new RegExp(`featureId: This is not a ${kind} feature\\.$`));
    expect(activations()).toEqual([]);
  });

  test.each<[string, Declared, string]>([
    ["feature", { featureId: 999 }, 'featureId: Invalid pk "999" - object does not exist.'],
    ["account", { client: 999 }, 'client: Invalid pk "999" - object does not exist.'],
  ])("%s that does not exist: the API's words, after one request", async (_what, more, text) => {
    const { api, start, declare } = await withAccount(kind);
    await expect(register(start(), declare("cname", more))).rejects.toThrow(text);
    expect(api.calls()).toHaveLength(1);
  });
});

test("two resources exchange their features: each has the other one's, and both stay on", async () => {
  const { start, declare, activations } = await withAccount();
  const process = start();
  const one = await register(process, declare("one", { featureId: 61 }));
  const two = await register(process, declare("two", { featureId: 63 }));

  const next = start();
  const oneNews = declare("one", { featureId: 63 });
  await next.check(one.state, oneNews);
  expect(await next.diff(one.id, one.state, oneNews)).toMatchObject({ replaces: ["featureId"] });
  await next.delete(one.id, one.state);
  expect(await next.create(oneNews)).toMatchObject({ id: "50001/63" });
  // The engine may come to the second one only now, when the first one has its feature.
  const twoNews = declare("two", { featureId: 61 });
  await next.check(two.state, twoNews);
  expect(await next.diff(two.id, two.state, twoNews)).toMatchObject({ replaces: ["featureId"] });
  await next.delete(two.id, two.state);
  expect(await next.create(twoNews)).toMatchObject({ id: "50001/61" });
  expect(activations()).toHaveLength(2);
});

test("renamed without alias, and its creation fails: the old one's delete leaves it on", async () => {
  const { start, declare, id, state, activations, fault, path } = await withFeature();
  const process = start();
  const renamed = declare("renamed");
  fault({ kind: "status-before", status: 403, method: "POST", path });
  await process.check({}, renamed);
  await expect(process.create(renamed)).rejects.toThrow(/403/);
  // As with `--continue-on-error`, which deletes what the program no longer has all the same.
  await expect(process.delete(id, state)).rejects.toThrow(/is declared by .*renamed: nothing was deleted/);
  expect(activations()).toEqual([state.activatedFeatureId]);

  const next = start();
  const { id: newId } = await register(next, renamed);
  await next.delete(id, state);
  expect([newId, activations()]).toEqual([id, [state.activatedFeatureId]]);
});

test("renamed with an alias and replaced in one run: refused, and one after the other succeeds", async () => {
  const { start, declare, feature, activations } = await withFeature();
  const renamed = declare("renamed");
  await expect(replace(start(), feature, renamed)).rejects.toThrow(/Run `pulumi up` again, without --replace\.$/);
  const { id } = await replace(start(), await reconcile(start(), feature, renamed), renamed);
  expect(id).toBe(feature.id);
  expect(activations()).toHaveLength(1);
});

describe("read", () => {
  test("another feature or account declared: a replacement, and the old one is deleted first", async () => {
    const { start, declared, id, state } = await withFeature();
    for (const more of [{ featureId: 63 }, { client: 50_002 }]) {
      expect(await start().diff(id, state, { ...declared, ...more })).toEqual({
        replaces: Object.keys(more),
        deleteBeforeReplace: true,
      });
    }
  });

  test("no change: no diff, and no request", async () => {
    const { api, start, declared, feature } = await withFeature();
    await reconcile(start(), feature, declared);
    expect(api.calls()).toEqual([]);
  });

  test("switched off outside Pulumi: confirmed singly, then gone", async () => {
    const { api, start, id, state, switchOff, path, account } = await withFeature();
    switchOff();
    expect(await start().read(id, state)).toEqual({ id: "", props: {} });
    expect(api.calls()).toEqual([account, `GET ${path}/${state.activatedFeatureId}`]);
  });

  test("switched off and on again outside Pulumi: the new activation goes into state, and is no drift", async () => {
    const { start, declared, id, state, switchOff, switchOn, activations } = await withFeature();
    switchOff();
    switchOn();
    const { props, inputs } = await start().read(id, state);
    const [present] = activations();
    expect(present).not.toBe(state.activatedFeatureId);
    expect(props).toMatchObject({ activatedFeatureId: present });
    expect(await start().diff(id, props, { ...declared, ...inputs })).toEqual({ changes: false });
  });

  test.each(transientFaults)("%s: retried, and read", async (_what, fault) => {
    const { start, fault: inject, id, state } = await withFeature();
    inject({ method: "GET", ...fault } as FaultInput);
    expect(await start().read(id, state)).toMatchObject({ id, props: { reseller: 1 } });
  });

  test.each<[string, FaultInput]>([
    ["401", { kind: "unauthorized", times: "always" }],
    ["403", { kind: "status-before", status: 403, times: "always" }],
    ["500", { kind: "status-before", status: 500, times: "always" }],
  ])("%s while an activation is confirmed: an error, not gone", async (text, fault) => {
    const { start, fault: inject, id, state, switchOff, path } = await withFeature();
    switchOff();
    inject({ ...fault, path: `${path}/*` } as FaultInput);
    await expect(start().read(id, state)).rejects.toThrow(text);
  });

  test("account deleted: gone", async () => {
    const { api, start, id, state } = await withFeature();
    api.sandbox.updateClient(50_001, { deleted: true });
    expect(await start().read(id, state)).toEqual({ id: "", props: {} });
  });

  test.each([
    ["in state", { reseller: 1 }, /belongs to reseller 1, and the API key to reseller 2/],
    ["not in state yet", {}, /its reseller is not in state/],
  ])(
    "key of another reseller, whose own is %s: an error, not gone, and nothing is deleted",
    async (_what, more, text) => {
      const { api, start, id, state, activations } = await withFeature();
      api.sandbox.setApiKeys({ "1234$sandbox-reseller-key": 2 });
      api.sandbox.seed(1, 2);
      const known = { ...state, ...more };
      await expect(start().read(id, known)).rejects.toMatchObject({ message: expect.stringMatching(text) });
      await expect(start().delete(id, known)).rejects.toMatchObject({ message: expect.stringMatching(text) });
      expect(activations()).toHaveLength(1);
      expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
    },
  );

  test("get: what is on is read; what is off is an error", async () => {
    const { start, id, state } = await withFeature();
    const { __provider: _, origin: __, ...known } = state;
    expect(await start().read(id, {})).toMatchObject({ id, props: { ...known, reseller: 1 } });
    await expect(start().read("50001/63", {})).rejects.toMatchObject({
      message: "id: 50001/63 is no FreeFeature of this reseller.",
    });
    await expect(start().read("50001", {})).rejects.toMatchObject({
      message: 'id: must be "<clientId>/<featureId>", not "50001".',
    });
  });
});

describe("delete", () => {
  test.each(transientFaults)("%s: retried, and the feature is off", async (_what, fault) => {
    const { start, fault: inject, id, state, activations, path } = await withFeature();
    inject({ ...fault, method: "DELETE", path: `${path}/*` } as FaultInput);
    await start().delete(id, state);
    expect(activations()).toEqual([]);
  });

  test("switched off and on again since the record was read: the present activation is ended", async () => {
    const { api, start, id, state, activations, switchOff, switchOn, fault } = await withFeature();
    fault({ kind: "stale-reads", ms: 60_000 });
    switchOff();
    switchOn();
    const [present] = activations();
    await start().delete(id, state);
    expect(activations()).toEqual([]);
    expect(api.calls().filter((call) => call.startsWith("DELETE "))).toEqual([
      `DELETE /iam/admin/free_features/${state.activatedFeatureId}`,
      `DELETE /iam/admin/free_features/${present}`,
    ]);
  });

  test("a record that still shows the ended activation: ended once, and done", async () => {
    const { api, start, id, state, activations, fault, path } = await withFeature();
    fault({ kind: "stale-reads", ms: 60_000, skip: 1 });
    await start().delete(id, state);
    expect(activations()).toEqual([]);
    expect(api.calls().filter((call) => call.startsWith(`DELETE ${path}`))).toHaveLength(1);
  });

  test("off already: nothing is sent but reads", async () => {
    const { api, start, id, state, switchOff } = await withFeature();
    switchOff();
    await start().delete(id, state);
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  test("replaced by --replace while a reply is lost: off and on again, one activation", async () => {
    const { start, feature, declared, activations, fault, path } = await withFeature();
    fault({ kind: "drop-after", method: "POST", path });
    const { state } = await replace(start(), feature, declared);
    expect(activations()).toEqual([state.activatedFeatureId]);
    expect(state.activatedFeatureId).not.toBe(feature.state.activatedFeatureId);
  });
});

test("switched on by another resource of the program: refused, naming it", async () => {
  const { start, declare, activations } = await withAccount();
  const provider = start();
  await provider.create(declare("cname"));
  await expect(provider.create(declare("twin"))).rejects.toThrow(
    /client, featureId: already belongs to free feature 61 .*; it belongs to the resource FreeFeature cname of this program/,
  );
  expect(activations()).toHaveLength(1);
});

test("deleted, and created again while reads are stale and a POST is lost: switched on", async () => {
  const { start, feature, declared, activations, fault, path } = await withFeature();
  const provider = start();
  fault({ kind: "stale-reads", ms: 3_000, times: "always" });
  await provider.delete(feature.id, feature.state);
  fault({ kind: "drop-before", method: "POST", path });
  const { outs } = await provider.create(declared);
  expect(activations()).toEqual([outs.activatedFeatureId]);
});

describe("check", () => {
  test("two resources of one program for one feature: the second is refused at preview, naming the first", async () => {
    const { start, declare } = await withAccount();
    const provider = start();
    expect(await provider.check({}, declare("cname"))).toMatchObject({ failures: [] });
    expect(await provider.check({}, declare("twin"))).toMatchObject({
      failures: [{ reason: expect.stringMatching(/^client: it belongs to the resource FreeFeature cname/) }],
    });
    expect(await provider.check({}, declare("other", { featureId: 63 }))).toMatchObject({ failures: [] });
  });

  test.each<[Declared, string]>([
    [{ client: "50001" }, "client: must be a client account's ID"],
    [{ featureId: 0 }, "featureId: must be a feature's ID"],
    [{ typo: 1 }, "typo: there is no such input"],
  ])("%j: refused at preview", async (more, reason) => {
    const { api, start, declare } = await withAccount();
    expect((await start().check({}, declare("cname", more))).failures).toEqual([{ property: "", reason }]);
    expect(api.calls()).toEqual([]);
  });
});

/** What is not known of Gcore: for each guess that is wrong, what then happens. */
describe("guess", () => {
  test("the record lists no features: what is on stays in state, what is off is gone", async () => {
    const { api, start, id, state, path, account, switchOff } = await withFeature("free", { omitListedFeatures: true });
    const single = `GET ${path}/${state.activatedFeatureId}`;
    const { props } = await start().read(id, state);
    expect(props).toEqual({ ...state, __provider: undefined, reseller: 1 });
    expect(api.calls()).toEqual([account, single]);
    switchOff();
    expect(await start().read(id, state)).toEqual({ id: "", props: {} });
  });

  test("the record lists no features: a destroy ends the activation in state", async () => {
    const { start, id, state, activations } = await withFeature("free", { omitListedFeatures: true });
    await start().delete(id, state);
    expect(activations()).toEqual([]);
  });

  test("the record lists no features and the reply is lost: an error with the way out, and one activation", async () => {
    const { api, start, declare, path, activations, fault } = await withAccount("free", { omitListedFeatures: true });
    fault({ kind: "drop-after", method: "POST", path });
    await expect(register(start(), declare("cname"))).rejects.toThrow(
      /the outcome is unknown for the FreeFeature with client 50001, featureId 61: .*already enabled.*`pulumi up` again/s,
    );
    expect(activations()).toHaveLength(1);
    expect(api.calls().filter((call) => call === `POST ${path}`)).toHaveLength(2);
  });

  test("a second POST returns the first activation: one POST, taken on", async () => {
    const { api, start, declare, path, activations, switchOn } = await withAccount("free", { repeatedFeature: "same" });
    switchOn();
    const { state } = await register(start(), declare("cname"));
    expect(api.calls()).toEqual([`POST ${path}`]);
    expect(activations()).toEqual([state.activatedFeatureId]);
  });

  test("a second POST makes a second activation: a destroy ends both", async () => {
    const world = await withAccount("free", { repeatedFeature: "second" });
    const { start, declare, path, activations, fault } = world;
    fault({ kind: "drop-after", method: "POST", path });
    fault({ kind: "stale-reads", ms: 300_000, times: "always" });
    const { id, state } = await register(start(), declare("cname"));
    expect(activations()).toHaveLength(2);
    world.api.sandbox.faults.remove();
    await start().delete(id, state);
    expect(activations()).toEqual([]);
  });

  test("the call for free features takes a paid one: switched on, refreshed and switched off", async () => {
    const { start, declare, activations } = await withAccount("free", { eitherFeatureCall: true });
    const { id, state } = await register(start(), declare("shielding", { featureId: 62 }));
    expect(await start().read(id, state)).toMatchObject({ id });
    await start().delete(id, state);
    expect(activations()).toEqual([]);
  });
});
