import { describe, expect, test } from "vitest";
import { otherReseller, password, sandboxOfTest } from "./caller";

const path = "/iam/admin/sellers";
const sam = { email: "Sam@example.com", full_name: "Sam Seller", phone: "+352 (12) 34" };

async function one() {
  const context = sandboxOfTest({ now: () => Date.parse("2026-03-01T10:00:00Z") });
  const seller = (await context.call("POST", path, sam)).body;
  return { ...context, seller, own: `${path}/${seller.id}` };
}

describe("a seller", () => {
  test("is created with 200, read, listed and changed", async () => {
    const { call, seller, own } = await one();
    expect(seller).toEqual({
      id: 301,
      ...sam,
      reseller_name: "Reseller 1",
      company: "Reseller 1",
      date_joined: "2026-03-01T10:00:00.000Z",
      activated: false,
      deleted: false,
    });
    expect(await call("GET", own)).toEqual({ status: 200, body: seller });
    expect((await call("GET", `${path}?email=sam@EXAMPLE.com`)).body).toEqual([seller]);

    const changed = { email: "sam@example.org", full_name: "Samira Seller" };
    expect(await call("PATCH", own, changed)).toEqual({ status: 200, body: { ...seller, ...changed } });
    expect((await call("GET", own)).body).toEqual({ ...seller, ...changed });
  });

  test("without a phone has none in the reply", async () => {
    const { call } = sandboxOfTest();
    const { status, body } = await call("POST", path, { ...sam, phone: undefined });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty("phone");
  });

  test("that is deleted stays readable, and its clients have no seller", async () => {
    const { call, account, seller, own } = await one();
    const mine = await account("ada@example.com", { seller: seller.id });
    const others = await account("bob@example.com", { seller: 11 });
    expect((await call("GET", `/iam/clients/${mine.client}`)).body.seller).toBe(301);

    expect(await call("DELETE", own)).toEqual({ status: 204, body: undefined });
    expect(await call("GET", own)).toEqual({ status: 200, body: { ...seller, deleted: true } });
    expect((await call("GET", `/iam/clients/${mine.client}`)).body.seller).toBeNull();
    expect((await call("GET", `/iam/clients/${others.client}`)).body.seller).toBe(11);

    expect((await call("DELETE", own)).status).toBe(404);
    expect((await call("PATCH", own, sam)).status).toBe(404);
    const assigned = await call("PATCH", `/iam/clients/${mine.client}`, { seller: 301 });
    expect(Object.keys(assigned.body.errors)).toEqual(["seller"]);
    const created = { email: "eve@example.com", password, company: "Acme", seller: 301 };
    expect((await call("POST", "/iam/users", created)).status).toBe(400);
  });

  test("of another reseller is not found, not listed, and cannot be assigned", async () => {
    const { call, account, own } = await one();
    for (const [method, body] of [["GET"], ["PATCH", sam], ["DELETE"]] as const) {
      expect(await call(method, own, body, otherReseller)).toEqual({ status: 404, body: undefined });
    }
    const listed = (await call("GET", path, undefined, otherReseller)).body;
    expect(listed.map(({ id }: { id: number }) => id)).toEqual([21, 22]);
    const other = await account("other@example.com", {}, otherReseller);
    const assigned = await call("PATCH", `/iam/clients/${other.client}`, { seller: 301 }, otherReseller);
    expect(assigned.status).toBe(400);
    expect((await call("GET", own)).body.deleted).toBe(false);
  });

  test("is managed by the reseller only", async () => {
    const { call, account, own } = await one();
    const { user } = await account("ada@example.com");
    expect((await call("GET", path, undefined, user)).status).toBe(403);
    expect((await call("DELETE", own, undefined, user)).status).toBe(403);
    expect((await call("POST", path, { ...sam, email: "x@example.com" }, null)).status).toBe(401);
  });

  test.each<[string, object, string]>([
    ["no email address", { email: undefined }, "email"],
    ["an invalid one", { email: "sam" }, "email"],
    [
      "one of 151 characters",
      { email: `${"s".repeat(60)}@${`${"e".repeat(42)}.`.repeat(2)}com`.padEnd(151, "m") },
      "email",
    ],
    ["no name", { full_name: undefined }, "full_name"],
    ["a blank name", { full_name: " " }, "full_name"],
    ["a name of 256 characters", { full_name: "n".repeat(256) }, "full_name"],
    ["a phone of 31 characters", { phone: "1".repeat(31) }, "phone"],
    ["a phone with a dot", { phone: "12.34" }, "phone"],
    ["a phone with a capital", { phone: "Ext 5" }, "phone"],
    ["no phone at all", { phone: null }, "phone"],
    ["a read-only field", { activated: true }, "activated"],
    ["an unknown field", { name: "Sam" }, "name"],
  ])("with %s is refused, at creation and change", async (_, change, field) => {
    const { call, own, seller, sandbox } = await one();
    for (const [method, where] of [
      ["POST", path],
      ["PATCH", own],
    ] as const) {
      const reply = await call(method, where, { ...sam, email: "new@example.com", ...change });
      expect([reply.status, Object.keys(reply.body.errors)]).toEqual([400, [field]]);
    }
    expect((await call("GET", own)).body).toEqual(seller);
    expect(sandbox.sellers().map(({ id }) => id)).toEqual([11, 12, 13, 21, 22, 301]);
  });
});

describe("the email address of a seller", () => {
  const inUse = { status: 400, body: { errors: { email: [expect.any(String)] } } };
  const create = { password, company: "Acme" };

  test("is unique over sellers and users of all resellers, and free again after a deletion", async () => {
    const { call, account, own, sandbox } = await one();
    const ada = await account("ada@example.com");
    for (const email of ["SAM@example.com", "ada@example.com"]) {
      expect(await call("POST", path, { ...sam, email }, otherReseller)).toEqual(inUse);
    }
    expect(await call("PATCH", own, { ...sam, email: "Ada@example.com" })).toEqual(inUse);
    expect((await call("PATCH", own, { ...sam, email: "sam@EXAMPLE.com" })).status).toBe(200);
    expect(await call("POST", "/iam/users", { ...create, email: "sam@example.com" })).toEqual(inUse);
    const taken = { new_email: "sam@example.com", password };
    expect((await call("PUT", `/iam/users/${ada.id}/email`, taken, ada.user)).status).toBe(400);

    await call("DELETE", own);
    expect((await call("POST", path, sam)).status).toBe(200);
    sandbox.setAssumptions({ duplicateEmailStatus: 409 });
    expect((await call("POST", path, sam)).status).toBe(409);
  });

  test("uniqueSellerEmail false: two sellers, or a seller and a user, may share one", async () => {
    const { call, sandbox } = await one();
    sandbox.setAssumptions({ uniqueSellerEmail: false });
    const second = await call("POST", path, sam);
    expect([second.status, second.body.id]).toEqual([200, 302]);
    expect((await call("POST", "/iam/users", { ...create, email: sam.email })).status).toBe(201);
    expect((await call("PATCH", `${path}/302`, sam)).status).toBe(200);
    expect((await call("GET", `${path}?email=${sam.email}`)).body).toHaveLength(2);
  });

  test("deletedSellerFreesEmail false: a deleted one keeps it", async () => {
    const { call, own, sandbox } = await one();
    sandbox.setAssumptions({ deletedSellerFreesEmail: false });
    await call("DELETE", own);
    expect(await call("POST", path, sam)).toEqual(inUse);
    expect(await call("POST", "/iam/users", { ...create, email: sam.email })).toEqual(inUse);
  });
});

describe("GET /iam/admin/sellers", () => {
  async function some() {
    const context = sandboxOfTest();
    await context.call("POST", path, sam);
    await context.call("POST", path, { email: "tom@example.com", full_name: "Tom" });
    await context.call("DELETE", `${path}/302`);
    return context;
  }
  const ids = (sellers: { id: number }[]) => sellers.map(({ id }) => id);

  test.each<[string, number[]]>([
    ["", [11, 12, 13, 301, 302]],
    ["id=12", [12]],
    ["id=21", []],
    ["id__in=11,301,21", [11, 301]],
    ["id__contains=1", [11, 12, 13, 301]],
    ["email=SAM@example.com", [301]],
    ["email=am@example.com", []],
    ["full_name=Tom", [302]],
    ["full_name=To", []],
    ["activated=true", [11, 12, 13]],
    ["activated=false", [301, 302]],
    ["deleted=true", [302]],
    ["deleted=false", [11, 12, 13, 301]],
    ["deleted=all", [11, 12, 13, 301, 302]],
    ["reseller_name=Reseller%201", [11, 12, 13, 301, 302]],
    ["reseller_name=Reseller%202", []],
    ["email=tom@example.com&deleted=false", []],
    ["offset=3", [301, 302]],
    ["ordering=-id", [302, 301, 13, 12, 11]],
    ["ordering=-deleted,activated", [302, 301, 11, 12, 13]],
    ["ordering=full_name", [301, 11, 12, 13, 302]],
  ])("?%s", async (query, expected) => {
    const { call } = await some();
    const { status, body } = await call("GET", `${path}?${query}`);
    expect([status, ids(body)]).toEqual([200, expected]);
    if (query.startsWith("offset")) return;
    expect((await call("GET", `${path}?${query}&limit=100`)).body).toEqual({ count: expected.length, results: body });
  });

  test.each([
    "limit=0",
    "limit=x",
    "offset=-1",
    "id=x",
    "email=",
    "email=sam",
    "id__in=1,x",
    "activated=1",
    "ordering=phone",
    "id=99999999999999999999",
  ])("?%s is refused", async (query) => {
    const { call } = await some();
    const { status, body } = await call("GET", `${path}?${query}`);
    expect([status, Object.keys(body.errors)]).toEqual([400, [query.split("=")[0]]]);
  });

  test("comes in pages with a limit, with links to the others", async () => {
    const { call, sandbox } = await some();
    const first = (await call("GET", `${path}?limit=2&deleted=false`)).body;
    expect(first).toMatchObject({ count: 4, results: [{ id: 11 }, { id: 12 }] });
    expect(first).not.toHaveProperty("previous");
    const second = (await call("GET", first.next)).body;
    expect(ids(second.results)).toEqual([13, 301]);
    expect(second).not.toHaveProperty("next");
    expect((await call("GET", second.previous)).body.results).toEqual(first.results);
    sandbox.setAssumptions({ maxPageSize: 3, omitCount: true });
    const reduced = (await call("GET", `${path}?limit=100`)).body;
    expect([Object.keys(reduced).sort(), reduced.results.length]).toEqual([["next", "results"], 3]);
  });

  test("an unknown parameter is ignored and logged", async () => {
    const { call, sandbox } = await some();
    sandbox.clearRequests();
    expect((await call("GET", `${path}?name=Tom`)).body).toHaveLength(5);
    expect(sandbox.requests()).toMatchObject([{ path, unknownQuery: ["name"] }]);
  });

  test.each([
    ["whole", ["SAM@example.com"], ["am@example.com"]],
    ["exactCase", ["Sam@example.com"], ["sam@example.com", "am@example.com"]],
    ["part", ["sam@example.com", "AM@example.co"], ["tim@example.com"]],
  ] as const)("sellerEmailFilter %s", async (sellerEmailFilter, found, missed) => {
    const { call, sandbox } = await some();
    sandbox.setAssumptions({ sellerEmailFilter });
    for (const email of found) expect(ids((await call("GET", `${path}?email=${email}`)).body)).toEqual([301]);
    for (const email of missed) expect((await call("GET", `${path}?email=${email}`)).body).toEqual([]);
  });

  test("sellerDateJoined text: the day first, which is not ISO 8601", async () => {
    const { call, own, sandbox } = await one();
    sandbox.setAssumptions({ sellerDateJoined: "text" });
    expect((await call("GET", own)).body.date_joined).toBe("01.03.2026");
  });
});

test("the control API changes a seller beyond the API, and lists all of them", async () => {
  const { call, account, own } = await one();
  const { client } = await account("ada@example.com", { seller: 301 });
  const changes = { activated: true, date_joined: "2020-01-01T00:00:00Z", phone: "7", email: "else@example.com" };
  const answered = await call("PATCH", "/_sandbox/sellers/301", changes);
  const changed = (await call("GET", own)).body;
  expect(changed).toMatchObject({ ...changes, date_joined: "2020-01-01T00:00:00.000Z", full_name: sam.full_name });

  expect(answered).toMatchObject({ status: 200, body: { id: 301, ...changes, date_joined: changed.date_joined } });

  await call("PATCH", "/_sandbox/sellers/301", { deleted: true });
  expect((await call("GET", own)).body.deleted).toBe(true);
  expect((await call("GET", `/iam/clients/${client}`)).body.seller).toBeNull();
  await call("PATCH", "/_sandbox/sellers/301", { deleted: false });
  expect((await call("GET", own)).body).toEqual(changed);

  const listed = (await call("GET", "/_sandbox/sellers")).body;
  expect(listed).toHaveLength(6);
  expect(listed[5]).toEqual({
    id: 301,
    reseller: 1,
    full_name: sam.full_name,
    ...changes,
    date_joined: "2020-01-01T00:00:00.000Z",
    deleted: false,
  });
  expect((await call("PATCH", "/_sandbox/sellers/999", {})).status).toBe(404);
  expect((await call("PATCH", own.replace("/iam/admin", "/_sandbox"), { name: "x" })).status).toBe(400);
});
