import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { install, NEWEST_SDK, OLDEST_SDK, writeFiles } from "../../tools/release/projects.mts";
import { run } from "../../tools/release/run.mts";
import {
  expectLifecycle,
  expectOneSdk,
  type Packed,
  type Project,
  packForProjects,
  startProject,
} from "../support/packed";

/** The packages, packed, installed into other projects and run there: both ends of the peer dependency's range, yarn, pnpm. */

let packed: Packed;
const newFolder = () => mkdtempSync(join(packed.folder, "project-"));

beforeAll(async () => {
  packed = await packForProjects();
}, 600_000);
afterAll(() => packed?.remove(), 600_000);

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

/** A project as `pulumi new` creates it, and others that users have. */
const projects = [
  {
    name: "npm, CommonJS TypeScript",
    manager: "npm",
    sdk: OLDEST_SDK,
    main: "index.ts",
    manifest: { devDependencies: { "@types/node": "^22", typescript: "^5.0.0" } },
    tsconfig: { strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext", outDir: "bin" },
    runtime: "nodejs",
  },
  {
    name: "npm, ES module JavaScript",
    manager: "npm",
    sdk: NEWEST_SDK,
    main: "index.js",
    manifest: { type: "module" },
    runtime: "nodejs",
  },
  {
    name: "yarn, ES module TypeScript by tsx",
    manager: "yarn",
    sdk: NEWEST_SDK,
    main: "index.ts",
    manifest: { type: "module", devDependencies: { tsx: "^4.0.0" } },
    runtime: { name: "nodejs", options: { nodeargs: "--import=tsx", typescript: false } },
  },
] as const;

describe.each(projects)("$name, @pulumi/pulumi $sdk", ({ manager, sdk, main, manifest, runtime, ...more }) => {
  const tsconfig = "tsconfig" in more ? more.tsconfig : undefined;
  let folder: string;
  let project: Project;

  beforeAll(async () => {
    folder = newFolder();
    writeFiles(folder, {
      "package.json": { name: "shop", private: true, main, dependencies: { "@pulumi/pulumi": sdk }, ...manifest },
      "Pulumi.yaml": { name: "shop", runtime, main },
      [main]: program,
      ...(tsconfig && { "tsconfig.json": { compilerOptions: tsconfig, files: [main] } }),
    });
    await install(folder, manager, packed.provider.tarball, packed.sandbox.tarball);
    project = await startProject(folder);
  }, 600_000);
  afterAll(() => project?.sandbox.kill());

  test("installed files: one copy of @pulumi/pulumi", () => expectOneSdk(folder, sdk));

  if (tsconfig) {
    test("program: compiles with the types of the package", async () => {
      const tsc = ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "."];
      expect(await run(folder, process.execPath, tsc)).toBe("");
    });
  }

  test("up, refresh, destroy, mocks and an inline program: succeed", () => expectLifecycle(project));

  test("SIGTERM to the sandbox: exits with 0", async () => {
    const ended = once(project.sandbox, "exit");
    project.sandbox.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

describe("pnpm workspace, whose library declares the users", () => {
  const library = `
const pulumi = require("@pulumi/pulumi");
const { ClientUser } = require("pulumi-gcore-reseller");
exports.Customer = class extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("customers:Customer", name, {}, opts);
    this.client = new ClientUser(name, args, { parent: this }).client;
    this.registerOutputs({ client: this.client });
  }
};`;
  const main = `
const pulumi = require("@pulumi/pulumi");
const { Customer } = require("customers");
const password = new pulumi.Config().requireSecret("password");
const acme = new Customer("acme", { email: "it@acme.example", password, company: "Acme Ltd" });
exports.clientId = acme.client;`;
  let shop: string;
  let project: Project;

  beforeAll(async () => {
    const folder = newFolder();
    shop = join(folder, "shop");
    const peer = { "@pulumi/pulumi": ">=3.150.0 <4" };
    const provider = { "pulumi-gcore-reseller": `file:${packed.provider.tarball}` };
    const sandbox = { "gcore-reseller-sandbox": `file:${packed.sandbox.tarball}` };
    writeFiles(folder, {
      "package.json": { name: "workspace", private: true },
      "pnpm-workspace.yaml": "packages: [customers, shop]\n",
      "customers/package.json": {
        name: "customers",
        version: "1.0.0",
        dependencies: provider,
        peerDependencies: peer,
        devDependencies: { "@pulumi/pulumi": NEWEST_SDK },
      },
      "customers/index.js": library,
      "shop/package.json": {
        name: "shop",
        dependencies: { "@pulumi/pulumi": NEWEST_SDK, customers: "workspace:*" },
        devDependencies: sandbox,
      },
      "shop/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "shop/index.js": main,
    });
    await run(folder, "npx", ["--yes", "pnpm@10", "install", "--prefer-offline", "--reporter=silent"]);
    project = await startProject(shop);
  }, 600_000);
  afterAll(() => project?.sandbox.kill());

  test("package only in the library: the error names the package.json to add it to, and that works", async () => {
    await project.pulumi("stack", "init", "first");
    await project.pulumi("config", "set", "--secret", "password", "first-W0rd-of-acme");
    const refused = await project.pulumi("preview").catch((error) => String(error.stdout));
    expect(refused).toContain(`add it to the dependencies in ${join(shop, "package.json")} and install`);
    expect(await project.calls()).toEqual([]);
    await project.pulumi("stack", "rm", "--yes", "first");

    await install(shop, "pnpm", packed.provider.tarball);
    expectOneSdk(shop, NEWEST_SDK);
    await expectLifecycle(project);
  });
});
