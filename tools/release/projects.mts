// Projects of users, in which the packed packages are installed.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { minVersion } from "semver";
import type { PackedPackage } from "./pack.mts";
import { entryPointsOf, manifestOf, packages, root } from "./packages.mts";
import { run } from "./run.mts";

const provider = manifestOf(".");
export const OLDEST_SDK = oldestOf(provider.peerDependencies?.["@pulumi/pulumi"]);
export const NEWEST_SDK = manifestOf("node_modules/@pulumi/pulumi").version;
export const OLDEST_NODE = oldestOf(provider.engines.node);

type Manager = "npm" | "pnpm" | "yarn";

/** A package manager, and an end of what the packages support. */
export interface Combination {
  manager: Manager;
  sdk: string;
  typescript: string;
}

const oldest = { sdk: OLDEST_SDK, typescript: "5.0" };
const newest = { sdk: NEWEST_SDK, typescript: "5" };

export const combinations: Combination[] = [
  { manager: "npm", ...oldest },
  { manager: "pnpm", ...newest },
  { manager: "yarn", ...oldest },
];

/** What `--all` adds. */
export const furtherCombinations: Combination[] = [
  { manager: "npm", ...newest },
  { manager: "pnpm", ...oldest },
  { manager: "yarn", ...newest },
];

function oldestOf(range = ""): string {
  return minVersion(range)?.version ?? range;
}

/** Imports all that the packages export; its mocks need no engine. As an ES module and as CommonJS. */
const program = `import * as pulumi from "@pulumi/pulumi";
import { startSandbox } from "gcore-reseller-sandbox";
import { ClientUser } from "pulumi-gcore-reseller";
${packages.flatMap(({ folder }) => entryPointsOf(manifestOf(folder)).map((entry) => `import "${entry}";\n`)).join("")}
pulumi.runtime.setMocks({
  newResource: ({ inputs }) => ({ id: "50001/8001", state: inputs }),
  call: () => ({}),
});
const acme = new ClientUser("acme", { email: "it@acme.example", password: "first-W0rd-of-acme", company: "Acme Ltd" });
pulumi.all([acme.client, acme.userId, acme.email]).apply((values) => console.log(values.join(" ")));
startSandbox().then(({ close }) => close());
`;

/** Makes a project with all packages, and installs it. */
export async function makeProject(folder: string, { manager, sdk, typescript }: Combination, packed: PackedPackage[]) {
  const [{ name, tarball }] = packed as [PackedPackage];
  writeFiles(folder, {
    "package.json": {
      name: "shop",
      private: true,
      dependencies: { "@pulumi/pulumi": sdk },
      devDependencies: { "@types/node": "^22", typescript },
      // The command line depends on a version of the provider that is not published yet.
      resolutions: { [name]: `file:${tarball}` },
    },
    "tsconfig.json": {
      // The types of other packages (@types/node, hono) need a newer TypeScript than the oldest one.
      compilerOptions: { strict: true, module: "nodenext", skipLibCheck: typescript === oldest.typescript },
      files: ["program.mts", "program.cts"],
    },
    "program.mts": program,
    "program.cts": program,
  });
  await install(folder, manager, ...packed.map((one) => one.tarball));
}

export async function compileProgram(folder: string): Promise<void> {
  await run(folder, process.execPath, ["node_modules/typescript/bin/tsc", "--project", "."]);
}

/** Runs the compiled program by a Node.js. */
export async function runProgram(folder: string, node: string, file: "program.mjs" | "program.cjs"): Promise<void> {
  const output = await run(folder, node, [file]);
  if (output !== "50001 8001 it@acme.example") throw new Error(`it printed ${output}`);
}

/** Runs an installed command by a Node.js. */
export async function startCommand(folder: string, node: string, command: string): Promise<void> {
  const usage = await run(folder, join(folder, "node_modules/.bin", command), ["--help"], withNode(node));
  if (!usage.includes(command)) throw new Error(`it printed ${usage}`);
}

/** An environment in which `node` is this one. */
export function withNode(node: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
}

/** The file of the oldest supported Node.js, from npm's package of it. */
export async function installOldestNode(): Promise<string> {
  const folder = join(root, "node_modules/.cache", `node-${OLDEST_NODE}`);
  const file = join(folder, "node_modules/node/bin/node");
  if (!existsSync(file)) {
    writeFiles(folder, { "package.json": { private: true, allowScripts: { node: true } } });
    await install(folder, "npm", `node@${OLDEST_NODE}`);
  }
  return file;
}

/** Adds packages to a project by a package manager. */
export async function install(folder: string, manager: Manager, ...added: string[]): Promise<void> {
  const command = {
    npm: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
    pnpm: ["npx", "--yes", "pnpm@10", "add", "--prefer-offline", "--reporter=silent"],
    yarn: ["npx", "--yes", "yarn@1", "add", "--prefer-offline", "--silent", "--non-interactive"],
  }[manager] as [string, ...string[]];
  await run(folder, command[0], [...command.slice(1), ...added]);
}

/** Files of a project by path; an object is written as JSON. */
export function writeFiles(folder: string, files: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
}
