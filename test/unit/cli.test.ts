import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { slug, uniqueNames } from "../../cli/src/names";
import { loadFleet } from "../../examples/fleet/fleet/load";
import { apiKey, startApi, type TestApi } from "../support/api";
import { compile } from "../support/compile";

/** The command `gcore-reseller`, run as its users do, against a sandbox. */

const root = resolve(__dirname, "../..");
const bin = join(root, "cli/bin/gcore-reseller.js");

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gcore-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command without a terminal. Neither output may contain the key. */
async function run(args: string[], env: Record<string, string>, cwd = tmpdir()) {
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GCORE_")));
  const cache = join(root, "node_modules/.cache/node-compile");
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...plain, NODE_COMPILE_CACHE: cache, ...env } });
  const result = { code: null as number | null, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => (result[stream] += text));
  [result.code] = await new Promise<[number | null]>((done) => child.on("close", (code) => done([code])));
  expect(result.stdout + result.stderr).not.toContain("sandbox-reseller-key");
  return result;
}

/** Runs a command that succeeds: standard output. */
async function outputOf(api: TestApi, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(["accounts", ...args], api.env);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** Runs a command that fails: the one line on standard error. */
async function errorOf(args: string[], env: Record<string, string>, cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await run(args, env, cwd);
  expect(code, stdout).toBe(1);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines.filter((line) => !/^accounts read: [\d,]+$/.test(line))).toHaveLength(1);
  return lines.at(-1) ?? "";
}

/** What examples/fleet reads from a file. */
function loaded(name: string, text: string) {
  const folder = newFolder();
  writeFileSync(join(folder, name), text);
  return Object.fromEntries(loadFleet(folder).map(({ name, entry }) => [name, entry]));
}

/** Eight accounts, each with what one entry can show. */
async function variedAccounts() {
  const api = await startApi();
  api.sandbox.seed(8);
  const { body: seller } = await api.send("POST", "/iam/admin/sellers", {
    email: "anna@reseller.example",
    full_name: "Anna Berg",
  });
  const patch = (client: number, body: object) => api.send("PATCH", `/iam/clients/${client}`, body);
  await patch(50001, { companyName: "Müller & Söhne", custom_id: "crm-1", seller: seller.id, is_test: true });
  api.sandbox.updateClient(50001, { country_code: "DE" });
  api.sandbox.updateUser(8001, { name: "Jo: the #1", phone: "+491234", lang: "de" });
  await patch(50002, { companyName: "Twin", custom_id: "pulumi:shop/prod/twin" });
  await patch(50003, { companyName: "Twin" });
  // Two users in one account, of which the second is its owner; that user's own account has no other.
  api.sandbox.updateUser(8004, { clients: [50004, 50003] });
  await api.send("DELETE", "/iam/users/8005");
  await api.send("PATCH", "/iam/products/availability/clients/50006", { product_name: "STREAMING", available: false });
  api.sandbox.updateClient(50006, { services: { CDN: "active", DNS: "trial", STORAGE: "trialend" } });
  api.sandbox.updateClient(50006, { features: { 61: true, 62: true } });
  api.sandbox.updateClient(50007, { deleted: true });
  api.calls();
  return { api, seller: Number(seller.id) };
}

const entries = {
  "muller-sohne": {
    email: "seed-1@sandbox.example",
    company: "Müller & Söhne",
    name: "Jo: the #1",
    phone: "+491234",
    lang: "de",
    customId: "crm-1",
    seller: "anna@reseller.example",
    countryCode: "DE",
    isTest: true,
    adoptId: "50001/8001",
  },
  "twin-50002": { email: "seed-2@sandbox.example", company: "Twin", lang: "en", adoptId: "50002/8002" },
  "twin-50003": { email: "seed-3@sandbox.example", company: "Twin", lang: "en", adoptId: "50003/8003" },
  "seed-4": { email: "seed-4@sandbox.example", company: "Seed 4", lang: "en", adoptId: "50004/8004" },
  "seed-5": { company: "Seed 5", adoptId: "50005" },
  "seed-6": {
    email: "seed-6@sandbox.example",
    company: "Seed 6",
    lang: "en",
    adoptId: "50006/8006",
    products: { STREAMING: false },
    services: { CDN: "active", DNS: "trial" },
    features: ["Custom CNAME", "Origin shielding"],
  },
  "seed-8": { email: "seed-8@sandbox.example", company: "Seed 8", lang: "en", adoptId: "50008/8008" },
};
const include = ["--include", "services", "features"];

describe("gcore-reseller accounts", () => {
  test("YAML, JSON and CSV: have the same fields of each account, and are valid for examples/fleet", async () => {
    const { api } = await variedAccounts();
    const yaml = await outputOf(api, ...include);
    expect(parse(yaml)).toEqual({ accounts: entries });
    // A page, the defaults, the sellers, the features, and the account that differs from the defaults.
    expect(api.calls().sort()).toEqual([
      "GET /iam/admin/feature",
      "GET /iam/admin/sellers",
      "GET /iam/clients",
      "GET /iam/products/availability/clients/50006",
      "GET /iam/products/availability/defaults",
    ]);
    expect(yaml).toContain(
      "  # customId left out: it is the mark of twin in the stack shop/prod, which may still manage the account\n  twin-50002:",
    );
    expect(yaml).toContain("  # more users, which are not managed: seed-4@sandbox.example\n  twin-50003:");
    expect(yaml).toContain("  # no user: managed as an account alone\n  seed-5:");

    const json = await run(["accounts", "--format", "json", ...include], api.env);
    expect(JSON.parse(json.stdout)).toEqual({ accounts: entries });
    // JSON has no comments.
    expect(json.stderr).toContain("twin-50002: customId left out");
    const csv = await outputOf(api, "--format", "csv", ...include);
    const read = loaded("fleet.yaml", yaml);
    expect(Object.keys(read)).toEqual(Object.keys(entries));
    expect(loaded("fleet.json", json.stdout)).toEqual(read);
    expect(loaded("fleet.csv", csv)).toEqual(read);
  });

  test("without --include: no services and features", async () => {
    const { api } = await variedAccounts();
    const { "seed-6": entry } = loaded("a.yaml", await outputOf(api));
    const { services: _, features: __, ...others } = entries["seed-6"];
    expect(entry).toEqual({ ...others, services: {} });
  });

  test("TypeScript: a program that compiles, with the IDs of sellers and features", async () => {
    const { api, seller } = await variedAccounts();
    const program = await outputOf(api, "--format", "typescript", ...include);
    expect(compile({ "index.ts": program }, { noUnusedLocals: true })).toEqual([]);
    expect(program).toContain(`customId: "crm-1", seller: ${seller}, countryCode: "DE", isTest: true`);
    expect(program).toContain('new gcore.ClientAccount("seed-5", { client: 50005, company: "Seed 5" }');
    expect(program).toContain('new gcore.ClientService("seed-6-cdn", { client: account50006.client, name: "CDN"');
    expect(program).toContain('new gcore.PaidFeature("seed-6-62", { client: account50006.client, featureId: 62 });');
  });

  test("a user of two accounts whose other one has no user: is written once", async () => {
    const api = await startApi();
    api.sandbox.seed(2);
    api.sandbox.updateUser(8001, { clients: [50001, 50002] });
    await api.send("DELETE", "/iam/users/8002");
    const yaml = await outputOf(api);
    expect(Object.values(loaded("a.yaml", yaml))).toMatchObject([{ adoptId: "50001/8001" }, { adoptId: "50002" }]);
    expect(yaml).toContain("# managed as an account alone: seed-1@sandbox.example belongs to an account above too");
  });

  test("250 accounts: three pages, and one line on standard error without a terminal", async () => {
    const api = await startApi();
    api.sandbox.seed(250);
    const { stdout, stderr } = await run(["accounts", "--format", "csv"], api.env);
    expect(stdout.trimEnd().split("\n")).toHaveLength(251);
    expect(stderr).toBe("accounts read: 250\n");
    expect(api.calls().filter((call) => call === "GET /iam/clients")).toHaveLength(3);
  });

  test("--filter: is sent to Gcore, each value in its type", async () => {
    const { api } = await variedAccounts();
    const filters = ["isTest=true", "company=Müller & Söhne", "excludedClients=50002,50003"];
    const yaml = await outputOf(api, ...filters.flatMap((filter) => ["--filter", filter]));
    expect(Object.keys(loaded("a.yaml", yaml))).toEqual(["muller-sohne"]);
    expect(api.seen.find(({ call }) => call === "GET /iam/clients")?.query).toMatchObject({
      is_test: "true",
      deleted: "false",
      companyName: "Müller & Söhne",
    });
  });

  test("sellers that cannot be read: are written by ID, and a line says so", async () => {
    const { api, seller } = await variedAccounts();
    const path = "/iam/admin/sellers";
    api.sandbox.faults.add({ kind: "status-before", status: 403, method: "GET", path, times: "always" });
    const { code, stdout, stderr } = await run(["accounts"], api.env);
    expect(code).toBe(0);
    expect(parse(stdout).accounts["muller-sohne"]).toMatchObject({ seller });
    expect(stderr).toContain("Sellers are written by their IDs: getSellers: GET /iam/admin/sellers answered 403");
  });

  test("waiting for Gcore: is reported on standard error, not in the result", async () => {
    const api = await startApi();
    api.sandbox.seed(1);
    api.sandbox.faults.add({ kind: "rate-limit", method: "GET", path: "/iam/clients", seconds: 3 });
    const { code, stdout, stderr } = await run(["accounts"], api.env);
    expect(code).toBe(0);
    expect(stderr).toMatch(/waiting/i);
    expect(parse(stdout)).toMatchObject({ accounts: { "seed-1": {} } });
  });

  test("--output: writes a new file, and never over one", async () => {
    const api = await startApi();
    api.sandbox.seed(1);
    const file = join(newFolder(), "fleet.yaml");
    expect(await outputOf(api, "--output", file)).toBe("");
    const written = readFileSync(file, "utf8");
    expect(parse(written)).toMatchObject({ accounts: { "seed-1": { adoptId: "50001/8001" } } });
    expect(await errorOf(["accounts", "--output", file], api.env)).toContain(`${file} exists already`);
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  test("what fails: one line, exit code 1, nothing on standard output", async () => {
    const api = await startApi();
    const accounts = ["accounts"];
    expect(await errorOf(accounts, api.env)).toBe("gcore-reseller: the reseller has no client account");
    expect(await errorOf([...accounts, "--filter", "test=true"], api.env)).toContain("--filter test=true: must be");
    expect(await errorOf([...accounts, "--filter", "seller=anna"], api.env)).toContain("seller: must be");
    expect(await errorOf([...accounts, "--format", "xml"], api.env)).toContain("yaml, json, csv, typescript");
    expect(await errorOf(accounts, { ...api.env, GCORE_API_KEY: "1234$wrong" })).toContain("answered 401");
    expect(await errorOf(accounts, {})).toContain("GCORE_API_KEY (environment): is missing");
    const nowhere = { GCORE_API_KEY: apiKey, GCORE_BASE_URL: "http://127.0.0.1:9", GCORE_RESELLER_MAX_RETRIES: "0" };
    expect(await errorOf(accounts, nowhere)).toContain("no connection (ECONNREFUSED)");
  });

  test("--not-in-stack without a Pulumi CLI, or with one that finds no stack: says how", async () => {
    const api = await startApi();
    const folder = newFolder();
    const how = "--not-in-stack: run it in the folder of the stack's Pulumi.yaml, and name the stack";
    const without = await errorOf(["accounts", "--not-in-stack"], { ...api.env, PATH: folder }, folder);
    expect(without).toContain(`${how}: --not-in-stack <stack> (there is no command pulumi on the PATH)`);
    const command = join(folder, "pulumi");
    writeFileSync(command, "#!/bin/sh\necho 'error: no stack selected' >&2\nexit 255\n");
    chmodSync(command, 0o755);
    const path = `${folder}:${dirname(process.execPath)}:/bin:/usr/bin`;
    expect(await errorOf(["accounts", "--not-in-stack"], { ...api.env, PATH: path })).toContain(
      "(error: no stack selected)",
    );
    expect(api.calls()).toEqual([]);
  });
});

describe("names", () => {
  const client = (id: number, company?: string) =>
    ({ client: id, company, capabilities: [], services: {}, freeFeatures: [], paidFeatures: [], users: [] }) as never;

  test.each([
    ["Acme Ltd.", "acme-ltd"],
    ["Größe & Café (EU)", "grosse-cafe-eu"],
    ["株式会社 東京", "株式会社-東京"],
    ["!!!", ""],
  ])("company %s: %s", (company, expected) => expect(slug(company)).toBe(expected));

  test("each is unique, and none depends on the order", () => {
    const clients = [client(1, "Seed"), client(2, "seed!"), client(3, "Seed 1"), client(4), client(5, "Acme")];
    const names = uniqueNames(clients, new Set(["acme"]));
    expect(Object.fromEntries(names)).toEqual({ 1: "seed-1-1", 2: "seed-2", 3: "seed-1", 4: "account-4", 5: "acme-5" });
    expect([...uniqueNames([...clients].reverse(), new Set(["acme"]))].sort()).toEqual([...names].sort());
  });
});
