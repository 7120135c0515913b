import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Packages that the compiler loads for a program that imports this file's declarations. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(`${file}.d.ts`, "utf8");
  for (const [, name = ""] of text.matchAll(/(?:from |import\()"([^"]+)"/g)) {
    if (name.startsWith(".")) for (const one of packagesOf(join(file, "..", name), seen)) packages.add(one);
    else packages.add(name);
  }
  return packages;
}

test("declarations of the package: load no types but Pulumi's, since others would add a second to every compilation", () => {
  expect([...packagesOf(join(__dirname, "../../dist/provider/index"))]).toEqual(["@pulumi/pulumi"]);
});
