// npm run release:check: what the packages must be before they are published. They stay in release/, each with its SBOM.
// --all: all package managers with both ends of what the packages support, and pulumi up on the oldest Node.js.
// --publish: besides, nothing is missing for a publication.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkChangelog, checkChangesets, checkTag } from "./changesets.mts";
import { checkDependencies, checkPaths, checkSecrets, checkSize } from "./contents.mts";
import { checkLinks, checkOwner, repositoryUrl } from "./links.mts";
import { type PackedPackage, packAll } from "./pack.mts";
import { manifestOf, root } from "./packages.mts";
import {
  type Combination,
  combinations,
  compileProgram,
  furtherCombinations,
  installOldestNode,
  makeProject,
  OLDEST_NODE,
  runProgram,
  startCommand,
  withNode,
} from "./projects.mts";
import { run } from "./run.mts";
import { makeSbom } from "./sbom.mts";

const { all, publish } = parseArgs({ options: { all: { type: "boolean" }, publish: { type: "boolean" } } }).values;
const release = join(root, "release");
const work = realpathSync(mkdtempSync(join(tmpdir(), "release-check-")));
let passed = 0;
let failed = 0;

/** Counts a check and prints its result. */
async function check(name: string, body: () => unknown): Promise<boolean> {
  const start = performance.now();
  try {
    await body();
    passed++;
    console.log(`passed: ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    failed++;
    const { message, stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
    console.log(`FAILED: ${name}\n${[message, stdout, stderr].filter((text) => text !== "").join("\n")}`);
    return false;
  }
}

async function checkPackage(one: PackedPackage, packed: PackedPackage[]): Promise<void> {
  const { name, folder, tarball } = one;
  const unpacked = join(work, name);
  mkdirSync(unpacked);
  await run(unpacked, "tar", ["-xzf", tarball, "--strip-components", "1"]);
  await check(`${name}: only files that belong into it`, () => checkPaths(one));
  await check(`${name}: no secrets and no path of this machine`, () => checkSecrets(one, unpacked));
  await check(`${name}: the dependencies that it should have`, () => checkDependencies(one));
  await check(`${name}: its size`, () => checkSize(one));
  await check(`${name}: publint`, () => run(root, "publint", ["run", tarball, "--strict"]));
  if (manifestOf(folder).types !== undefined)
    await check(`${name}: its types, by attw`, () =>
      // Pulumi's provider process and the command line load these, never a program with the resolution of Node.js 10.
      run(root, "attw", [tarball, "--exclude-entrypoints", "runtime", "reader", "--no-definitely-typed"]),
    );
  await check(`${name}: its SBOM`, async () => {
    writeFileSync(join(release, `${name}.cdx.json`), await makeSbom(join(work, "sbom", name), one, packed));
  });
}

async function checkProject(combination: Combination, packed: PackedPackage[], nodes: Record<string, string>) {
  const { manager, sdk, typescript } = combination;
  const title = `${manager}, @pulumi/pulumi ${sdk}, TypeScript ${typescript}`;
  const folder = join(work, `${manager}-${sdk}`);
  if (!(await check(`${title}: installs`, () => makeProject(folder, combination, packed)))) return;
  if (!(await check(`${title}: the program compiles`, () => compileProgram(folder)))) return;
  for (const [version, node] of Object.entries(nodes)) {
    await check(`${title}: runs as an ES module on Node.js ${version}`, () => runProgram(folder, node, "program.mjs"));
    await check(`${title}: runs as CommonJS on Node.js ${version}`, () => runProgram(folder, node, "program.cjs"));
    for (const command of packed.flatMap((one) => Object.keys(manifestOf(one.folder).bin ?? {})))
      await check(`${title}: ${command} starts on Node.js ${version}`, () => startCommand(folder, node, command));
  }
}

async function checkAll(): Promise<void> {
  let packed: PackedPackage[] = [];
  const isPacked = await check("npm pack", async () => {
    rmSync(release, { recursive: true, force: true });
    mkdirSync(release);
    packed = await packAll(release);
  });
  if (!isPacked) return;
  for (const one of packed) await checkPackage(one, packed);
  await check("repository, homepage and bugs: the same in all packages", checkLinks);
  await check("changesets: a change raises all packages", () => checkChangesets(join(work, "changesets")));
  await check("knip: no unused code and no unlisted dependency", () => run(root, "knip", []));

  let oldestNode = "";
  if (!(await check(`Node.js ${OLDEST_NODE} installs`, async () => (oldestNode = await installOldestNode())))) return;
  const nodes = { [OLDEST_NODE]: oldestNode, [process.versions.node]: process.execPath };
  for (const combination of [...combinations, ...(all ? furtherCombinations : [])])
    await checkProject(combination, packed, nodes);
  if (all)
    await check(`pulumi up in projects of users, on Node.js ${OLDEST_NODE}`, () => {
      const tests = ["node_modules/vitest/vitest.mjs", "run", "--project", "engine", "test/engine/packed.test.ts"];
      return run(root, oldestNode, tests, withNode(oldestNode));
    });
}

await checkAll();
if (publish) {
  await check("the owner of the repository is set", () => checkOwner(repositoryUrl()));
  await check("the changelog is that of this version", checkChangelog);
  await check("the tag is that of this version", checkTag);
}
rmSync(work, { recursive: true });
console.log(`${passed} checks passed, ${failed} failed`);
process.exitCode = Number(failed > 0);
