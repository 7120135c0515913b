import { type FaultInput, type RunningSandbox, startSandbox } from "gcore-reseller-sandbox";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caller, password, reseller, sandboxOfTest } from "./caller";

// Over a real socket; the sandbox's accounts and log show what was handled.

let running: RunningSandbox;
beforeEach(async () => {
  running = await startSandbox();
});
afterEach(() => running.close());

const api = () => caller(fetch, running.url);
const create = (email: string) => api().send("POST", "/iam/users", { email, password, company: "Acme" });
const emails = () => running.sandbox.accounts().map((one) => one.email);
const onCreate = { method: "POST", path: "/iam/users" } as const;

async function install(fault: FaultInput): Promise<void> {
  const { status, body } = await api().call("POST", "/_sandbox/faults", fault);
  expect(status).toBe(201);
  expect(body).toMatchObject({ ...fault, matched: 0, applied: 0 });
}

describe("kinds", () => {
  test("drop-before: the connection ends and the request was not handled", async () => {
    await install({ kind: "drop-before", ...onCreate });
    await expect(create("a@example.com")).rejects.toThrow("fetch failed");
    expect(emails()).toEqual([]);
    expect((await create("a@example.com")).status).toBe(201);
    expect(running.sandbox.requests()).toMatchObject([{ status: null, fault: "drop-before" }, { status: 201 }]);
    expect(running.sandbox.requests()[1]).not.toHaveProperty("fault");
  });

  test("drop-after: the connection ends and the request was handled", async () => {
    await install({ kind: "drop-after", ...onCreate });
    await expect(create("a@example.com")).rejects.toThrow("fetch failed");
    expect(emails()).toEqual(["a@example.com"]);
    expect((await create("a@example.com")).status).toBe(400);
    expect(running.sandbox.requests()).toMatchObject([{ status: null, fault: "drop-after" }, { status: 400 }]);
  });

  type Failure = { kind: "status-before" | "status-after"; status: number; body?: "json" | "html" | "empty" };
  test.each<[Failure, string | null, string[]]>([
    [{ kind: "status-before", status: 500 }, "application/json", []],
    [{ kind: "status-after", status: 500 }, "application/json", ["a@example.com"]],
    [{ kind: "status-before", status: 502 }, "text/html; charset=utf-8", []],
    [{ kind: "status-after", status: 504 }, "text/html; charset=utf-8", ["a@example.com"]],
    [{ kind: "status-after", status: 503, body: "json" }, "application/json", ["a@example.com"]],
    [{ kind: "status-before", status: 403, body: "empty" }, null, []],
  ])("%o", async (fault, type, made) => {
    await install({ ...fault, ...onCreate });
    const response = await create("a@example.com");
    expect(response.status).toBe(fault.status);
    expect(response.headers.get("content-type")).toBe(type);
    const text = await response.text();
    if (type === null) expect(text).toBe("");
    else if (type.startsWith("text/html")) expect(text).toMatch(/^<html>/);
    else expect(JSON.parse(text)).toHaveProperty("message");
    expect(emails()).toEqual(made);
    expect((await create("b@example.com")).status).toBe(201);
  });

  test("truncated-json: the reply starts, and breaks off", async () => {
    await install({ kind: "truncated-json", ...onCreate });
    const response = await create("a@example.com");
    expect(response.status).toBe(201);
    await expect(response.text()).rejects.toThrow("terminated");
    expect(emails()).toEqual(["a@example.com"]);
  });

  test("wrong-type: the reply is JSON, with no value of its type", async () => {
    await install({ kind: "wrong-type", ...onCreate });
    expect(await (await create("a@example.com")).json()).toMatchObject({
      id: { value: 8001 },
      client: { value: 50001 },
    });
    await install({ kind: "wrong-type", as: "string" });
    const { body } = await api().call("GET", "/iam/clients");
    expect(body[0].id).toBeTypeOf("string");
    expect(Number.isInteger(body[0].id)).toBe(false);
    expect(emails()).toEqual(["a@example.com"]);
  });

  test("unreadable: the status of the reply, and another text", async () => {
    await install({ kind: "unreadable", ...onCreate });
    const empty = await create("a@example.com");
    expect([empty.status, await empty.text()]).toEqual([201, ""]);
    await install({ kind: "unreadable", body: '{"id": 80', ...onCreate });
    const cut = await create("b@example.com");
    expect([cut.status, await cut.text()]).toEqual([201, '{"id": 80']);
    expect(emails()).toEqual(["a@example.com", "b@example.com"]);
  });

  test("rate-limit: 429 with each kind of Retry-After", async () => {
    const retryAfter = async (fault: object) => {
      await install({ kind: "rate-limit", ...onCreate, ...fault });
      const response = await create("a@example.com");
      expect(response.status).toBe(429);
      return response.headers.get("retry-after");
    };
    expect(await retryAfter({})).toBe("1");
    expect(await retryAfter({ seconds: 7 })).toBe("7");
    expect(await retryAfter({ retryAfter: "absent" })).toBeNull();
    expect(Number.isNaN(Date.parse((await retryAfter({ retryAfter: "garbage" })) ?? ""))).toBe(true);
    const date = (await retryAfter({ retryAfter: "date", seconds: 30 })) ?? "";
    expect(date).toMatch(/ GMT$/);
    expect(Date.parse(date) - Date.now()).toBeGreaterThan(28_000);
    expect(Date.parse(date) - Date.now()).toBeLessThanOrEqual(31_000);
    expect(emails()).toEqual([]);
  });

  test("unauthorized: 401 after calls that succeeded", async () => {
    await install({ kind: "unauthorized", skip: 1 });
    expect((await api().call("GET", "/iam/clients")).status).toBe(200);
    expect((await api().call("GET", "/iam/clients")).status).toBe(401);
    expect((await api().call("GET", "/iam/clients")).status).toBe(200);
  });

  const poll = { timeout: 4_000, interval: 10 };
  test.each(["before", "after"] as const)("delay %s: a client that gave up does not stop the call", async (when) => {
    await install({ kind: "delay", ms: 1000, when, ...onCreate });
    const headers = { authorization: reseller, "content-type": "application/json" };
    const body = JSON.stringify({ email: "a@example.com", password, company: "Acme" });
    const client = new AbortController();
    const request = fetch(`${running.url}/iam/users`, { method: "POST", headers, body, signal: client.signal });
    const ended = expect(request).rejects.toThrow("aborted");
    await expect.poll(() => running.sandbox.faults.list()[0]?.applied, poll).toBe(1);
    client.abort();
    await ended;
    expect(emails()).toEqual(when === "before" ? [] : ["a@example.com"]);
    await expect.poll(emails, poll).toEqual(["a@example.com"]);
    await expect.poll(() => running.sandbox.requests(), poll).toHaveLength(1);
    expect(running.sandbox.requests()).toMatchObject([{ status: 201, fault: "delay" }]);
  });

  test("stale-reads: lists and single reads return old data after creations, changes and deletions", async () => {
    let now = 1_000_000;
    const { call, account, sandbox } = sandboxOfTest({ now: () => now });
    const old = await account("old@example.com");
    sandbox.faults.add({ kind: "stale-reads", ms: 5000, times: "always" });
    now += 1000;
    const young = await account("young@example.com");
    await call("PATCH", `/iam/clients/${old.client}`, { companyName: "New" });
    now += 1000;
    await call("DELETE", `/iam/users/${old.id}`);

    const seen = async () => {
      const { body } = await call("GET", "/iam/clients?limit=10");
      const found = (await call("GET", "/iam/clients?users_email=young@example.com")).body.length;
      const single = (await call("GET", `/iam/clients/${young.client}`)).status;
      const { companyName, users } = (await call("GET", `/iam/clients/${old.client}`)).body;
      return [body.count, found, single, companyName, users.length];
    };
    expect(await seen()).toEqual([1, 0, 404, "Acme", 1]);
    now += 3999;
    expect(await seen()).toEqual([1, 0, 404, "Acme", 1]);
    now += 1;
    expect(await seen()).toEqual([2, 1, 200, "New", 1]);
    now += 1000;
    expect(await seen()).toEqual([2, 1, 200, "New", 0]);
    expect(sandbox.accounts()).toHaveLength(2);
  });

  test("stale-reads: sellers, services and features are old too, also what the clock changes", async () => {
    let now = 1_000_000;
    const { call, account, sandbox } = sandboxOfTest({ now: () => now, assumptions: { activationSeconds: 1 } });
    const { client } = await account("ada@example.com", { seller: 11 });
    const services = `/iam/clients/${client}/services`;
    const cdn = `${services}/${(await call("GET", services)).body[0].id}`;
    sandbox.faults.add({ kind: "stale-reads", ms: 5000, times: "always", path: "/iam/*" });
    await call("POST", "/iam/admin/sellers", { email: "sam@example.com", full_name: "Sam" });
    await call("DELETE", "/iam/admin/sellers/11");
    await call("PUT", cdn, { status: "active" });
    await call("POST", "/iam/admin/free_features", { client_id: client, feature_id: 61 });
    now += 1000;

    const seen = async () => {
      const sellers = (await call("GET", "/iam/admin/sellers?deleted=false")).body;
      const { status } = (await call("GET", cdn)).body;
      const { seller, serviceStatuses, freeFeatures } = (await call("GET", `/iam/clients/${client}`)).body;
      const activated = (await call("GET", "/iam/admin/free_features")).body;
      expect(serviceStatuses.CDN.status).toBe(status);
      expect(freeFeatures.CDN).toHaveLength(activated.length);
      return [sellers.map(({ id }: { id: number }) => id), status, seller, activated.length];
    };
    expect(await seen()).toEqual([[11, 12, 13], "new", 11, 0]);
    now += 4000;
    expect(await seen()).toEqual([[12, 13, 301], "activating", null, 1]);
    now += 1000;
    expect(await seen()).toEqual([[12, 13, 301], "active", null, 1]);
  });

  test("stale-reads: the check of unique email addresses reads current data", async () => {
    const { call, sandbox } = sandboxOfTest();
    sandbox.faults.add({ kind: "stale-reads", ms: 60_000, times: "always", path: "*" });
    const ada = { email: "ada@example.com", password, company: "Acme" };
    expect((await call("POST", "/iam/users", ada)).status).toBe(201);
    expect((await call("POST", "/iam/users", ada)).status).toBe(400);
    sandbox.faults.remove();
    expect((await call("GET", "/iam/clients")).body).toHaveLength(1);
  });

  test.each([
    [1, "misses one item, repeats another", [0, 1, 2, 4, 5, 6, 6, 7, 8]],
    [-2, "repeats two items, misses two others", [0, 1, 2, 1, 2, 3, 6, 7, 8]],
  ])("shifted-page by %i: the list %s", async (by, _, expected) => {
    running.sandbox.seed(9);
    await install({ kind: "shifted-page", by, skip: 1 });
    const seen: number[] = [];
    for (const offset of [0, 3, 6]) {
      const { body } = await api().call("GET", `/iam/clients?limit=3&offset=${offset}`);
      expect(body.count).toBe(9);
      seen.push(...body.results.map((client: { id: number }) => client.id - 50001));
    }
    expect(seen).toEqual(expected);
  });
});

describe("each call that changes sellers, services or features", () => {
  const calls = [
    ["POST", "/iam/admin/sellers", { email: "sam@example.com", full_name: "Sam" }],
    ["PATCH", "/iam/admin/sellers/11", { email: "eleven@example.com", full_name: "Eleven" }],
    ["DELETE", "/iam/admin/sellers/11", undefined],
    ["PUT", "/iam/clients/50001/services/500011", { status: "trial" }],
    ["POST", "/iam/admin/free_features", { client_id: 50001, feature_id: 63 }],
    ["DELETE", "/iam/admin/free_features/401", undefined],
    ["POST", "/iam/admin/paid_features", { client_id: 50001, feature_id: 65 }],
    ["DELETE", "/iam/admin/paid_features/401", undefined],
  ] as const;
  const stored = () => {
    const { sandbox } = running;
    return JSON.stringify([sandbox.sellers(), sandbox.services(), sandbox.features()]);
  };

  test.each(calls)("%s %s: lost before and after it is handled, and logged", async (method, path, body) => {
    await create("a@example.com");
    running.sandbox.updateClient(50001, { features: { 61: true, 62: true } });
    running.sandbox.clearRequests();
    const before = stored();
    await install({ kind: "drop-before", method, path });
    await expect(api().send(method, path, body)).rejects.toThrow("fetch failed");
    expect(stored()).toBe(before);
    await install({ kind: "drop-after", method, path });
    await expect(api().send(method, path, body)).rejects.toThrow("fetch failed");
    expect(stored()).not.toBe(before);
    expect(running.sandbox.requests()).toMatchObject([
      { method, path, status: null, fault: "drop-before", unknown: false },
      { method, path, status: null, fault: "drop-after", unknown: false },
    ]);
  });
});

test("shifted-page: the list of sellers, if its path is given", async () => {
  await install({ kind: "shifted-page", path: "/iam/admin/sellers" });
  const { body } = await api().call("GET", "/iam/admin/sellers?limit=2");
  expect(body).toMatchObject({ count: 3, results: [{ id: 12 }, { id: 13 }] });
});

describe("selection of requests", () => {
  const statuses = async (count: number, path = "/iam/clients") => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) found.push((await api().send("GET", path)).status);
    return found;
  };

  test("skip lets the first requests pass, times limits how many the fault is applied to", async () => {
    await install({ kind: "status-before", skip: 2, times: 3 });
    expect(await statuses(7)).toEqual([200, 200, 500, 500, 500, 200, 200]);
    expect(running.sandbox.faults.list()).toMatchObject([{ id: 1, matched: 7, applied: 3 }]);
  });

  test("always: applied until the fault is removed", async () => {
    await install({ kind: "status-before", times: "always" });
    expect(await statuses(3)).toEqual([500, 500, 500]);
    await api().call("DELETE", "/_sandbox/faults/1");
    expect(await statuses(1)).toEqual([200]);
    await install({ kind: "status-before", times: "always" });
    await install({ kind: "status-before", times: "always", path: "/iam/users*" });
    await api().call("DELETE", "/_sandbox/faults");
    expect(await statuses(1)).toEqual([200]);
  });

  test("applied to the given method and path only", async () => {
    running.sandbox.faults.add({ kind: "status-before", method: "get", path: "/iam/clients/*", times: "always" });
    expect(await statuses(1, "/iam/clients")).toEqual([200]);
    expect(await statuses(1, "/iam/clients/1")).toEqual([500]);
    expect(await statuses(1, "/iam/clientsX1")).toEqual([404]);
    expect((await api().call("PATCH", "/iam/clients/1", {})).status).toBe(404);
  });

  test("a path without a star matches that path only; other characters are no pattern", async () => {
    await install({ kind: "status-before", path: "/iam/client.", times: "always" });
    expect(await statuses(1, "/iam/clients")).toEqual([200]);
  });

  test("a probability applies the fault to its share of requests, the same ones for the same seed", async () => {
    const { sandbox, send } = sandboxOfTest();
    const pattern = async (seed: number) => {
      sandbox.faults.remove();
      sandbox.faults.add({ kind: "status-before", probability: 0.3, seed });
      const applied: boolean[] = [];
      for (let index = 0; index < 300; index++) applied.push((await send("GET", "/iam/clients")).status === 500);
      return applied;
    };
    const first = await pattern(7);
    const share = first.filter(Boolean).length / 300;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    expect(await pattern(7)).toEqual(first);
    expect(await pattern(8)).not.toEqual(first);
  });

  test("several faults applied to one request all act", async () => {
    await install({ kind: "delay", ms: 30, ...onCreate });
    await install({ kind: "drop-after", ...onCreate });
    await expect(create("a@example.com")).rejects.toThrow("fetch failed");
    expect(emails()).toEqual(["a@example.com"]);
    expect(running.sandbox.requests()).toMatchObject([{ fault: "delay,drop-after", status: null }]);
    expect(running.sandbox.requests()[0]?.ms).toBeGreaterThanOrEqual(29);
  });

  test("a dropped connection does not affect the others", async () => {
    await install({ kind: "drop-before", ...onCreate, skip: 3, times: 2 });
    const names = Array.from({ length: 20 }, (_, index) => `user-${index}@example.com`);
    const results = await Promise.allSettled(names.map(create));
    expect(results.filter((result) => result.status === "rejected")).toHaveLength(2);
    expect(running.sandbox.accounts()).toHaveLength(18);
  });

  test("without a port: a dropped connection rejects like fetch", async () => {
    const { send, sandbox } = sandboxOfTest();
    sandbox.faults.add({ kind: "drop-after", method: "POST" });
    const request = send("POST", "/iam/users", { email: "a@example.com", password, company: "Acme" });
    await expect(request).rejects.toThrow(TypeError);
    expect(sandbox.accounts()).toHaveLength(1);
    sandbox.faults.add({ kind: "truncated-json", method: "GET" });
    await expect((await send("GET", "/iam/clients")).json()).rejects.toThrow(SyntaxError);
  });
});
