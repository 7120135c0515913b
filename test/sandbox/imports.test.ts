import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const source = join(__dirname, "../../sandbox/src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** The files that `file` imports, type imports included. */
function importsOf(file: string): string[] {
  const statements = readFileSync(join(source, file), "utf8").matchAll(/^(?:import|export|\}) .*"(\.[^"]*)";$/gm);
  return [...statements].map(([, path = ""]) => {
    const target = join(dirname(file), path);
    const found = [`${target}.ts`, `${target}.tsx`, join(target, "index.ts")].find((candidate) =>
      files.includes(candidate),
    );
    if (found === undefined) throw new Error(`${file} imports ${path}, which is no file`);
    return found;
  });
}

/** The first import cycle that `file` leads to. */
function cycle(file: string, path: string[] = []): string | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" -> ");
  for (const next of imports.get(file) ?? []) {
    const found = cycle(next, [...path, file]);
    if (found !== undefined) return found;
  }
  return undefined;
}

test("the files of the sandbox import each other without a cycle", () => {
  expect(imports.get("app.ts")).toContain("control/routes.ts");
  expect(files.map((file) => cycle(file)).filter((found) => found !== undefined)).toEqual([]);
});
