import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { apiFunctions } from "../../tools/contract/api-calls.mts";
import { claims, exclusions, operations } from "../../tools/contract/coverage.mts";

/** Every call of Gcore's API is made by a resource or function, or left out for a stated reason. */

const file = "tools/contract/coverage.mts";
const root = resolve(__dirname, "../..");
const index = createRequire(__filename)(join(root, "dist/provider/index.js")) as Record<string, unknown>;
const functions = readdirSync(join(root, "provider/functions"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()));

test("every call of the contract: either claimed or excluded, and no other call", () => {
  const named = [...Object.keys(claims), ...Object.keys(exclusions)].sort();
  expect(named, `${file}: each call in one of the two tables`).toEqual([...operations].sort());
});

test("claimed calls: those that provider/api makes", () => {
  const made = new Set(apiFunctions().flatMap((api) => api.operations));
  expect(Object.keys(claims).sort(), `${file}: move the calls from exclusions to claims`).toEqual([...made].sort());
});

test("claiming names: the resources and functions of the package, each with a call", () => {
  const resources = Object.keys(createRequire(__filename)(join(root, "dist/provider/runtime.js")));
  const names = [...new Set(Object.values(claims).flat())].sort();
  expect(names, `${file}: name it at each call that it makes`).toEqual([...resources, ...functions].sort());
});

describe.each(functions)("%s", (name) => {
  test("index: exports it with its Output form", () => {
    expect(index[name], `provider/index.ts: export ${name}`).toBeTypeOf("function");
    const outputForm = name === "listClients" ? "getClientsOutput" : `${name}Output`;
    expect(index[outputForm], `provider/index.ts: export ${outputForm}`).toBeTypeOf("function");
  });

  test("test/faults/functions.test.ts, functions-clients.test.ts: call both forms", () => {
    const files = ["functions", "functions-clients"].map((name) => join(root, `test/faults/${name}.test.ts`));
    const calls = files.map((file) => readFileSync(file, "utf8")).join("\n");
    expect(calls).toContain(`gcore.${name}(`);
    if (name !== "listClients") expect(calls).toContain(`gcore.${name}Output(`);
  });
});
