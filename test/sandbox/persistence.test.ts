import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, startSandbox } from "gcore-reseller-sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { caller, password } from "./caller";

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
  expect(second.requests().map((request) => request.seq)[0]).toBe(1);
  second.close();
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
