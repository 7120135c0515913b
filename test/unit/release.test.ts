import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPaths, checkSecrets, checkSize } from "../../tools/release/contents.mts";
import { checkOwner, linksOf } from "../../tools/release/links.mts";
import { packages, root } from "../../tools/release/packages.mts";

/** What `npm run release:check` rejects. */

const [provider] = packages as [(typeof packages)[number]];
const paths = ["package.json", "README.md", "LICENSE", "dist/provider/index.js", "docs/limits.md"];

test.each([
  ["no LICENSE", paths.filter((path) => path !== "LICENSE"), "it has no LICENSE"],
  ["a test", [...paths, "dist/provider/index.test.js"], "do not belong into it: dist/provider/index.test.js"],
  ["a source", [...paths, "provider/index.ts"], "do not belong into it: provider/index.ts"],
])("a package with %s: rejected, with the path", (_, packed, message) => {
  expect(() => checkPaths({ ...provider, paths })).not.toThrow();
  expect(() => checkPaths({ ...provider, paths: packed })).toThrow(message);
});

test.each([
  { size: 101, unpackedSize: 1000 },
  { size: 100, unpackedSize: 1001 },
])("a package that is too large ($size, $unpackedSize): rejected, with the place of the limit", (sizes) => {
  const maxSize = { packed: 100, unpacked: 1000, reason: "" };
  expect(() => checkSize({ size: 100, unpackedSize: 1000, maxSize })).not.toThrow();
  expect(() => checkSize({ ...sizes, maxSize })).toThrow("raise maxSize in tools/release/packages.mts with the reason");
});

test.each([
  ["an API key", `7$${"a1".repeat(32)}`],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
  ["a path of this machine", `// ${join(root, "provider/index.ts")}`],
])("a package with %s in a file: rejected, with the file and not the secret", (_, secret) => {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  writeFileSync(join(folder, "good.js"), "exports.key = process.env.GCORE_API_KEY;");
  writeFileSync(join(folder, "bad.js"), `const x = "${secret}";`);
  expect(() => checkSecrets({ paths: ["good.js"] }, folder)).not.toThrow();
  expect(() => checkSecrets({ paths: ["good.js", "bad.js"] }, folder)).toThrow(/ in bad\.js$/);
  rmSync(folder, { recursive: true });
});

test("a release while the owner is a placeholder: rejected, with the place to set it", () => {
  expect(() => checkOwner("git+https://github.com/OWNER/pulumi-gcore-reseller.git")).toThrow(
    "package.json: OWNER in repository.url is a placeholder",
  );
  expect(() => checkOwner("git+https://github.com/acme/pulumi-gcore-reseller.git")).not.toThrow();
});

test("links of a package: they follow from the repository and the package's folder", () => {
  const url = "git+https://github.com/acme/repo.git";
  expect(linksOf(url, "cli")).toEqual({
    repository: { type: "git", url, directory: "cli" },
    homepage: "https://github.com/acme/repo/tree/main/cli#readme",
    bugs: { url: "https://github.com/acme/repo/issues" },
  });
  expect(linksOf(url, ".")).toEqual({
    repository: { type: "git", url },
    homepage: "https://github.com/acme/repo#readme",
    bugs: { url: "https://github.com/acme/repo/issues" },
  });
});
