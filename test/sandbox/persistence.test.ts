import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSandbox, startSandbox } from "gcore-reseller-sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { caller, type Fetch, password } from "./caller";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file keeps accounts, settings, tokens and ids over a restart", async () => {
  const file = join(folder, "accounts.db");
  const first = createSandbox({ file });
  const before = caller(first.fetch);
  const ada = await before.account("ada@example.com", { custom_id: "one", seller: 11 });
  const bob = await before.account("bob@example.com");
  await before.call("PATCH", `/iam/products/availability/clients/${ada.client}`, {
    product_name: "CDN",
    available: false,
  });
  await before.call("DELETE", `/iam/users/${bob.id}`);
  const accounts = first.accounts();
  const record = (await before.call("GET", `/iam/clients/${ada.client}`)).body;
  first.close();

  const second = createSandbox({ file });
  const after = caller(second.fetch);
  expect(second.accounts()).toEqual(accounts);
  expect((await after.call("GET", `/iam/clients/${ada.client}`)).body).toEqual(record);
  expect((await after.call("GET", `/iam/users/${ada.id}`, undefined, ada.user)).status).toBe(200);
  const login = { username: "ada@example.com", password };
  expect((await after.call("POST", "/iam/auth/jwt/login", login, null)).status).toBe(200);
  const again = await after.call("POST", "/iam/users", { email: "ada@example.com", password, company: "Again" });
  expect(again.status).toBe(400);
  expect((await after.account("eve@example.com")).id).toBe(bob.id + 1);
  second.close();
});

test("a file keeps sellers, services with their clocks, and features over a restart", async () => {
  const file = join(folder, "accounts.db");
  let now = Date.parse("2026-03-01T00:00:00Z");
  const first = createSandbox({ file, now: () => now });
  const { call, account } = caller(first.fetch);
  const { client } = await account("ada@example.com");
  const seller = (await call("POST", "/iam/admin/sellers", { email: "sam@example.com", full_name: "Sam" })).body;
  await call("DELETE", "/iam/admin/sellers/12");
  const [service] = (await call("GET", `/iam/clients/${client}/services`)).body;
  const path = `/iam/clients/${client}/services/${service.id}`;
  await call("PUT", path, { status: "trial", enabled: true, options: [{ ...service.options[0], value: "7" }] });
  await call("POST", "/iam/admin/free_features", { client_id: client, feature_id: 61 });
  await call("POST", "/iam/admin/paid_features", { client_id: client, feature_id: 62 });
  const calls = ["/iam/admin/sellers", path, `/iam/clients/${client}`, "/iam/admin/free_features"];
  const replies = (fetch: Fetch) => Promise.all(calls.map((one) => caller(fetch).call("GET", one)));
  const before = await replies(first.fetch);
  first.close();

  const second = createSandbox({ file, now: () => now });
  expect(await replies(second.fetch)).toEqual(before);
  now += 14 * 24 * 60 * 60 * 1000;
  const after = caller(second.fetch);
  expect((await after.call("GET", path)).body).toMatchObject({ status: "trialend", enabled: true });
  const next = (await after.call("POST", "/iam/admin/sellers", { email: "tom@example.com", full_name: "Tom" })).body;
  expect(next.id).toBe(seller.id + 1);
  second.close();
});

test("a file keeps the log over a restart, also after the end of the process; clearing and reset empty it there too", async () => {
  const file = join(folder, "accounts.db");
  const killed = createSandbox({ file });
  const first = caller(killed.fetch);
  const { client } = await first.account("ada@example.com");
  await first.call("DELETE", "/iam/users/8001");
  const log = killed.requests();
  const snapshot = killed.snapshot();
  expect(log).toHaveLength(3);
  expect(log.map((one) => one.client)).toEqual([client, client, client]);

  const next = createSandbox({ file });
  expect(next.requests()).toEqual(log);
  await caller(next.fetch).call("GET", "/iam/clients");
  expect(next.requests().map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(next.snapshot()).toBe(snapshot);
  for (const empty of [() => next.clearRequests(), () => next.reset()]) {
    await caller(next.fetch).call("GET", "/iam/clients");
    empty();
    const last = createSandbox({ file });
    expect(last.requests()).toEqual([]);
    last.close();
  }
  next.close();
  killed.close();
});

test("a database of another version of the sandbox, or of another program: an error, and it is not changed", () => {
  const file = join(folder, "accounts.db");
  const other = new DatabaseSync(file);
  other.exec("create table sellers (id integer primary key); insert into sellers values (11)");
  other.close();
  const bytes = readFileSync(file);
  expect(() => createSandbox({ file })).toThrow(`${file} is not of this version of the sandbox`);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test("an account whose creation was answered survives the end of the process", async () => {
  const file = join(folder, "accounts.db");
  const killed = createSandbox({ file });
  await caller(killed.fetch).account("ada@example.com");
  const next = createSandbox({ file });
  expect(next.accounts()).toHaveLength(1);
  next.close();
  killed.close();
});

test("no file holds a password in plain text", async () => {
  const sandbox = createSandbox({ file: join(folder, "accounts.db") });
  await caller(sandbox.fetch).account("ada@example.com");
  sandbox.seed(2);
  const stored = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  expect(stored().join("")).toContain("ada@example.com");
  expect(stored().join("")).not.toContain(password);
  sandbox.close();
  expect(stored().join("")).not.toContain(password);
});

test("a file that is not a database: an error, and the file is not changed", async () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "not a database, but a text of some length");
  await expect(startSandbox({ file })).rejects.toThrow("not a database");
  expect(readFileSync(file, "utf8")).toContain("but a text");
});
