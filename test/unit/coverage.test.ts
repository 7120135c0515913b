import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Definition } from "../../provider/engine/define";

/** What each resource needs besides its file. Each failure says what to add. */

const root = resolve(__dirname, "../..");
const built = (path: string): Record<string, unknown> => createRequire(__filename)(join(root, "dist/provider", path));
const readme = () => {
  const path = join(root, "README.md");
  expect(existsSync(path), "add README.md").toBe(true);
  return readFileSync(path, "utf8");
};

/** The rows of the table under a heading, by the name in their first column. */
function tableUnder(heading: string): Record<string, string> {
  const [, section] = `\n${readme()}`.split(`\n${heading}\n`);
  expect(section, `add "${heading}" with its table to README.md`).toBeDefined();
  const [text = ""] = (section ?? "").split(/^#/m);
  return Object.fromEntries([...text.matchAll(/^\|\s*`(\w+)`(.*)$/gm)].map(([, name = "", rest = ""]) => [name, rest]));
}

function expectNames(heading: string, names: readonly string[]) {
  const found = Object.keys(tableUnder(heading));
  const missing = names.filter((name) => !found.includes(name));
  const unknown = found.filter((name) => !names.includes(name));
  expect({ missing, unknown }, `README.md, table under "${heading}"`).toEqual({ missing: [], unknown: [] });
}

const resources = readdirSync(join(root, "provider/resources"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"))
  .map((file) => ({ file, kind: file.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase()) }));

test("list of resource files: contains client-user", () => {
  expect(resources).toContainEqual({ file: "client-user", kind: "ClientUser" });
});

describe.each(resources)("$kind", ({ file, kind }) => {
  const name = kind.replace(/^./, (letter) => letter.toLowerCase());
  const definition = () => built(`resources/${file}.js`)[name] as Definition;

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

  test("README, table of resources: has a row", () => {
    expect(readme(), `README.md, table of resources: | \`${kind}\` | ...`).toMatch(
      new RegExp(`^\\|\\s*\\[?\`${kind}\``, "m"),
    );
  });

  test("README, tables of inputs and outputs: complete", () => {
    expectNames(`### ${kind} inputs`, Object.keys(definition().inputs.shape));
    expectNames(`### ${kind} outputs`, Object.keys(definition().outputs.shape));
  });
});

test("README, table of settings: every setting with its environment variable", () => {
  const { settingNames, environmentVariable } = built("config.js") as typeof import("../../provider/config");
  expectNames("## Settings", settingNames);
  const rows = Object.entries(tableUnder("## Settings"));
  const variables = rows.map(([name, row]) => [name, /`(GCORE_\w+)`/.exec(row)?.[1]]);
  expect(Object.fromEntries(variables), "README.md, environment variables of the settings").toEqual(
    Object.fromEntries(settingNames.map((name) => [name, environmentVariable(name)])),
  );
});
