// How versions and changelogs follow from the files in .changeset.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { inc } from "semver";
import { type Manifest, manifestOf, packages, root } from "./packages.mts";
import { writeFiles } from "./projects.mts";
import { run } from "./run.mts";

/** In a copy of the manifests: a change of one package raises all of them, and is in the changelog. */
export async function checkChangesets(folder: string): Promise<void> {
  const manifests = packages.map((one) => join(one.folder, "package.json"));
  for (const path of [...manifests, "package-lock.json", ".changeset/config.json", "CHANGELOG.md"]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFiles(folder, {
    ".changeset/change.md": '---\n"gcore-reseller-sandbox": minor\n---\n\nA change of the sandbox.\n',
  });
  await run(folder, "git", ["init", "--quiet"]);
  await run(folder, "changeset", ["version"]);

  const version = inc(manifestOf(".").version, "minor");
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  const versions = manifests.map((path) => (JSON.parse(read(path)) as Manifest).version);
  if (versions.some((one) => one !== version)) throw new Error(`the versions are ${versions}, not ${version}`);
  const { dependencies }: Manifest = JSON.parse(read("cli/package.json"));
  if (dependencies["pulumi-gcore-reseller"] !== version) throw new Error("the command line has another provider");
  if (!read("CHANGELOG.md").startsWith(`# Changelog\n\n## ${version}\n`)) throw new Error("CHANGELOG.md lacks it");
  if (!read("sandbox/CHANGELOG.md").includes("A change of the sandbox."))
    throw new Error("sandbox/CHANGELOG.md lacks it");
}

/** Throws unless the changelog is that of the version to publish, and no change waits for a later one. */
export function checkChangelog(): void {
  const { version } = manifestOf(".");
  if (!readFileSync(join(root, "CHANGELOG.md"), "utf8").includes(`\n## ${version}\n`))
    throw new Error(`CHANGELOG.md has no heading "## ${version}"`);
  const waiting = readdirSync(join(root, ".changeset")).filter((name) => name.endsWith(".md"));
  if (waiting.length > 0) throw new Error(`.changeset has ${waiting.join(", ")}: run \`npx changeset version\``);
}

/** Throws unless the commit has the tag of the version to publish. */
export async function checkTag(): Promise<void> {
  const tag = `v${manifestOf(".").version}`;
  const tags = (await run(root, "git", ["tag", "--points-at", "HEAD"])).split("\n");
  if (!tags.includes(tag)) throw new Error(`the commit has no tag ${tag}`);
}
