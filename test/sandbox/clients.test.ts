import { describe, expect, test } from "vitest";
import { facts } from "../support/contract";
import { otherReseller, password, sandboxOfTest } from "./caller";

type Listed = { id: number; email: string };
const ids = (clients: Listed[]) => clients.map((client) => client.id);

describe("GET /iam/clients", () => {
  test("is a bare list without a limit, by id, of the calling reseller", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    expect(await call("GET", "/iam/clients")).toEqual({ status: 200, body: [] });
    sandbox.seed(3);
    const other = await account("other@example.com", {}, otherReseller);
    expect(ids((await call("GET", "/iam/clients")).body)).toEqual([50001, 50002, 50003]);
    expect(ids((await call("GET", "/iam/clients?offset=1")).body)).toEqual([50002, 50003]);
    expect(ids((await call("GET", "/iam/clients", undefined, otherReseller)).body)).toEqual([other.client]);
  });

  test("comes in pages with a limit; following `next` gives each account once", async () => {
    const { call, sandbox } = sandboxOfTest();
    sandbox.seed(25);
    const seen: number[] = [];
    let path: string | undefined = "/iam/clients?limit=10&is_test=false";
    const pages: { count: number; previous?: string }[] = [];
    while (path !== undefined) {
      const { body }: { body: { count: number; next?: string; previous?: string; results: Listed[] } } = await call(
        "GET",
        path,
      );
      pages.push(body);
      seen.push(...ids(body.results));
      path = body.next;
    }
    expect(pages.map((page) => page.count)).toEqual([25, 25, 25]);
    expect(pages.map((page) => page.previous !== undefined)).toEqual([false, true, true]);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 50001 + index));
    expect((await call("GET", "/iam/clients?limit=10&offset=15")).body).not.toHaveProperty("next");
    expect((await call("GET", "/iam/clients?limit=10&offset=90")).body).toMatchObject({ count: 25, results: [] });
  });

  test("has the same record as the single read", async () => {
    const { call, account } = sandboxOfTest();
    const { client } = await account("ada@example.com", { services: [{ product_name: "CLOUD", available: true }] });
    await account("bob@example.com");
    const single = (await call("GET", `/iam/clients/${client}`)).body;
    const [listed] = (await call("GET", "/iam/clients?users_email=ada@example.com")).body;
    expect(listed).toEqual(single);
    expect((await call("GET", "/iam/clients?limit=1")).body.results).toEqual([single]);
  });

  test("shows what is set from outside: website, domain, type, billing", async () => {
    const { call, account } = sandboxOfTest();
    const { client } = await account("ada@example.com");
    const record = async () => (await call("GET", `/iam/clients/${client}`)).body;
    const initial = { entryBaseDomain: null, signup_process: "sign_up_full", bill_type: "POST", client_type: "common" };
    expect(await record()).toMatchObject({ ...initial, has_active_admin: true });
    expect(await record()).not.toHaveProperty("website");
    const changes = {
      signup_process: "sign_up_simple",
      bill_type: "PRE",
      client_type: "reseller",
      website: "acme.example",
    };
    await call("PATCH", `/_sandbox/clients/${client}`, { ...changes, entry_base_domain: "panel.example" });
    expect(await record()).toMatchObject({ ...changes, entryBaseDomain: "panel.example" });
  });

  test("lists users without what only the user's own record has", async () => {
    const { call, account } = sandboxOfTest();
    const { id, client } = await account("ada@example.com");
    const [user] = (await call("GET", `/iam/clients/${client}`)).body.users;
    expect(user).toMatchObject({ id, client, email: "ada@example.com", company: "Acme" });
    for (const field of ["is_active", "user_type", "client_and_roles", "password"])
      expect(user).not.toHaveProperty(field);
  });

  describe("filters", () => {
    async function three() {
      let now = Date.parse("2026-01-01T00:00:00Z");
      const context = sandboxOfTest({ now: () => now });
      const first = await context.account("a@example.com", { custom_id: "one", seller: 11, name: "Ada" });
      now += 60_000;
      const second = await context.account("b@example.com", { custom_id: "two", is_test: true, country_code: "LU" });
      now += 60_000;
      const third = await context.account("c@example.com", { company: "Other & Co", seller: 12 });
      const services = { CDN: "trial", STORAGE: "paused", DDOS: "active", CLOUD: "trialend", DNS: "active" } as const;
      context.sandbox.updateClient(third.client, { deleted: true, services, features: { 61: true, 62: true } });
      context.sandbox.updateClient(second.client, {
        features: { 62: true },
        bill_type: "PRE",
        client_type: "sales",
        promocode: "SPRING",
        secondary_hostname: "cdn.example.com",
        traffic_gb: 50,
      });
      context.sandbox.updateUser(second.id, { activated: false });
      const personal = `/iam/products/availability/clients/${first.client}`;
      await context.call("PATCH", personal, { product_name: "DDOS", available: true });
      return { ...context, clients: [first.client, second.client, third.client] };
    }

    test.each([
      ["users_email=B@EXAMPLE.com", [1]],
      ["users_email=example.com", []],
      ["email=B@example.com", [1]],
      ["custom_id=one", [0]],
      ["custom_id=ONE", []],
      ["custom_id=", []],
      ["seller_id=12", [2]],
      ["reseller_id=1", [0, 1, 2]],
      ["reseller_id=2", []],
      ["companyName=Other%20%26%20Co", [2]],
      ["name=Ada", [0]],
      ["users_name=Ada", [0]],
      ["is_test=true", [1]],
      ["is_test=false", [0, 2]],
      ["country_code=LU", [1]],
      ["country_code=null", [0, 2]],
      ["deleted=true", [2]],
      ["deleted=false", [0, 1]],
      ["deleted=all", [0, 1, 2]],
      ["dns=active", [2]],
      ["dns=new", [0, 1]],
      ["cdn=trial", [2]],
      ["storage=paused", [2]],
      ["ddos=active&cloud=trialend", [2]],
      ["cloud=deleted", []],
      ["connect=new", []],
      ["infrastructure_protection=active", []],
      ["activated=true", [0, 2]],
      ["activated=false", [1]],
      ["bill_type=PRE", [1]],
      ["bill_type=POST", [0, 2]],
      ["client_type=sales", [1]],
      ["client_type=reseller", []],
      ["feature_id_in=61", [2]],
      ["feature_id_in=61,62", [1, 2]],
      ["personal_product_availability=DDOS", [0]],
      ["personal_product_availability=CDN,DNS", []],
      ["promocode=SPRING", [1]],
      ["secondaryhostnames=cdn.example.com", [1]],
      ["min_traffic=0.5", [1]],
      ["min_traffic=0&max_traffic=49.9", [0, 2]],
      ["created_at_gte=2026-01-01T00:01:00Z", [1, 2]],
      ["created_at_gte=2026-01-01T01:01:00.001%2B01:00", [2]],
      ["created_at_lte=2026-01-01T00:01:00.000000Z", [0, 1]],
      ["created_at_gte=2026-01-01T00:00:01Z&created_at_lte=2026-01-01T00:01:59Z", [1]],
      ["seller_id=11&is_test=true", []],
      ["id__in__exclude=50001,50003", [1]],
      ["ordering=-id", [2, 1, 0]],
      ["ordering=-created_at", [2, 1, 0]],
      ["ordering=companyName,-id", [1, 0, 2]],
      ["ordering=status,-id", [2, 1, 0]],
    ])("%s", async (query, expected) => {
      const { call, clients } = await three();
      const { status, body } = await call("GET", `/iam/clients?${query}`);
      expect(status).toBe(200);
      expect(ids(body)).toEqual(expected.map((index) => clients[index]));
      const paged = await call("GET", `/iam/clients?${query}&limit=100`);
      expect(paged.body).toMatchObject({ count: expected.length, results: body });
    });

    test.each([
      "limit=0",
      "limit=-1",
      "limit=ten",
      "offset=-1",
      "offset=1.5",
      "seller_id=x",
      "email=",
      "email=example.com",
      "is_test=1",
      "created_at_gte=yesterday",
      "created_at_lte=2026-01-01T00:00:00",
      "dns=running",
      "connect=running",
      "client_type=admin",
      "min_traffic=much",
      "feature_id_in=61,x",
      "personal_product_availability=WAF",
      "id__in__exclude=all",
      "limit=99999999999999999999",
      "ordering=password",
    ])("%s is refused", async (query) => {
      const { call } = sandboxOfTest();
      const { status, body } = await call("GET", `/iam/clients?${query}`);
      expect(status).toBe(400);
      expect(Object.keys(body.errors)).toEqual([query.split("=")[0]]);
    });

    test("all those of the contract are known", async () => {
      const { parameters } = facts.paths["/iam/clients"]?.get ?? {};
      const query = (parameters ?? []).map(({ name }) => name).filter((name) => !["limit", "offset"].includes(name));
      expect(query).toHaveLength(31);
      const { call, sandbox } = sandboxOfTest();
      // An invalid value is refused, or taken as a text; the log names those that the route does not know.
      for (const name of query) await call("GET", `/iam/clients?${name}=1`);
      expect(sandbox.requests().flatMap(({ unknownQuery }) => unknownQuery)).toEqual([]);
    });

    test("an unknown one is ignored and logged", async () => {
      const { call, sandbox } = sandboxOfTest();
      sandbox.seed(1);
      expect((await call("GET", "/iam/clients?user_email=nobody@example.com&limit=5")).body.count).toBe(1);
      expect(sandbox.requests()).toMatchObject([{ query: ["user_email", "limit"], unknownQuery: ["user_email"] }]);
    });
  });
});

describe("GET and PATCH /iam/clients/{clientId}", () => {
  test("an unknown and another reseller's account are not found", async () => {
    const { call, account } = sandboxOfTest();
    const other = await account("other@example.com", {}, otherReseller);
    for (const id of [-1, 1, other.client]) {
      expect(await call("GET", `/iam/clients/${id}`)).toEqual({ status: 404, body: undefined });
      expect(await call("PATCH", `/iam/clients/${id}`, { companyName: "Mine" })).toEqual({
        status: 404,
        body: undefined,
      });
    }
    expect((await call("GET", `/iam/clients/${other.client}`, undefined, otherReseller)).body.companyName).toBe("Acme");
  });

  test("changes the given fields and keeps the rest", async () => {
    const { call, account } = sandboxOfTest();
    const { id, client } = await account("ada@example.com", { custom_id: "one", seller: 11 });
    const path = `/iam/clients/${client}`;
    const before = (await call("GET", path)).body;
    expect(await call("PATCH", path, {})).toEqual({ status: 200, body: before });

    const first = await call("PATCH", path, { companyName: "Acme & Sons", is_test: true, reseller: 1 });
    expect(first.body).toMatchObject({ companyName: "Acme & Sons", is_test: true, custom_id: "one", seller: 11 });
    expect((await call("GET", `/iam/users/${id}`)).body.company).toBe("Acme & Sons");

    const second = await call("PATCH", path, {
      custom_id: null,
      seller: null,
      name: "N",
      phone: "1",
      email: "x@example.com",
    });
    expect(second.body).toMatchObject({ custom_id: null, seller: null, name: "N", phone: "1", email: "x@example.com" });
    expect(second.body).toMatchObject({ companyName: "Acme & Sons", is_test: true });
    expect((await call("GET", `/iam/users/${id}`)).body.email).toBe("ada@example.com");
  });

  test.each([
    ["a blank company", { companyName: "" }, "companyName"],
    ["company, the name in the user's record", { company: "X" }, "company"],
    ["a null flag", { is_test: null }, "is_test"],
    ["an unknown seller", { seller: 99 }, "seller"],
    ["another reseller", { reseller: 2 }, "reseller"],
    ["the country", { country_code: "DE" }, "country_code"],
    ["the status", { status: "active" }, "status"],
    ["a numeric custom id", { custom_id: 7 }, "custom_id"],
    ["an invalid email address", { email: "x" }, "email"],
  ])("refuses %s", async (_, change, field) => {
    const { call, account } = sandboxOfTest();
    const { client } = await account("ada@example.com", { password });
    const before = (await call("GET", `/iam/clients/${client}`)).body;
    const { status, body } = await call("PATCH", `/iam/clients/${client}`, change);
    expect(status).toBe(400);
    expect(Object.keys(body.errors)).toEqual([field]);
    expect((await call("GET", `/iam/clients/${client}`)).body).toEqual(before);
  });
});
