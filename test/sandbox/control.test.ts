import { expect, test } from "vitest";
import { ClientChanges } from "../../sandbox/src/control/schemas";
import { textOf } from "../support/markdown";
import { otherReseller, password, reseller, sandboxOfTest } from "./caller";

test("reset restores the initial state", async () => {
  const { call, account, sandbox } = sandboxOfTest();
  const first = await account("ada@example.com");
  await call("DELETE", "/iam/admin/sellers/13");
  await call("POST", "/iam/admin/sellers", { email: "sam@example.com", full_name: "Sam" });
  await call("PUT", "/_sandbox/latency", { ms: 10 });
  await call("PUT", "/_sandbox/rate-limit", { requestsPerSecond: 1 });
  await call("PUT", "/_sandbox/api-keys", { "9$other": 1 });
  await call("POST", "/_sandbox/faults", { kind: "drop-before", times: "always" });
  await call("PATCH", "/_sandbox/clients/50001", { services: { CDN: "active" }, features: { 61: true, 62: true } });

  expect(await call("POST", "/_sandbox/reset")).toEqual({ status: 204, body: undefined });
  expect(sandbox.requests()).toEqual([]);
  expect(sandbox.faults.list()).toEqual([]);
  expect(sandbox.latencyMs).toBe(0);
  expect([sandbox.services(), sandbox.features()]).toEqual([[], []]);
  expect(sandbox.sellers().map(({ id, deleted }) => [id, deleted])).toEqual(
    [11, 12, 13, 21, 22].map((id) => [id, false]),
  );
  expect(await call("GET", "/iam/clients")).toEqual({ status: 200, body: [] });
  expect(await account("ada@example.com", { seller: 13 })).toMatchObject({ id: first.id, client: first.client });
  expect((await call("GET", "/iam/clients/50001")).body.serviceStatuses.CDN.status).toBe("new");
});

test("a request without x-sandbox-control, as a web page can send it: 403, and nothing is changed", async () => {
  const { account, sandbox } = sandboxOfTest();
  await account("ada@example.com");
  for (const headers of [{}, { "x-sandbox-control": "0" }]) {
    for (const [method, path] of [
      ["POST", "reset"],
      ["DELETE", "requests"],
      ["GET", "accounts"],
    ]) {
      const reply = await sandbox.fetch(
        new Request(`http://127.0.0.1/_sandbox/${path}`, { method: `${method}`, headers }),
      );
      expect(reply.status).toBe(403);
      expect(await reply.json()).toEqual({ message: expect.stringContaining("x-sandbox-control: 1") });
    }
  }
  const preflight = await sandbox.fetch(new Request("http://127.0.0.1/_sandbox/reset", { method: "OPTIONS" }));
  expect([...preflight.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(sandbox.accounts()).toHaveLength(1);
  expect(sandbox.requests()).toHaveLength(2);
});

test("the log shows which calls were made, and no value that was sent", async () => {
  const { call, account, sandbox } = sandboxOfTest({ now: () => Date.parse("2026-05-01T10:00:00Z") });
  const { id, client, user } = await account("ada@example.com", { phone: "+352 77" });
  await call("GET", "/iam/clients?users_email=ada@example.com&limit=1");
  await call("POST", "/iam/auth/jwt/login", { username: "ada@example.com", password });
  const { body } = await call("GET", "/_sandbox/requests");
  expect(body.map((entry: { method: string; path: string }) => `${entry.method} ${entry.path}`)).toEqual([
    "POST /iam/users",
    `GET /iam/auth/jwt/users/${id}/token`,
    "GET /iam/clients",
    "POST /iam/auth/jwt/login",
  ]);
  expect(body[2]).toEqual({
    seq: 3,
    time: "2026-05-01T10:00:00.000Z",
    method: "GET",
    path: "/iam/clients",
    query: ["users_email", "limit"],
    status: 200,
    ms: expect.any(Number),
    unknown: false,
    unknownQuery: [],
  });
  expect(body.map((entry: { client?: number }) => entry.client)).toEqual([client, client, undefined, undefined]);
  const text = JSON.stringify(body);
  for (const secret of ["ada@", password, "sandbox-reseller-key", user.slice(7), "+352"])
    expect(text).not.toContain(secret);

  expect((await call("GET", "/_sandbox/requests?after=3")).body).toEqual([body[3]]);
  await call("DELETE", "/_sandbox/requests");
  await call("GET", "/iam/clients");
  expect(sandbox.requests().map((entry) => entry.seq)).toEqual([5]);
});

test("the log keeps the last hundred thousand requests at most", async () => {
  const { call, sandbox } = sandboxOfTest();
  const entry = { time: "", method: "GET", path: "/", query: [], status: 200, ms: 0, unknown: false, unknownQuery: [] };
  for (let count = 0; count < 250_000; count++) sandbox.log.add(entry);
  await call("GET", "/iam/clients");
  const entries = sandbox.requests();
  expect(entries.length).toBeLessThanOrEqual(100_000);
  expect(entries.length).toBeGreaterThan(80_000);
  expect(entries.at(-1)).toMatchObject({ seq: 250_001, path: "/iam/clients" });
});

test("no reply of the control API holds a password, a key or a token", async () => {
  const { call, account } = sandboxOfTest();
  const ada = await account("ada@example.com");
  const seeded = await call("POST", "/_sandbox/seed", { count: 2 });
  await call("PATCH", `/_sandbox/users/${ada.id}`, { password: "another secret" });
  const replies = [seeded.body];
  for (const path of ["accounts", "requests", "faults"]) replies.push((await call("GET", `/_sandbox/${path}`)).body);
  replies.push((await call("PATCH", `/_sandbox/users/${ada.id}`, { password: 7, nope: 1 })).body);
  const text = JSON.stringify(replies);
  expect(text).toContain("ada@example.com");
  for (const secret of [password, "another secret", "seed-password", "sandbox-reseller-key", ada.user.slice(7)]) {
    expect(text).not.toContain(secret);
  }
});

test("accounts lists the accounts of all resellers with their users", async () => {
  const { call, account } = sandboxOfTest({ now: () => Date.parse("2026-05-01T10:00:00Z") });
  const ada = await account("ada@example.com", { custom_id: "one" });
  const bob = await account("bob@example.com", {}, otherReseller);
  await call("DELETE", `/iam/users/${ada.id}`);
  const common = { companyName: "Acme", created_at: "2026-05-01T10:00:00.000Z", deleted: false };
  expect((await call("GET", "/_sandbox/accounts")).body).toEqual([
    { ...common, client: ada.client, reseller: 1, email: "ada@example.com", custom_id: "one", users: [] },
    {
      ...common,
      client: bob.client,
      reseller: 2,
      email: "bob@example.com",
      custom_id: null,
      users: [{ id: bob.id, email: "bob@example.com" }],
    },
  ]);
});

test("docs/sandbox.md: lists the fields of a client account that a control call takes, and no others", () => {
  const paragraphs = textOf("docs/sandbox.md").split("\n\n");
  const list =
    paragraphs[paragraphs.findIndex((one) => one.startsWith("`PATCH /_sandbox/clients/ID` takes")) + 1] ?? "";
  const listed = [...list.matchAll(/`(\w+)`/g)].map(([, field]) => field);
  expect(listed.sort()).toEqual(Object.keys(ClientChanges.shape).sort());
});

test("seeded accounts behave like others", async () => {
  const { call, account, sandbox } = sandboxOfTest();
  await account("ada@example.com");
  const { body } = await call("POST", "/_sandbox/seed", { count: 500, reseller: 2 });
  expect(body.users).toHaveLength(500);
  expect((await call("POST", "/_sandbox/seed", { count: 10 })).body.users).toHaveLength(10);
  expect(sandbox.accounts()).toHaveLength(511);
  expect((await call("GET", "/iam/clients?limit=1")).body.count).toBe(11);
  expect((await call("GET", "/iam/clients?limit=1", undefined, otherReseller)).body.count).toBe(500);
  const login = { username: "seed-2@sandbox.example", password: "seed-password" };
  expect((await call("POST", "/iam/auth/jwt/login", login)).status).toBe(200);
});

test("the control API changes what the API's calls cannot change", async () => {
  const { call, account, sandbox } = sandboxOfTest();
  const ada = await account("ada@example.com", { country_code: "LU", lang: "de" });
  const change = { two_fa: true, sso_auth: true, activated: false, is_active: false, email: "countess@example.com" };
  const changed = await call("PATCH", `/_sandbox/users/${ada.id}`, change);
  expect(changed).toMatchObject({ status: 200, body: { ...change, id: ada.id, client: ada.client, lang: "de" } });
  expect((await call("GET", `/iam/users/${ada.id}`)).body).toMatchObject({ ...change, lang: "de" });

  const created_at = "2020-02-02T00:00:00Z";
  const client = { deleted: true, country_code: "DE", status: "paused", created_at, custom_id: "theirs" };
  const changedClient = await call("PATCH", `/_sandbox/clients/${ada.client}`, {
    ...client,
    services: { DNS: "trial" },
    features: { 61: true },
  });
  expect(changedClient).toMatchObject({
    status: 200,
    body: {
      ...client,
      created_at: "2020-02-02T00:00:00.000Z",
      id: ada.client,
      companyName: "Acme",
      users: [{ id: ada.id, email: change.email }],
      features: [{ kind: "free", feature: 61, name: "Custom CNAME" }],
    },
  });
  expect(changedClient.body.services).toContainEqual(
    expect.objectContaining({ name: "DNS", status: "trial", previous_status: "new", available: true }),
  );
  const { body } = await call("GET", "/iam/clients?created_at_lte=2020-02-02T00:00:00Z");
  expect(body).toMatchObject([
    { id: ada.client, deleted: true, country_code: "DE", status: "paused", custom_id: "theirs" },
  ]);
  expect(body[0].has_active_admin).toBe(false);

  await account("bob@example.com");
  expect(() => sandbox.updateUser(ada.id, { email: "BOB@example.com" })).toThrow("UNIQUE");
  expect((await call("PATCH", "/_sandbox/users/1", {})).status).toBe(404);
  expect((await call("PATCH", "/_sandbox/clients/1", {})).status).toBe(404);
  expect((await call("PATCH", `/_sandbox/clients/${ada.client}`, { country: "DE" })).status).toBe(400);
});

test("a call that sets something answers what is set, and never a key", async () => {
  const { call } = sandboxOfTest();
  const limit = { requestsPerSecond: 2, burst: 3 };
  expect(await call("PUT", "/_sandbox/latency", { ms: 5 })).toEqual({ status: 200, body: { ms: 5 } });
  expect(await call("PUT", "/_sandbox/rate-limit", limit)).toEqual({ status: 200, body: limit });
  expect(await call("PUT", "/_sandbox/rate-limit", "null")).toEqual({ status: 200, body: null });
  const keys = { "9$one": 2, "8$two": 1, "7$three": 2 };
  expect(await call("PUT", "/_sandbox/api-keys", keys)).toEqual({ status: 200, body: { resellers: [1, 2] } });
  const seeded = await call("POST", "/_sandbox/seed", { count: 2, reseller: 2 });
  expect(seeded.status).toBe(201);
  expect(seeded.body.accounts).toMatchObject([
    { client: 50001, reseller: 2, companyName: "Seed 1", users: [{ id: seeded.body.users[0] }] },
    { client: 50002, reseller: 2, companyName: "Seed 2", users: [{ id: seeded.body.users[1] }] },
  ]);
});

test("latency delays each call of the API, and none of the control API", async () => {
  const { call, sandbox } = sandboxOfTest();
  await call("PUT", "/_sandbox/latency", { ms: 3_600_000 });
  // A control call with the latency would take an hour.
  await call("GET", "/_sandbox/accounts");
  await call("PUT", "/_sandbox/latency", { ms: 60 });
  await Promise.all([call("GET", "/iam/clients"), call("GET", "/iam/clients")]);
  expect(sandbox.requests()).toHaveLength(2);
  for (const request of sandbox.requests()) expect(request.ms).toBeGreaterThanOrEqual(59);
});

test("the rate limit: 429 with Retry-After beyond it, until it is removed", async () => {
  let now = 0;
  const { send, call } = sandboxOfTest({ now: () => now });
  await call("PUT", "/_sandbox/rate-limit", { requestsPerSecond: 2, burst: 3 });
  const statuses = async (count: number) => {
    const replies = [];
    for (let index = 0; index < count; index++) replies.push((await send("GET", "/iam/clients")).status);
    return replies;
  };
  expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
  const throttled = await send("GET", "/iam/clients");
  expect(throttled.headers.get("retry-after")).toBe("1");
  now += 1000;
  expect(await statuses(3)).toEqual([200, 200, 429]);
  now += 60_000;
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  await call("PUT", "/_sandbox/rate-limit", { requestsPerSecond: 0.1 });
  expect(await statuses(2)).toEqual([200, 429]);
  expect((await send("GET", "/iam/clients")).headers.get("retry-after")).toBe("10");
  await call("PUT", "/_sandbox/rate-limit", { requestsPerSecond: 1, retryAfter: "absent" });
  expect(await statuses(2)).toEqual([200, 429]);
  expect((await send("GET", "/iam/clients")).headers.get("retry-after")).toBeNull();
  await call("PUT", "/_sandbox/rate-limit", "null");
  expect(await statuses(3)).toEqual([200, 200, 200]);
});

test("keys can be rotated", async () => {
  const { call } = sandboxOfTest();
  await call("PUT", "/_sandbox/api-keys", { "9$new": 1 });
  expect((await call("GET", "/iam/clients", undefined, reseller)).status).toBe(401);
  expect((await call("GET", "/iam/clients", undefined, "apikey 9$new")).status).toBe(200);
});

test.each<[string, string, unknown]>([
  ["PUT", "/_sandbox/latency", { ms: -1 }],
  ["PUT", "/_sandbox/rate-limit", { requestsPerSecond: 0 }],
  ["POST", "/_sandbox/seed", { count: 0 }],
  ["POST", "/_sandbox/faults", { kind: "nope" }],
  ["POST", "/_sandbox/faults", { kind: "delay" }],
  ["POST", "/_sandbox/faults", { kind: "drop-after", ms: 5 }],
  ["POST", "/_sandbox/faults", { kind: "stale-reads", ms: 5, method: "POST" }],
  ["POST", "/_sandbox/faults", { kind: "status-after", status: 200 }],
])("%s %s refuses %o", async (method, path, body) => {
  const { call, sandbox } = sandboxOfTest();
  const reply = await call(method, path, body);
  expect(reply.status).toBe(400);
  expect(Object.keys(reply.body.errors)).toHaveLength(1);
  expect(sandbox.faults.list()).toEqual([]);
});
