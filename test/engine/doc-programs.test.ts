import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changes, startApi } from "../support/api";
import { filesIn } from "../support/markdown";
import { newStack } from "../support/stack";

/** Programs and commands of the documents that need an engine, run as they are shown. */

async function setUp(document: string, env: Record<string, string> = {}) {
  const api = await startApi();
  const stack = await newStack({ ...api.env, ...env });
  for (const [name, text] of Object.entries(filesIn(document))) stack.writeFile(name, text);
  return { api, stack };
}

test("docs/testing.md, the test with the sandbox: passes", async () => {
  const { stack } = await setUp("docs/testing.md");
  // Else the linked package would not count as one of node_modules.
  stack.writeFile("vitest.config.mjs", "export default { resolve: { preserveSymlinks: true } };");
  const { code, output } = await stack.node("node_modules/vitest/vitest.mjs", "run", "--no-cache", "accounts.sandbox");
  expect(code, output).toBe(0);
  expect(output).toContain("1 passed");
});

test("docs/automation-api.md: called again after a lost reply and at once for one customer, one account", async () => {
  const { api, stack } = await setUp("docs/automation-api.md");
  api.sandbox.faults.add({ kind: "drop-after", method: "POST", path: "/iam/users" });
  stack.writeFile(
    "main.mjs",
    `import { onboard } from "./onboard.ts";
     const acme = { name: "acme", email: "it@acme.example", company: "Acme Ltd", password: "pass-W0rd-of-acme" };
     const ids = await onboard(acme);
     const twice = await Promise.allSettled([onboard({ ...acme, company: "Acme Inc" }), onboard(acme)]);
     console.log(JSON.stringify({ ids, twice: twice.map(({ status, reason }) => reason?.name ?? status).sort() }));`,
  );
  const { code, output } = await stack.node("main.mjs");
  expect(code, output).toBe(0);
  const { client, users } = api.sandbox.accounts()[0] ?? {};
  expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual({
    ids: { client, userId: users?.[0]?.id },
    twice: ["ConcurrentUpdateError", "fulfilled"],
  });
  expect(api.calls().filter((call) => call === "POST /iam/users")).toHaveLength(1);
});

test("docs/several-resellers.md, one stack for each: each account is created with the key of its stack", async () => {
  const { api, stack } = await setUp("docs/several-resellers.md", { PULUMI_NODEJS_TRANSPILE_ONLY: "true" });
  stack.writeFile("package.json", JSON.stringify({ name: "shop", main: "index.ts" }));
  const keys = { emea: "1234$sandbox-reseller-key", apac: "5678$sandbox-second-key" };
  for (const [name, key] of Object.entries(keys)) {
    stack.writeFile(`${name}.json`, JSON.stringify({ acme: { email: `it@${name}.example`, company: "Acme Ltd" } }));
    await stack.ok("stack", "init", name);
    await stack.ok("config", "set", "--stack", name, "--secret", "acmePassword", `pass-W0rd-of-${name}`);
    const { code, output } = await stack.start(["up", "--yes", "--skip-preview", "--stack", name], {
      GCORE_API_KEY: key,
    }).run;
    expect(code, output).toBe(0);
  }
  expect(api.sandbox.accounts().map(({ email, reseller }) => [email, reseller])).toEqual([
    ["it@emea.example", 1],
    ["it@apac.example", 2],
  ]);
});

test("docs/moving.md, to another backend: nothing is sent, and the preview is clean", async () => {
  const { api, stack } = await setUp("docs/moving.md");
  stack.write({ users: { acme: { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" } } });
  await stack.up();
  api.calls();
  const other = { PULUMI_BACKEND_URL: `file://${stack.folder}` };
  const onOther = async (...args: string[]) => {
    const { code, output } = await stack.start(args, other).run;
    expect(code, output).toBe(0);
  };
  await stack.ok("stack", "export", "--show-secrets", "--file", "stack.json");
  expect(readFileSync(join(stack.folder, "program/stack.json"), "utf8")).toContain("pass-W0rd-of-acme");
  await onOther("stack", "init", "prod");
  await onOther("stack", "import", "--file", "stack.json");
  await onOther("preview", "--expect-no-changes");
  await stack.ok("stack", "rm", "--yes", "--force", "--preserve-config");
  await onOther("preview", "--expect-no-changes");
  expect(api.calls()).toEqual([]);
  await onOther("destroy", "--yes", "--skip-preview");
  expect(api.emails()).toEqual([]);
});

test("docs/moving.md, another name of the project: the mark follows by one PATCH", async () => {
  const { api, stack } = await setUp("docs/moving.md");
  stack.write({ users: { acme: { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" } } });
  await stack.up();
  api.calls();
  await stack.ok("stack", "rename", "organization/store/prod");
  stack.writeFile("Pulumi.yaml", "name: store\nruntime: nodejs\n");
  await stack.ok("stack", "select", "prod");
  await stack.up();
  expect(changes(api.calls())).toEqual(["PATCH /iam/clients/50001"]);
  expect(api.sandbox.accounts()[0]).toMatchObject({ custom_id: "pulumi:store/prod/acme" });
});
