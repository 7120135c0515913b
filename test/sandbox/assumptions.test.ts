import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type AssumptionChanges, Assumptions, defaultAssumptions } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { contractFetch } from "../support/contract";
import { caller, password, reseller, sandboxOfTest } from "./caller";

const folder = join(__dirname, "../../sandbox");
const command = join(folder, "bin/gcore-reseller-sandbox.js");
const ada = { email: "ada@example.com", password, company: "Acme" };

describe("each assumption", () => {
  test("customIdMaxLength: 400 naming custom_id for a longer one, at creation and change", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    await account("long@example.com", { custom_id: "x".repeat(5000) });
    sandbox.setAssumptions({ customIdMaxLength: 10 });
    const { client } = await account("ten@example.com", { custom_id: "x".repeat(10) });
    const tooLong = { custom_id: "x".repeat(11) };
    for (const reply of [
      await call("POST", "/iam/users", { ...ada, ...tooLong }),
      await call("PATCH", `/iam/clients/${client}`, tooLong),
    ]) {
      expect(reply).toEqual({ status: 400, body: { errors: { custom_id: [expect.stringContaining("10")] } } });
    }
    expect((await call("PATCH", `/iam/clients/${client}`, { custom_id: null })).status).toBe(200);
    expect(sandbox.accounts()).toHaveLength(2);
  });

  test("maxPageSize: a page has no more accounts; following `next` gives each account once", async () => {
    const { call, sandbox } = sandboxOfTest({ assumptions: { maxPageSize: 25 } });
    sandbox.seed(60);
    const pages: number[][] = [];
    let path: string | undefined = "/iam/clients?limit=100";
    while (path !== undefined) {
      const { body }: { body: { next?: string; results: { id: number }[] } } = await call("GET", path);
      pages.push(body.results.map(({ id }) => id));
      path = body.next;
    }
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
    expect(pages.flat()).toEqual(sandbox.accounts().map(({ client }) => client));
    expect((await call("GET", "/iam/clients?limit=10")).body.results).toHaveLength(10);
    expect((await call("GET", "/iam/clients")).body).toHaveLength(60);
  });

  test("rejectSamePassword: 400 naming new, and the password is kept", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const { id, user } = await account("ada@example.com");
    const same = { old: password, new: password, double: password };
    const change = () => call("PUT", `/iam/users/${id}/password`, same, user);
    expect((await change()).status).toBe(200);
    sandbox.setAssumptions({ rejectSamePassword: true });
    expect(await change()).toEqual({ status: 400, body: { errors: { new: [expect.any(String)] } } });
    const login = { username: "ada@example.com", password };
    expect((await call("POST", "/iam/auth/jwt/login", login, null)).status).toBe(200);
  });

  test("duplicateEmailStatus: 409 for an email address in use; 400 for an invalid one", async () => {
    const { call, account, sandbox } = sandboxOfTest({ assumptions: { duplicateEmailStatus: 409 } });
    const { id, user } = await account("ada@example.com");
    await account("bob@example.com");
    const create = (email: string) => call("POST", "/iam/users", { ...ada, email });
    expect(await create("ADA@example.com")).toEqual({ status: 409, body: { errors: { email: [expect.any(String)] } } });
    expect((await create("ada@")).status).toBe(400);
    const change = (new_email: string) => call("PUT", `/iam/users/${id}/email`, { new_email, password }, user);
    expect(await change("bob@example.com")).toMatchObject({ status: 409, body: [{ errors: { new_email: {} } }] });
    expect((await change("bob@")).status).toBe(400);
    expect(sandbox.accounts()).toHaveLength(2);
  });

  test("omitUserReseller: no user has reseller, in any reply; client accounts keep theirs", async () => {
    const { call, account } = sandboxOfTest({ assumptions: { omitUserReseller: true } });
    const { id, client, user } = await account("ada@example.com");
    const created = (await call("POST", "/iam/users", { ...ada, email: "bob@example.com" })).body;
    const read = (await call("GET", `/iam/users/${id}`)).body;
    const changed = (await call("PATCH", `/iam/users/${id}`, { name: "Ada" }, user)).body;
    const single = (await call("GET", `/iam/clients/${client}`)).body;
    const [listed] = (await call("GET", "/iam/clients?limit=1")).body.results;
    for (const record of [created, read, changed, single.users[0], listed.users[0]]) {
      expect(record).toHaveProperty("email");
      expect(record).not.toHaveProperty("reseller");
    }
    expect([single.resellers, listed.resellers]).toEqual([1, 1]);
  });

  test("omitClientResellers: no client account has resellers; users keep their reseller", async () => {
    const { call, account } = sandboxOfTest({ assumptions: { omitClientResellers: true } });
    const { client } = await account("ada@example.com");
    const single = (await call("GET", `/iam/clients/${client}`)).body;
    expect(single).not.toHaveProperty("resellers");
    expect(single.users[0].reseller).toBe(1);
    expect((await call("GET", "/iam/clients")).body).toEqual([single]);
  });

  test("omitCount: a page has its links and results, and no count", async () => {
    const { call, sandbox } = sandboxOfTest({ assumptions: { omitCount: true } });
    sandbox.seed(3);
    const { body } = await call("GET", "/iam/clients?limit=2");
    expect(Object.keys(body).sort()).toEqual(["next", "results"]);
    expect(body.results).toHaveLength(2);
  });

  test("idsAsText: ids are texts with the same digits, other numbers and flags are kept", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const { id, client } = await account("ada@example.com", { seller: 11 });
    sandbox.setAssumptions({ idsAsText: true });
    const { body } = await call("GET", "/iam/clients?limit=1");
    expect(body.count).toBe(1);
    expect(body.results[0]).toMatchObject({
      id: `${client}`,
      seller: "11",
      resellers: "1",
      owner: `${id}`,
      deleted: false,
    });
    expect(body.results[0].users[0]).toMatchObject({ id: `${id}`, client: `${client}`, reseller: "1" });
    expect((await call("GET", `/iam/users/${id}`)).body.id).toBe(`${id}`);
  });

  test.each([
    ["empty", null, ""],
    ["json", "application/json", '{"detail":"Not found."}'],
    ["html", "text/html; charset=utf-8", expect.stringMatching(/^<html>.*404/)],
  ] as const)("notFoundBody %s: the body of a 404 of the API", async (notFoundBody, type, text) => {
    const { send } = sandboxOfTest({ assumptions: { notFoundBody } });
    for (const [method, path] of [
      ["GET", "/iam/clients/1"],
      ["DELETE", "/iam/users/1"],
    ] as const) {
      const reply = await send(method, path);
      expect([reply.status, reply.headers.get("content-type")]).toEqual([404, type]);
      expect(await reply.text()).toEqual(text);
    }
    expect(await (await send("GET", "/iam/nope")).text()).toContain("No such call");
  });

  test.each([
    ["gzip", gunzipSync],
    ["br", brotliDecompressSync],
  ] as const)("compression %s: replies and errors are compressed, empty bodies are not", async (compression, read) => {
    const { send, sandbox } = sandboxOfTest();
    sandbox.seed(2);
    const plain = await (await send("GET", "/iam/clients")).text();
    sandbox.setAssumptions({ compression });
    const reply = await send("GET", "/iam/clients");
    expect(reply.headers.get("content-encoding")).toBe(compression);
    expect(read(await reply.arrayBuffer()).toString()).toBe(plain);
    const error = await send("POST", "/iam/users", {});
    expect(error.status).toBe(400);
    expect(JSON.parse(read(await error.arrayBuffer()).toString())).toHaveProperty("errors");
    const empty = await send("GET", "/iam/clients/1");
    expect([empty.headers.get("content-encoding"), await empty.text()]).toEqual([null, ""]);
  });

  test("faults act on the reply before it is compressed, and a truncated one stays truncated", async () => {
    const { send, sandbox } = sandboxOfTest({ assumptions: { compression: "gzip" } });
    sandbox.seed(1);
    sandbox.faults.add({ kind: "wrong-type" });
    const wrong = await send("GET", "/iam/clients");
    expect(JSON.parse(gunzipSync(await wrong.arrayBuffer()).toString())[0].id).toEqual({ value: 50001 });
    sandbox.faults.add({ kind: "truncated-json" });
    const truncated = await send("GET", "/iam/clients");
    expect(Number(truncated.headers.get("content-length"))).toBeGreaterThan((await truncated.text()).length);
  });

  test.each<AssumptionChanges>([
    { customIdMaxLength: 3 },
    { maxPageSize: 1 },
    { rejectSamePassword: true },
    { omitClientResellers: true },
    { omitCount: true },
    { notFoundBody: "json" },
    { notFoundBody: "html" },
    { uniqueSellerEmail: false },
    { deletedSellerFreesEmail: false },
    { sellerEmailFilter: "exactCase" },
    { sellerEmailFilter: "part" },
    { sellerDateJoined: "text" },
    { activationSeconds: 900 },
    { activationEndsIn: "activating" },
    { activationEndsIn: "paused" },
    { trialDays: 0.5 },
    { deletionDays: 1 },
    { trialRestarts: true },
    { omittedOptions: "reset" },
    { unlistedOptions: "reset" },
    { allServicesExist: false },
    { statusNeedsAvailability: false },
    { listedEnabled: "available" },
    { listedEnabled: "service" },
    { omitNewServices: true },
    { trialStart: "null" },
    { omitListedFeatures: true },
    { repeatedFeature: "same" },
    { repeatedFeature: "second" },
    { eitherFeatureCall: true },
  ])("%o is within the contract", async (assumptions) => {
    const { sandbox } = sandboxOfTest({ assumptions });
    const checked = contractFetch(sandbox.fetch);
    const { call, account } = caller(checked.fetch);
    const { id, client, user } = await account("ada@example.com");
    await account("bob@example.com");
    await call("GET", "/iam/clients?limit=5");
    await call("GET", `/iam/clients/${client}`);
    await call("PATCH", `/iam/clients/${client}`, { custom_id: "long" });
    await call("PATCH", `/iam/users/${id}`, { name: "Ada" }, user);
    await call("PUT", `/iam/users/${id}/password`, { old: password, new: password, double: password }, user);
    const seller = { email: "sam@example.com", full_name: "Sam" };
    for (const _ of ["new", "again"]) await call("POST", "/iam/admin/sellers", seller);
    await call("GET", "/iam/admin/sellers?email=sam@example.com&limit=5");
    await call("DELETE", "/iam/admin/sellers/301");
    await call("POST", "/iam/admin/sellers", seller);
    const services = `/iam/clients/${client}/services`;
    for (const { id: service, options } of (await call("GET", services)).body) {
      for (const status of ["trial", "trial", "active", "paused", "deleted"]) {
        await call("PUT", `${services}/${service}`, { status, enabled: true, options: options.slice(1) });
      }
    }
    for (const feature_id of [61, 61, 62]) {
      await call("POST", "/iam/admin/free_features", { client_id: client, feature_id });
    }
    await call("GET", services);
    await call("GET", "/iam/clients?limit=5&cdn=paused&feature_id_in=61");
    expect(
      await checked.fetch(new Request("http://127.0.0.1/iam/clients/1", { headers: { authorization: reseller } })),
    ).toMatchObject({ status: 404 });
    expect(checked.violations).toEqual([]);
  });
});

describe("setting assumptions", () => {
  test("as options, by method and by the control API; the others keep their value, and a reset restores the start", async () => {
    const { call, sandbox } = sandboxOfTest({ assumptions: { maxPageSize: 25 } });
    expect(sandbox.assumptions).toEqual({ ...defaultAssumptions, maxPageSize: 25 });
    sandbox.setAssumptions({ idsAsText: true });
    const changed = await call("PATCH", "/_sandbox/assumptions", { compression: "gzip", maxPageSize: null });
    expect(changed).toEqual({ status: 200, body: { ...defaultAssumptions, idsAsText: true, compression: "gzip" } });
    expect(await call("GET", "/_sandbox/assumptions")).toEqual(changed);
    expect(sandbox.assumptions).toEqual(changed.body);
    sandbox.reset();
    expect(sandbox.assumptions).toEqual({ ...defaultAssumptions, maxPageSize: 25 });
  });

  test.each([
    { nope: 1 },
    { maxPageSize: 0 },
    { compression: "zip" },
    { duplicateEmailStatus: 418 },
    { idsAsText: "yes" },
  ])("%o: 400 naming it, and nothing is changed", async (changes) => {
    const { call, sandbox } = sandboxOfTest();
    const { status, body } = await call("PATCH", "/_sandbox/assumptions", { omitCount: true, ...changes });
    expect([status, Object.keys(body.errors)]).toEqual([400, Object.keys(changes)]);
    expect(sandbox.assumptions).toEqual(defaultAssumptions);
    expect(() => sandbox.setAssumptions(changes as AssumptionChanges)).toThrow(Object.keys(changes)[0]);
  });

  test("each one is in the README's table, with its default, and in the command's help", () => {
    const rows = readFileSync(join(folder, "README.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const help = spawnSync(process.execPath, [command, "--help"], { encoding: "utf8" }).stdout;
    for (const [name, value] of Object.entries(defaultAssumptions)) {
      expect(rows.filter((row) => row.startsWith(`| \`${name}\``) && row.includes(`\`${value}\``))).toHaveLength(1);
      expect(help).toContain(name);
    }
    expect(Object.keys(Assumptions.shape)).toEqual(Object.keys(defaultAssumptions));
  });

  test.each(["maxPageSize=x", "nope=1", "compression=zip", "idsAsText"])(
    "--assume %s: an error that names it",
    (spec) => {
      const { status, stderr } = spawnSync(process.execPath, [command, "--assume", spec], { encoding: "utf8" });
      expect(status).toBe(2);
      expect(stderr).toContain(`--assume ${spec}`);
      expect(stderr).toContain(spec.split("=")[0]);
    },
  );
});
