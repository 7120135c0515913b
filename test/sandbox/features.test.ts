import { describe, expect, test } from "vitest";
import { otherReseller, sandboxOfTest } from "./caller";

const free = "/iam/admin/free_features";
const paid = "/iam/admin/paid_features";
const now = "2026-03-01T10:00:00.000Z";

async function one() {
  const context = sandboxOfTest({ now: () => Date.parse(now) });
  const { client, user } = await context.account("ada@example.com");
  return {
    ...context,
    client,
    user,
    activate: (path: string, id: number) => context.call("POST", path, { client_id: client, feature_id: id }),
  };
}

describe("the catalogue", () => {
  test("has six features, two of them paid", async () => {
    const { call } = sandboxOfTest();
    const { status, body } = await call("GET", "/iam/admin/feature");
    expect([status, body.length]).toEqual([200, 6]);
    expect(body.filter((feature: { is_free: boolean }) => !feature.is_free)).toHaveLength(2);
    for (const feature of body) {
      expect(await call("GET", `/iam/admin/feature/${feature.id}`)).toEqual({ status: 200, body: feature });
    }
    expect((await call("GET", "/iam/admin/feature/7")).status).toBe(404);
  });

  test("is not for users", async () => {
    const { call, user } = await one();
    expect((await call("GET", "/iam/admin/feature", undefined, user)).status).toBe(403);
    expect((await call("GET", "/iam/admin/feature/61", undefined, user)).status).toBe(403);
  });
});

describe.each([
  ["free", free, 61, "Custom CNAME"],
  ["paid", paid, 62, "Origin shielding"],
] as const)("a %s feature", (kind, path, feature_id, name) => {
  const list = `${kind}Features`;

  test("is activated with 201, read, listed, shown in the account, and deactivated", async () => {
    const { call, client, activate } = await one();
    const { status, body } = await activate(path, feature_id);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: 401,
      client_id: client,
      feature_id,
      feature: { id: feature_id, name, service: "CDN", is_free: kind === "free" },
      created_date: now,
    });
    expect(await call("GET", `${path}/401`)).toEqual({ status: 200, body });
    expect(await call("GET", path)).toEqual({ status: 200, body: [body] });
    const shown = { feature_id, service: "CDN", name, create_date: now, [`${kind}_feature_id`]: 401 };
    const record = (await call("GET", `/iam/clients/${client}`)).body;
    expect(record[list]).toEqual({ CDN: [shown], STORAGE: [], STREAMING: [], DNS: [], DDOS: [], CLOUD: [] });
    expect((await call("GET", "/iam/clients?limit=1")).body.results).toEqual([record]);

    expect(await call("DELETE", `${path}/401`)).toEqual({ status: 204, body: undefined });
    for (const method of ["GET", "DELETE"]) {
      expect(await call(method, `${path}/401`)).toEqual({ status: 404, body: undefined });
    }
    expect((await call("GET", `/iam/clients/${client}`)).body[list].CDN).toEqual([]);
    expect((await activate(path, feature_id)).body.id).toBe(402);
  });

  test.each<[string, object, string]>([
    ["an unknown feature", { feature_id: 7 }, "feature_id"],
    ["one of the other kind", { feature_id: kind === "free" ? 62 : 61 }, "feature_id"],
    ["no feature", { feature_id: undefined }, "feature_id"],
    ["a feature in quotes", { feature_id: `${feature_id}` }, "feature_id"],
    ["an unknown client", { client_id: 1 }, "client_id"],
    ["no client", { client_id: undefined }, "client_id"],
    ["a read-only field", { id: 1 }, "id"],
  ])("with %s is refused", async (_, change, field) => {
    const { call, client, sandbox } = await one();
    const reply = await call("POST", path, { client_id: client, feature_id, ...change });
    expect([reply.status, Object.keys(reply.body.errors)]).toEqual([400, [field]]);
    expect(sandbox.features()).toEqual([]);
  });

  test("twice for one client is refused; another client may have it too", async () => {
    const { call, account, activate, sandbox } = await one();
    await activate(path, feature_id);
    expect(await activate(path, feature_id)).toEqual({
      status: 400,
      body: { errors: { feature_id: [expect.any(String)] } },
    });
    const { client } = await account("bob@example.com");
    expect((await call("POST", path, { client_id: client, feature_id })).status).toBe(201);
    expect(sandbox.features()).toHaveLength(2);
  });

  test("of another reseller's client is not found, not listed, and cannot be activated", async () => {
    const { call, client, activate, sandbox } = await one();
    await activate(path, feature_id);
    for (const method of ["GET", "DELETE"]) {
      expect(await call(method, `${path}/401`, undefined, otherReseller)).toEqual({ status: 404, body: undefined });
    }
    expect((await call("GET", path, undefined, otherReseller)).body).toEqual([]);
    const other = await call("POST", path, { client_id: client, feature_id }, otherReseller);
    expect([other.status, Object.keys(other.body.errors)]).toEqual([400, ["client_id"]]);
    expect(sandbox.features()).toEqual([{ kind, id: 401, client, feature: feature_id }]);
  });

  test("is not for users", async () => {
    const { call, client, user } = await one();
    expect((await call("POST", path, { client_id: client, feature_id }, user)).status).toBe(403);
    expect((await call("GET", path, undefined, user)).status).toBe(403);
  });
});

test("a free and a paid activation may have the same id; deleting one keeps the other", async () => {
  const { call, activate, sandbox } = await one();
  await activate(free, 61);
  await activate(paid, 62);
  expect(sandbox.features().map(({ id }) => id)).toEqual([401, 401]);
  await call("DELETE", `${paid}/401`);
  expect(sandbox.features()).toMatchObject([{ kind: "free", id: 401 }]);
});

test("accounts can be filtered by features, free and paid ones", async () => {
  const { call, account, client, activate } = await one();
  const bob = await account("bob@example.com");
  await account("eve@example.com");
  await activate(free, 61);
  await call("POST", paid, { client_id: bob.client, feature_id: 62 });
  const found = async (ids: string) =>
    (await call("GET", `/iam/clients?feature_id_in=${ids}`)).body.map(({ id }: { id: number }) => id);
  expect(await found("61")).toEqual([client]);
  expect(await found("62,61,61")).toEqual([client, bob.client]);
  expect(await found("63")).toEqual([]);
  expect((await call("GET", "/iam/clients?feature_id_in=x")).status).toBe(400);
});

describe("assumptions", () => {
  test("omitListedFeatures: the account lists none, the single read finds it", async () => {
    const { call, client, activate, sandbox } = await one();
    sandbox.setAssumptions({ omitListedFeatures: true });
    await activate(free, 61);
    expect((await call("GET", `/iam/clients/${client}`)).body.freeFeatures.CDN).toEqual([]);
    expect((await call("GET", `${free}/401`)).status).toBe(200);
  });

  test.each([
    ["same", [401]],
    ["second", [401, 402]],
  ] as const)("repeatedFeature %s", async (repeatedFeature, ids) => {
    const { call, client, activate, sandbox } = await one();
    sandbox.setAssumptions({ repeatedFeature });
    await activate(free, 61);
    const again = await activate(free, 61);
    expect([again.status, again.body.id]).toEqual([201, ids.at(-1)]);
    const listed = (await call("GET", `/iam/clients/${client}`)).body.freeFeatures.CDN;
    expect(listed.map((one: { free_feature_id: number }) => one.free_feature_id)).toEqual(ids);
  });

  test("eitherFeatureCall: the call for free features takes a paid one", async () => {
    const { activate, sandbox } = await one();
    sandbox.setAssumptions({ eitherFeatureCall: true });
    expect((await activate(free, 62)).status).toBe(201);
    expect(sandbox.features()).toMatchObject([{ kind: "free", feature: 62 }]);
  });

  test("idsAsText: the ids of features are texts too", async () => {
    const { call, client, activate, sandbox } = await one();
    sandbox.setAssumptions({ idsAsText: true });
    expect((await activate(free, 61)).body).toMatchObject({ id: "401", client_id: `${client}`, feature_id: "61" });
    const [listed] = (await call("GET", `/iam/clients/${client}`)).body.freeFeatures.CDN;
    expect(listed).toMatchObject({ feature_id: "61", free_feature_id: "401" });
  });
});

test("the control API switches features off and on", async () => {
  const { call, client, activate } = await one();
  await activate(free, 61);
  const change = (features: object) => call("PATCH", `/_sandbox/clients/${client}`, { features });
  expect((await change({ 61: false, 62: true })).body.features).toMatchObject([{ kind: "paid", feature: 62 }]);
  expect((await call("GET", "/_sandbox/features")).body).toEqual([{ kind: "paid", id: 401, client, feature: 62 }]);
  await change({ 61: true, 62: true });
  expect((await call("GET", "/_sandbox/features")).body).toMatchObject([
    { kind: "free", id: 402 },
    { kind: "paid", id: 401 },
  ]);
  expect((await change({ 7: true })).status).toBe(400);
});
