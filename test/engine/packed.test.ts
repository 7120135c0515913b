import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { AccountRecord, RequestRecord } from "gcore-reseller-sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FoundPulumi, findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";

/** Both packages as users get them: packed, installed with npm into another project, and run there. */

const root = resolve(__dirname, "../..");
const password = "first-W0rd-of-acme";
let cli: FoundPulumi;
let folder: string;
let tarballs: string[];
let packed: string[];

beforeAll(async () => {
  cli = await findPulumi();
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gcore-packed-")));
  const pack = async (path: string) => {
    const options = ["--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", folder];
    const [{ filename, files }] = JSON.parse(await run(path, "npm", ["pack", ...options]));
    return { tarball: join(folder, filename), files: files.map((file: { path: string }) => file.path) };
  };
  const provider = await pack(root);
  const sandbox = await pack(join(root, "sandbox"));
  tarballs = [provider.tarball, sandbox.tarball];
  packed = provider.files;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("packed files: all that a program needs, and no tests, tools or benchmarks", () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      "package.json",
      "README.md",
      "LICENSE",
      "dist/provider/index.js",
      "dist/provider/index.d.ts",
      "dist/provider/runtime.js",
    ]),
  );
  const expected = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/.+\.md|dist\/provider\/.+\.(js|d\.ts))$/;
  expect(packed.filter((path) => !expected.test(path) || /(^|\/)(test|tools|bench)\/|\.test\./.test(path))).toEqual([]);
});

const program = `import { Config } from "@pulumi/pulumi";
import { ClientUser } from "pulumi-gcore-reseller";

export const acme = new ClientUser("acme", {
  email: "it@acme.example",
  password: new Config().requireSecret("password"),
  company: "Acme Ltd",
  services: [{ productName: "CDN", available: true }],
});
export const clientId = acme.client;
`;

/** A project as `pulumi new` creates it, and the same as an ES module in JavaScript. */
const projects = [
  {
    kind: "CommonJS TypeScript",
    main: "index.ts",
    manifest: { devDependencies: { "@types/node": "^22", typescript: "^5.0.0" } },
    tsconfig: { strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext", outDir: "bin" },
  },
  {
    kind: "ES module JavaScript",
    main: "index.js",
    manifest: { type: "module" },
  },
];

describe.each(projects)("installed in a $kind project", ({ main, manifest, tsconfig }) => {
  let project: string;
  let sandbox: { child: ChildProcess; env: Record<string, string> };
  const installed = () => join(project, "node_modules/pulumi-gcore-reseller");

  beforeAll(async () => {
    project = mkdtempSync(join(folder, "project-"));
    const write = (name: string, content: unknown) =>
      writeFileSync(join(project, name), typeof content === "string" ? content : JSON.stringify(content));
    const dependencies = { "@pulumi/pulumi": "^3.113.0" };
    write("package.json", { name: "shop", private: true, main, dependencies, ...manifest });
    write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
    write(main, program);
    if (tsconfig) write("tsconfig.json", { compilerOptions: tsconfig, files: [main] });
    mkdirSync(join(project, "state"));
    await run(project, "npm", [
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      ...tarballs,
    ]);
    sandbox = await startInstalledSandbox(project);
  });
  afterAll(() => sandbox?.child.kill());

  const pulumi = async (...args: string[]) => {
    const env = pulumiEnv(cli, {
      PULUMI_HOME: join(project, "home"),
      PULUMI_BACKEND_URL: `file://${join(project, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...sandbox.env,
    });
    const output = await run(project, cli.command, ["--non-interactive", ...args], env);
    expect(output).not.toContain(password);
    return output;
  };
  const control = async <T>(path: string): Promise<T> => {
    const headers = { "x-sandbox-control": "1" };
    return (await fetch(`${sandbox.env.GCORE_BASE_URL}/_sandbox/${path}`, { headers })).json() as Promise<T>;
  };
  const calls = async () => (await control<RequestRecord[]>("requests")).map(({ method, path }) => `${method} ${path}`);
  const users = async () => (await control<AccountRecord[]>("accounts")).flatMap((account) => account.users);

  test("installed files: resolve the project's own @pulumi/pulumi, and contain no secret and no path of this machine", async () => {
    expect(realpathSync(installed())).toBe(installed());
    const pulumiSdk = await run(installed(), process.execPath, ["-p", 'require.resolve("@pulumi/pulumi")']);
    expect(pulumiSdk.startsWith(join(project, "node_modules"))).toBe(true);
    const content = packed.map((path) => readFileSync(join(installed(), path), "utf8")).join("\n");
    expect(content).not.toMatch(/PRIVATE KEY-----|\d+\$[0-9a-f]{32,}|pul-[0-9a-f]{40}/);
    expect(content).not.toContain(root);
  });

  if (tsconfig) {
    test("program: compiles with the types of the package", async () => {
      expect(
        await run(project, process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "."]),
      ).toBe("");
    });
  }

  test("up, refresh and destroy against the installed sandbox: succeed", async () => {
    await pulumi("stack", "init", "dev");
    await pulumi("config", "set", "--secret", "password", password);
    await pulumi("up", "--yes", "--skip-preview");
    expect(await calls()).toEqual(["POST /iam/users"]);
    const [account] = await control<AccountRecord[]>("accounts");
    expect(JSON.parse(await pulumi("stack", "output", "clientId", "--json"))).toBe(account?.client);
    expect(account).toMatchObject({ email: "it@acme.example", custom_id: "pulumi:shop/dev/acme" });

    await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect((await calls()).filter((call) => !call.startsWith("GET /iam/clients"))).toEqual(["POST /iam/users"]);

    expect(await pulumi("destroy", "--yes", "--skip-preview")).toContain("- 2 deleted");
    expect(await users()).toEqual([]);
  });

  test("SIGTERM to the sandbox: exits with 0", async () => {
    const ended = once(sandbox.child, "exit");
    sandbox.child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

/** Starts the installed command and returns it with the environment variables that it prints. */
async function startInstalledSandbox(project: string) {
  const child = spawn(join(project, "node_modules/.bin/gcore-reseller-sandbox"), ["--port", "0"], {
    cwd: project,
    env: pulumiEnv(cli),
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const variables = [...line.matchAll(/(GCORE_\w+)='([^']*)'/g)].map(([, name, value]) => [name, value]);
    if (variables.length === 2) return { child, env: Object.fromEntries(variables) as Record<string, string> };
  }
  throw new Error("the installed sandbox did not start");
}

/** Output of a command on stdout; throws with its output if it fails. */
async function run(cwd: string, command: string, args: string[], env = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, env });
  return stdout.trim();
}
