import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "gcore-reseller-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { loadFleet } from "../../examples/fleet/fleet/load";
import { filesIn, root } from "../support/markdown";

/** Programs of the documents that need no engine, run as they are shown. */

function newProject(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "gcore-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
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
  const config = "export default { resolve: { preserveSymlinks: true } };";
  const files = { "accounts.mocks.test.ts": mocks, "vitest.config.mjs": config };
  const run = (text: string) =>
    spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--no-cache"], {
      cwd: newProject({ ...files, "accounts.ts": text }),
      encoding: "utf8",
    });
  const passed = run(program);
  expect(passed.stdout + passed.stderr).toMatch(/Tests +1 passed/);
  const failed = run(program.replace('lang: "de"', 'lang: "en"'));
  expect(failed.stdout).toMatch(/Tests +1 failed/);
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
  const user = (client: number, company: string) => ({
    path: "/iam/users",
    id: String(client - 42000),
    api_response: JSON.stringify({ id: client - 42000, client, email: `it@${company}.example`, company }),
  });
  const state = {
    values: {
      root_module: {
        resources: [
          { type: "restapi_object", name: "acme", values: user(50001, "acme") },
          { type: "restapi_object", name: "user", index: "globex", values: user(50002, "globex") },
          { type: "restapi_object", name: "other", values: { ...user(50009, "x"), path: "/iam/admin/sellers" } },
          { type: "random_password", name: "acme", values: { result: "x" } },
        ],
        child_modules: [{ resources: [{ type: "restapi_object", name: "initech", values: user(50003, "initech") }] }],
      },
    },
  };
  expect(fleetBy("terraform-to-fleet.mts", JSON.stringify(state))).toMatchObject([
    { name: "acme", email: "it@acme.example", company: "acme", adoptId: "50001/8001" },
    { name: "globex", adoptId: "50002/8002" },
    { name: "initech", adoptId: "50003/8003" },
  ]);
});
