import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { changes, startApi } from "../support/api";
import { newStack } from "../support/stack";

/** From 40 existing accounts to a pipeline: the command line writes them, and examples/fleet manages them. */

const root = resolve(__dirname, "../..");
const command = join(root, "cli/bin/gcore-reseller.js");

type Accounts = Record<string, Record<string, unknown>>;

/** A stack whose program is examples/fleet, without its sample accounts. */
async function fleetStack(env: Record<string, string>) {
  // The repository's own check of types has read it.
  const stack = await newStack({ ...env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" }, { project: "fleet" });
  const program = join(stack.folder, "program");
  cpSync(join(root, "examples/fleet"), program, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const folder = join(program, "accounts");
  for (const sample of readdirSync(folder)) rmSync(join(folder, sample));
  const file = (name: string) => join(folder, name);
  return {
    ...stack,
    write: (name: string, text: string) => writeFileSync(file(name), text),
    edit(name: string, change: (accounts: Accounts) => void) {
      const content = parse(readFileSync(file(name), "utf8"));
      change(content.accounts);
      writeFileSync(file(name), stringify(content));
    },
    read: (name: string): Accounts => parse(readFileSync(file(name), "utf8")).accounts,
    /** Runs the command line beside the stack. */
    cli: async (...args: string[]) => {
      const { code, output } = await stack.node(command, ...args);
      expect(code, output).toBe(0);
      return output;
    },
    /** The step of a pipeline that stops too many deletes: its exit code and what it prints. */
    async checkDeletes(limits: string[]) {
      const { output } = await stack.pulumi("preview", "--json");
      const script = join(program, "scripts/check-deletes.mjs");
      return limits.map((limit) => spawnSync(process.execPath, [script, limit], { input: output, encoding: "utf8" }));
    },
  };
}

test("40 existing accounts: adopted, edited, offboarded, and others added by a CSV", async () => {
  const api = await startApi();
  api.sandbox.seed(40);
  const before = api.sandbox.accounts();
  const stack = await fleetStack(api.env);

  await stack.cli("accounts", "--output", "accounts/fleet.yaml");
  api.seen.splice(0);
  await stack.up();
  const sent = api.seen.filter(({ call }) => !call.startsWith("GET "));
  expect(sent.map(({ call, body }) => [call, body]).sort()).toEqual(
    before.map(({ client }, n) => [`PATCH /iam/clients/${client}`, { custom_id: `pulumi:fleet/prod/seed-${n + 1}` }]),
  );
  expect(api.sandbox.accounts().map((account) => ({ ...account, custom_id: null }))).toEqual(before);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });

  // An account that was made in the portal meanwhile.
  api.sandbox.seed(1);
  await stack.cli("accounts", "--not-in-stack", "--output", "accounts/portal.yaml");
  expect(stack.read("portal.yaml")).toMatchObject({ "seed-41": { adoptId: "50041/8041" } });
  expect(Object.keys(stack.read("portal.yaml"))).toEqual(["seed-41"]);

  const seller = { email: "anna@reseller.example", full_name: "Anna Berg" };
  const { body: anna } = await api.send("POST", "/iam/admin/sellers", seller);
  api.sandbox.updateClient(50002, { services: { CDN: "active" } });
  stack.edit("fleet.yaml", (accounts) => {
    Object.assign(accounts["seed-1"] ?? {}, { company: "Acme Ltd", seller: "Anna@reseller.example" });
    Object.assign(accounts["seed-2"] ?? {}, { offboard: true });
  });
  stack.write(
    "onboarding.csv",
    [
      "account,email,company,name,sendPasswordReset,products.CLOUD,services.DNS,features",
      'acme,it@acme.example,"Acme, Inc.",Jo Acme,2026-11-26,true,trial,custom cname',
      "globex,ops@globex.example,Globex,,,,,",
    ].join("\n"),
  );
  const passwordOf = (name: string) => ["--secret", `password:${name}=first-W0rd-of-${name}`];
  await stack.ok("config", "set-all", ...passwordOf("acme"), ...passwordOf("globex"));
  api.calls();
  await stack.up();
  const clients = Object.fromEntries(api.sandbox.accounts().map(({ companyName, client }) => [companyName, client]));
  const [acme, twin] = [clients["Acme, Inc."], api.sandbox.services().find(({ client }) => client === 50002)];
  expect(changes(api.calls()).sort()).toEqual(
    [
      "PATCH /iam/clients/50001",
      "PATCH /iam/clients/50041",
      `PUT /iam/clients/50002/services/${twin?.id}`,
      "POST /iam/users",
      "POST /iam/users",
      "POST /iam/auth/reset_password",
      expect.stringContaining(`PUT /iam/clients/${acme}/services/`),
      "POST /iam/admin/free_features",
    ].sort(),
  );
  expect(twin).toMatchObject({ name: "CDN", status: "paused" });
  expect(await api.client(50001)).toMatchObject({ companyName: "Acme Ltd", seller: anna.id });
  expect(await api.client(acme)).toMatchObject({ custom_id: "pulumi:fleet/prod/acme" });

  // An entry that was renamed without its former name.
  const renamed = (formerName: string) =>
    [
      "account,formerName,email,company,name,sendPasswordReset,products.CLOUD,services.DNS,features",
      `acme-inc,${formerName},it@acme.example,"Acme, Inc.",Jo Acme,2026-11-26,true,trial,custom cname`,
      "globex,,ops@globex.example,Globex,,,,,",
    ].join("\n");
  await stack.ok("config", "set-all", ...passwordOf("acme-inc"));
  stack.write("onboarding.csv", renamed(""));
  const [withoutFormerName] = await stack.checkDeletes(["5"]);
  expect(withoutFormerName).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/acme.*protected.*A protected user: restore the entry, with formerName/s),
  });
  await stack.ok("config", "rm", "password:acme-inc");
  stack.write("onboarding.csv", renamed("acme"));

  // The second step of offboarding, and an entry that was lost by mistake.
  const lost = stack.read("fleet.yaml")["seed-3"] ?? {};
  stack.edit("fleet.yaml", (accounts) => {
    delete accounts["seed-2"];
    delete accounts["seed-3"];
  });
  const [protectedUser] = await stack.checkDeletes(["5"]);
  expect(protectedUser).toMatchObject({ status: 1, stderr: expect.stringMatching(/seed-3.*protect/s) });
  stack.edit("fleet.yaml", (accounts) => {
    accounts["seed-3"] = lost;
  });
  const [tooMany, few] = await stack.checkDeletes(["0", "1"]);
  expect(tooMany).toMatchObject({ status: 1, stderr: expect.stringContaining("1 deletes, and at most 0") });
  expect(few).toMatchObject({ status: 0, stderr: expect.stringMatching(/ClientUser seed-2\n/) });
  api.calls();
  await stack.up();
  expect(changes(api.calls()).sort()).toEqual(["DELETE /iam/users/8002", `PATCH /iam/clients/${acme}`]);
  expect(await api.client(acme)).toMatchObject({ custom_id: "pulumi:fleet/prod/acme-inc" });
  expect(api.emails()).toHaveLength(42);

  // The account stays at Gcore, without its user.
  await stack.cli("accounts", "--not-in-stack", "--output", "accounts/rest.yaml");
  expect(stack.read("rest.yaml")).toEqual({ "seed-2": { company: "Seed 2", adoptId: "50002" } });
});
