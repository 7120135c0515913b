import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** What each resource needs besides its file. Each failure says what to add. */

const root = resolve(__dirname, "../..");
const built = (path: string): Record<string, unknown> => createRequire(__filename)(join(root, "dist/provider", path));
const resources = readdirSync(join(root, "provider/resources"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"))
  .map((file) => ({ file, kind: file.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase()) }));

test("list of resource files: contains client-user", () => {
  expect(resources).toContainEqual({ file: "client-user", kind: "ClientUser" });
});

describe.each(resources)("$kind", ({ file, kind }) => {
  const name = kind.replace(/^./, (letter) => letter.toLowerCase());

  test("file: exports the definition under the name that its own name gives", () => {
    const exported = built(`resources/${file}.js`);
    expect(exported[name], `provider/resources/${file}.ts: export const ${name} = defineResource(...)`).toBeDefined();
  });

  test("registry and index: contain the verbs and the class", () => {
    const verbs = { create: expect.any(Function), read: expect.any(Function) };
    expect(built("runtime.js")[kind], `provider/runtime.ts: export const ${kind} = serve(${name})`).toMatchObject(
      verbs,
    );
    expect(built("index.js")[kind], `provider/index.ts: export class ${kind}`).toBeTypeOf("function");
  });

  test.each([`test/engine/${file}.test.ts`, `examples/${file}/Pulumi.yaml`, `examples/${file}/index.ts`])(
    "%s: exists",
    (path) => expect(existsSync(join(root, path)), `add ${path}`).toBe(true),
  );

  test("docs: contain its page, and the README links it", () => {
    const page = `docs/resources/${file}.md`;
    expect(existsSync(join(root, page)), `run \`npm run docs\` for ${page}`).toBe(true);
    expect(readFileSync(join(root, "README.md"), "utf8"), "run `npm run docs`").toContain(page);
  });
});
