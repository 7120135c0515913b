import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { createSandbox } from "gcore-reseller-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { loadFleet } from "../../examples/fleet/fleet/load";
import { filesIn, root } from "../support/markdown";

/** Programs of the documents that need no engine, run as they are shown. */

function newProject(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "gcore-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs a script of a project with Node.js: what it prints on standard output. */
function node(cwd: string, args: string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, input, encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

/** The accounts of the fleet file that a script of docs/migrating.md makes from its input. */
function fleetBy(script: string, input: string) {
  const folder = newProject(filesIn("docs/migrating.md"));
  mkdirSync(join(folder, "accounts"));
  writeFileSync(join(folder, "accounts/fleet.json"), node(folder, [script], input));
  return loadFleet(join(folder, "accounts")).map(({ name, entry }) => ({ name, ...entry }));
}

test("docs/testing.md, the test with mocks: passes, and fails for another program", () => {
  const { "accounts.ts": program = "", "accounts.mocks.test.ts": mocks = "" } = filesIn("docs/testing.md");
  const folder = newProject({
    // Else the linked package would not count as one of node_modules.
    "vitest.config.mjs": "export default { resolve: { preserveSymlinks: true } };",
    "as-shown/accounts.ts": program,
    "as-shown/accounts.mocks.test.ts": mocks,
    "other/accounts.ts": program.replace('lang: "de"', 'lang: "en"'),
    "other/accounts.mocks.test.ts": mocks,
  });
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--no-cache",
    "--reporter=json",
    "--outputFile=results.json",
  ];
  spawnSync(process.execPath, vitest, { cwd: folder });
  const { testResults } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
  const results: { name: string; status: string }[] = testResults;
  expect(Object.fromEntries(results.map(({ name, status }) => [relative(folder, name), status]))).toEqual({
    "as-shown/accounts.mocks.test.ts": "passed",
    "other/accounts.mocks.test.ts": "failed",
  });
});

test("docs/migrating.md, replies that a script kept: a fleet file that adopts what they created", async () => {
  const sandbox = createSandbox();
  const post = async (company: string) => {
    const body = { email: `it@${company}.example`, password: "pass-W0rd-of-it", company };
    const headers = { authorization: "apikey 1234$sandbox-reseller-key", "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await sandbox.fetch(new Request("http://127.0.0.1/iam/users", init))).json();
  };
  const replies = [await post("acme"), await post("globex")];
  const lines = replies.map((reply) => `${JSON.stringify(reply)}\n`).join("");
  const [acme, globex] = sandbox.accounts();
  expect(fleetBy("replies-to-fleet.mts", lines)).toEqual([
    {
      name: "acme.example",
      email: "it@acme.example",
      company: "acme",
      adoptId: `${acme?.client}/${acme?.users[0]?.id}`,
      products: {},
      services: {},
    },
    expect.objectContaining({ name: "globex.example", adoptId: `${globex?.client}/${globex?.users[0]?.id}` }),
  ]);
});

test("docs/migrating.md, state of Terraform with users in a module and by for_each: a fleet file under their names", () => {
  // As OpenTofu 1.11 prints objects of restapi 1.20.
  const user = (client: number, company: string) => ({
    id: String(client - 42000),
    path: "/iam/users",
    data: JSON.stringify({ email: `it@${company}.example`, password: "pass-W0rd-of-it", company }),
    api_data: { id: String(client - 42000), client: String(client), groups: "[map[id:1 name:Administrators]]" },
    api_response: JSON.stringify({ id: client - 42000, email: `it@${company}.example`, company, reseller: 1, client }),
    update_path: null,
  });
  const type = "restapi_object";
  const resources = [
    { mode: "managed", type, name: "acme", values: user(50001, "acme") },
    { mode: "managed", type, name: "user", index: "globex", values: user(50002, "globex") },
    { mode: "managed", type, name: "anna", values: { ...user(50009, "anna"), path: "/iam/admin/sellers" } },
    { mode: "managed", type: "random_password", name: "acme", values: { result: "x" } },
  ];
  const inModule = [{ mode: "managed", type, name: "initech", values: user(50003, "initech") }];
  const root_module = { resources, child_modules: [{ address: "module.more", resources: inModule }] };
  const state = { format_version: "1.0", values: { root_module } };
  expect(fleetBy("terraform-to-fleet.mts", JSON.stringify(state))).toMatchObject([
    { name: "acme", email: "it@acme.example", company: "acme", adoptId: "50001/8001" },
    { name: "globex", adoptId: "50002/8002" },
    { name: "initech", adoptId: "50003/8003" },
  ]);
});
