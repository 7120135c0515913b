import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { AccountRecord, RequestRecord } from "gcore-reseller-sandbox";
import { expect } from "vitest";
import { findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { type PackedPackage, packAll } from "../../tools/release/pack.mts";
import { writeFiles } from "../../tools/release/projects.mts";
import { run } from "../../tools/release/run.mts";

/** The packages as users get them: packed, installed into another project by a package manager, and run there. */

const password = "first-W0rd-of-acme";

/** Packs the packages into a new folder, in which the projects of the tests are made too. */
export async function packForProjects() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gcore-packed-")));
  const [provider, sandbox] = (await packAll(folder)) as [PackedPackage, PackedPackage];
  return { folder, provider, sandbox, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
export type Packed = Awaited<ReturnType<typeof packForProjects>>;

export type Project = Awaited<ReturnType<typeof startProject>>;

/** Starts the sandbox that is installed in a project, and returns the project with the CLI for it. */
export async function startProject(folder: string) {
  const cli = await findPulumi();
  const { child, settings } = await startInstalledSandbox(folder, pulumiEnv(cli));
  const env = pulumiEnv(cli, {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...settings,
  });
  const control = async <T>(path: string): Promise<T> => {
    const headers = { "x-sandbox-control": "1" };
    return (await fetch(`${settings.GCORE_BASE_URL}/_sandbox/${path}`, { headers })).json() as Promise<T>;
  };
  return {
    folder,
    sandbox: child,
    pulumi: async (...args: string[]) => {
      const output = await run(folder, cli.command, ["--non-interactive", "--color=never", ...args], env);
      expect(output).not.toContain(password);
      return output;
    },
    node: (script: string) => run(folder, process.execPath, [script], env),
    calls: async () => (await control<RequestRecord[]>("requests")).map(({ method, path }) => `${method} ${path}`),
    accounts: () => control<AccountRecord[]>("accounts"),
  };
}

async function startInstalledSandbox(folder: string, env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(join(folder, "node_modules/.bin/gcore-reseller-sandbox"), ["--port", "0"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
    const variables = [...line.matchAll(/(GCORE_\w+)='([^']*)'/g)].map(([, name, value]) => [name, value]);
    if (variables.length === 2) return { child, settings: Object.fromEntries(variables) as Record<string, string> };
  }
  throw new Error("the installed sandbox did not start");
}

/** The program and the package share one copy of `@pulumi/pulumi`. */
export function expectOneSdk(folder: string, version: string): void {
  const installed = realpathSync(join(folder, "node_modules/pulumi-gcore-reseller"));
  const sdkOf = (path: string) => createRequire(join(path, "index.js")).resolve("@pulumi/pulumi/package.json");
  expect(sdkOf(installed)).toBe(sdkOf(folder));
  expect(createRequire(__filename)(sdkOf(folder)).version).toBe(version);
}

/** Creates, refreshes and destroys the user of the project's program, and constructs one with mocks. */
export async function expectLifecycle({ folder, pulumi, node, calls, accounts }: Project): Promise<void> {
  await pulumi("stack", "init", "dev");
  await pulumi("config", "set", "--secret", "password", password);
  await pulumi("up", "--yes", "--skip-preview");
  expect(await calls()).toEqual(["POST /iam/users"]);
  const [account] = await accounts();
  expect(JSON.parse(await pulumi("stack", "output", "clientId", "--json"))).toBe(account?.client);
  expect(account).toMatchObject({ email: "it@acme.example" });

  await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  expect((await calls()).filter((call) => !call.startsWith("GET /iam/clients"))).toEqual(["POST /iam/users"]);
  expect(await pulumi("destroy", "--yes", "--skip-preview")).toMatch(/- \d deleted/);
  expect((await accounts()).flatMap(({ users }) => users)).toEqual([]);

  writeFiles(folder, { "mocks.cjs": mocks, "inline.cjs": inline });
  expect(await node("mocks.cjs")).toBe("50001 8001 it@mocked.example");
  expect(await node("inline.cjs")).toBe('{"create":2} 50002 {"delete":2}');
  expect((await accounts()).flatMap(({ users }) => users)).toEqual([]);
}

/** A unit test's program. */
const mocks = `
const pulumi = require("@pulumi/pulumi");
const { ClientUser } = require("pulumi-gcore-reseller");
pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "50001/8001", state: inputs }), call: () => ({}) });
const acme = new ClientUser("acme", { email: "it@mocked.example", password: "p", company: "Acme Ltd" });
pulumi.all([acme.client, acme.userId, acme.email]).apply((values) => console.log(values.join(" ")));
`;

/** An inline program of the Automation API. */
const inline = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { ClientUser } = require("pulumi-gcore-reseller");
const program = async () => {
  const user = new ClientUser("inline", { email: "it@inline.example", password: "inline-W0rd", company: "Inline Ltd" });
  return { client: user.client };
};
(async () => {
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "inline", program });
  const { summary, outputs } = await stack.up();
  const { summary: destroyed } = await stack.destroy();
  const changes = [summary, destroyed].map(({ resourceChanges }) => JSON.stringify(resourceChanges));
  console.log(changes[0], outputs.client.value, changes[1]);
})().catch((error) => { console.error(error); process.exit(1); });
`;
