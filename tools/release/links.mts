// npm run release:links: writes repository, homepage and bugs of all packages. They follow from `repository.url` in the
// package.json at the root, the one place where the owner sets them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestOf, packages, root } from "./packages.mts";

const PLACEHOLDER = "OWNER";

type Links = Pick<Manifest, "repository" | "homepage" | "bugs">;

export function linksOf(url: string, folder: string): Links {
  const page = url.replace(/^git\+/, "").replace(/\.git$/, "");
  const isRoot = folder === ".";
  return {
    repository: { type: "git", url, ...(!isRoot && { directory: folder }) },
    homepage: isRoot ? `${page}#readme` : `${page}/tree/main/${folder}#readme`,
    bugs: { url: `${page}/issues` },
  };
}

export function repositoryUrl(): string {
  return (manifestOf(".").repository as { url: string }).url;
}

/** Throws if a package has other links than those that follow from the root's. */
export function checkLinks(): void {
  for (const { folder } of packages) {
    const { repository, homepage, bugs } = manifestOf(folder);
    const expected = JSON.stringify(linksOf(repositoryUrl(), folder));
    if (JSON.stringify({ repository, homepage, bugs }) !== expected)
      throw new Error(
        `${join(folder, "package.json")}: repository, homepage and bugs do not follow from repository.url in the ` +
          "package.json at the root: run `npm run release:links`",
      );
  }
}

/** Throws while the owner of the repository is a placeholder. */
export function checkOwner(url: string): void {
  if (url.split("/").includes(PLACEHOLDER))
    throw new Error(
      `package.json: ${PLACEHOLDER} in repository.url is a placeholder: set it, then run \`npm run release:links\``,
    );
}

if (import.meta.main)
  for (const { folder } of packages) {
    const manifest = { ...manifestOf(folder), ...linksOf(repositoryUrl(), folder) };
    writeFileSync(join(root, folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }
