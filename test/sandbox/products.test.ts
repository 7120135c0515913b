import { describe, expect, test } from "vitest";
import { otherReseller, sandboxOfTest } from "./caller";

type Availability = { product_name: string; available: boolean };
const available = (list: Availability[]) => list.filter((one) => one.available).map((one) => one.product_name);
const defaults = "/iam/products/availability/defaults";

async function one(more: object = {}) {
  const context = sandboxOfTest();
  const ada = await context.account("ada@example.com", more);
  return { ...context, ...ada, path: `/iam/products/availability/clients/${ada.client}` };
}

describe("product availability", () => {
  test("is the default until a client has its own setting, and again after a reset", async () => {
    const { call, path, client } = await one();
    expect(available((await call("GET", path)).body)).toEqual(["CDN", "STORAGE", "STREAMING", "DNS"]);

    const on = { product_name: "CLOUD", available: true };
    expect(await call("PATCH", path, on)).toEqual({ status: 200, body: on });
    await call("PATCH", path, { product_name: "CDN", available: false });
    const own = ["STORAGE", "STREAMING", "DNS", "CLOUD"];
    expect(available((await call("GET", path)).body)).toEqual(own);
    expect((await call("GET", `/iam/clients/${client}`)).body.capabilities).toEqual(own);

    const reset = { product_names: ["CLOUD", "CDN", "DNS"] };
    expect(await call("DELETE", path, reset)).toEqual({ status: 204, body: undefined });
    expect(available((await call("GET", path)).body)).toEqual(["CDN", "STORAGE", "STREAMING", "DNS"]);
  });

  test("follows a changed default only where the client has no setting of its own", async () => {
    const { call, path, account } = await one({ services: [{ product_name: "DDOS", available: false }] });
    const bob = await account("bob@example.com");
    expect((await call("PATCH", defaults, { product_name: "DDOS", available: true })).status).toBe(200);
    expect(available((await call("GET", defaults)).body)).toContain("DDOS");
    expect(available((await call("GET", path)).body)).not.toContain("DDOS");
    expect(available((await call("GET", `/iam/products/availability/clients/${bob.client}`)).body)).toContain("DDOS");
    expect(available((await call("GET", defaults, undefined, otherReseller)).body)).not.toContain("DDOS");
  });

  test.each(["trial", "activating", "active"] as const)(
    "cannot be switched off while the service is %s",
    async (status) => {
      const { call, path, client, sandbox } = await one({ services: [{ product_name: "CLOUD", available: true }] });
      sandbox.updateClient(client, { services: { CLOUD: status, CDN: status } });
      const forbidden = (products: string[]) => ({
        status: 403,
        body: { message: expect.any(String), trial: [], activating: [], active: [], [status]: products },
      });
      const off = { product_name: "CDN", available: false };
      expect(await call("PATCH", path, off)).toEqual(forbidden(["CDN"]));
      expect(await call("PATCH", defaults, off)).toEqual(forbidden(["CDN"]));
      expect(await call("DELETE", path, { product_names: ["CDN", "CLOUD"] })).toEqual(forbidden(["CLOUD"]));
      expect(available((await call("GET", path)).body)).toEqual(["CDN", "STORAGE", "STREAMING", "DNS", "CLOUD"]);
      expect((await call("DELETE", path, { product_names: ["CDN"] })).status).toBe(204);

      sandbox.updateClient(client, { services: { CDN: "paused" } });
      expect((await call("PATCH", path, off)).status).toBe(200);
    },
  );

  test.each<[string, unknown, string]>([
    ["PATCH", { product_name: "WAF", available: true }, "product_name"],
    ["PATCH", { product_name: "CDN", available: null }, "available"],
    ["PATCH", { product_name: "CDN" }, "available"],
    ["DELETE", {}, "product_names"],
    ["DELETE", { product_names: "CDN" }, "product_names"],
    ["DELETE", { product_names: ["CDN", "WAF"] }, "product_names"],
  ])("%s refuses %o", async (method, body, field) => {
    const { call, path } = await one();
    const reply = await call(method, path, body);
    expect(reply.status).toBe(400);
    expect(Object.keys(reply.body.errors)).toEqual([field]);
  });

  test("another reseller's client is not found", async () => {
    const { call, path } = await one();
    expect(await call("GET", path, undefined, otherReseller)).toEqual({ status: 404, body: undefined });
    expect((await call("PATCH", path, { product_name: "CDN", available: true }, otherReseller)).status).toBe(404);
  });
});

describe("API tokens", () => {
  const request = {
    name: "ci",
    description: "for deployments",
    exp_date: null,
    client_user: { role: { name: "Engineers" } },
  };

  test("are created, listed, read and deleted by a user of the account", async () => {
    const { call, client, id, user } = await one();
    const path = `/iam/v2/clients/${client}/tokens`;
    expect((await call("GET", path, undefined, user)).body).toEqual([]);
    const { status, body } = await call("POST", path, request, user);
    expect(status).toBe(200);
    const { token, ...record } = body;
    expect(token).toMatch(/^301_[0-9a-f]{64}$/);
    expect(record).toMatchObject({
      id: 301,
      name: "ci",
      client_user: { user_id: id, client_id: client, role: { id: 5 } },
    });
    expect((await call("GET", path, undefined, user)).body).toEqual([record]);
    expect((await call("GET", `${path}?not_issued_by=${id}`, undefined, user)).body).toEqual([]);
    expect((await call("GET", `${path}/301`, undefined, user)).body).toEqual(record);
    expect(await call("DELETE", `${path}/301`, undefined, user)).toEqual({ status: 204, body: undefined });
    expect(await call("DELETE", `${path}/301`, undefined, user)).toEqual({ status: 404, body: undefined });
    expect((await call("GET", path, undefined, user)).body).toEqual([]);
  });

  test("an expired one is not found, and does not prevent the deletion of its user", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const { call, account } = sandboxOfTest({ now: () => now });
    const { id, client, user } = await account("ada@example.com");
    const path = `/iam/v2/clients/${client}/tokens`;
    await call("POST", path, { ...request, exp_date: "2026-01-01T00:30:00.000000Z" }, user);
    expect((await call("DELETE", `/iam/users/${id}`)).status).toBe(403);
    now += 31 * 60_000;
    expect((await call("GET", path, undefined, user)).body).toEqual([]);
    expect((await call("DELETE", `/iam/users/${id}`)).status).toBe(200);
  });

  test.each<[string, object, object]>([
    ["an unknown role", { client_user: { role: { name: "Owner" } } }, { client_user: { role: [expect.any(String)] } }],
    ["no name", { name: undefined }, { name: [expect.any(String)] }],
    ["an invalid date", { exp_date: "tomorrow" }, { exp_date: [expect.any(String)] }],
  ])("refuse %s", async (_, change, errors) => {
    const { call, client, user } = await one();
    const reply = await call("POST", `/iam/v2/clients/${client}/tokens`, { ...request, ...change }, user);
    expect(reply).toEqual({ status: 400, body: { errors } });
  });

  test("are filtered by user, role and deletion; an invalid value is refused, an unknown filter is logged", async () => {
    const { call, client, id, user, sandbox } = await one();
    const path = `/iam/v2/clients/${client}/tokens`;
    await call("POST", path, request, user);
    const count = async (query: string) => (await call("GET", `${path}?${query}`, undefined, user)).body.length;
    for (const query of ["role=5", "role=Engineers", `issued_by=${id}`, "not_issued_by=1", "deleted=True"]) {
      expect([query, await count(query)]).toEqual([query, 1]);
    }
    for (const query of ["role=1", "role=Users", "issued_by=1", `not_issued_by=${id}`, "deleted=false"]) {
      expect([query, await count(query)]).toEqual([query, 0]);
    }
    for (const name of ["issued_by", "not_issued_by", "deleted"]) {
      const { status, body } = await call("GET", `${path}?${name}=null`, undefined, user);
      expect([status, Object.keys(body.errors)]).toEqual([400, [name]]);
    }
    sandbox.clearRequests();
    await call("GET", `${path}?issuer=1`, undefined, user);
    expect(sandbox.requests()).toMatchObject([{ unknownQuery: ["issuer"] }]);
  });

  test("of an unknown account are not found", async () => {
    const { call, user } = await one();
    expect((await call("GET", "/iam/v2/clients/1/tokens", undefined, user)).status).toBe(404);
  });
});
