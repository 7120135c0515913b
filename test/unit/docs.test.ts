import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openApi } from "../../provider/api/transport";
import { environmentVariable, readSettings, settingNames } from "../../provider/config";
import type { CreatableDefinition, Definition } from "../../provider/engine/define";
import { type ClientUserInputs, type ClientUserOutputs, clientUser } from "../../provider/resources/client-user";
import { operations } from "../../tools/contract/coverage.mts";
import { splitDefault } from "../../tools/docs/docstrings.mts";
import { outdated, pages, root } from "../../tools/docs/pages.mts";
import { settings } from "../../tools/docs/provider-page.mts";
import { changeOf } from "../../tools/docs/resource-page.mts";
import { type Resource, resources } from "../../tools/docs/resources.mts";
import { startApi } from "../support/api";

/** The pages that `npm run docs` makes from the code, and what the code must say for them. */

test.each(Object.keys(pages))("%s: as `npm run docs` writes it", (path) => {
  const text = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
  expect(text, "run `npm run docs`").toBe(pages[path]);
});

test("docs/resources and docs/functions: no page of what is no longer there", () => {
  expect(outdated(), "run `npm run docs`").toEqual([]);
});

test("pages: every property of a function or the provider is described", () => {
  const rows = Object.entries(pages).flatMap(([path, text]) => text.split("\n").map((line) => `${path}: ${line}`));
  // Those of a resource are named below, with their file.
  expect(rows.filter((row) => /^(?!docs\/resources).*: \| `.*\|\s*\|$/.test(row))).toEqual([]);
});

/** What a kind's page needs and its files do not say yet. Nothing here is needed to make the page. */
function missingFacts({ kind, file, definition, doc, inputs, outputs }: Resource): string[] {
  const { docs, shape } = definition;
  const path = `provider/resources/${file}.ts`;
  const undocumented = [...inputs, ...outputs].filter((property) => !property.doc.text).map(({ name }) => name);
  return [
    ...(doc.text && doc.tags.some(({ name }) => name === "example")
      ? []
      : [`provider/index.ts: a docstring of ${kind} with an @example`]),
    ...undocumented.map((name) => `${path}: a docstring of ${name}`),
    ...(docs.permissions === undefined ? [`${path}: docs.permissions (null if Gcore documents none)`] : []),
    ...(docs.limits === undefined ? [`${path}: docs.limits (null if Gcore documents none)`] : []),
    ...(shape === "made" && !docs.lostReply ? [`${path}: docs.lostReply (what proves that it is its own)`] : []),
  ];
}

describe.each(resources)("$kind", (resource) => {
  const { definition, inputs, outputs } = resource;

  test("facts for its page: complete", () => expect(missingFacts(resource)).toEqual([]));

  test("inputs and outputs: those of the schemas, optional in both or in none", () => {
    const { shape } = definition.inputs;
    const isOptional = Object.entries(shape).map(([name, schema]) => [name, schema.safeParse(undefined).success]);
    expect(Object.fromEntries(inputs.map((input) => [input.name, input.isOptional]))).toEqual(
      Object.fromEntries(isOptional),
    );
    expect(outputs.map(({ name }) => name).sort()).toEqual(Object.keys(definition.outputs.shape).sort());
  });

  test("calls of changes: calls of the contract", () => {
    const calls = definition.changes.flatMap(({ call }) => {
      const [path = ""] = /\/\S+$/.exec(call) ?? [];
      return [...call.matchAll(/[A-Z]+(?= )/g)].map(([method]) => `${method} ${path}`);
    });
    expect(calls.filter((call) => !operations.includes(call))).toEqual([]);
    expect(calls.length).toBeGreaterThanOrEqual(definition.changes.length);
  });
});

test("a kind without facts for the docs: each one is named", () => {
  const [resource] = resources as [Resource];
  const bare = { ...resource, definition: { ...resource.definition, docs: {} }, doc: { text: "", tags: [] } };
  expect(missingFacts(bare)).toEqual([
    expect.stringContaining("@example"),
    expect.stringContaining("docs.permissions"),
    expect.stringContaining("docs.limits"),
    expect.stringContaining("docs.lostReply"),
  ]);
});

test.each([
  ["no call is named", {}, "no call"],
  ["only at creation", { createOnly: ["a"] }, "a change alone does nothing"],
  ["immutable", { immutable: ["a"] }, "rejected at preview: the API has no call"],
  [
    "replacing",
    { replacing: { inputs: ["a"], first: "delete" } },
    "replaces the resource: the old one is deleted, then a new one is created",
  ],
  [
    "replacing, create first",
    { replacing: { inputs: ["a"], first: "create" } },
    "replaces the resource: a new one is created, then the old one is deleted",
  ],
  [
    "replacing, of what is there from the start",
    { shape: "given", replacing: { inputs: ["a"], first: "delete" } },
    "replaces the resource: the old one is left as it is, then the new one is managed",
  ],
  [
    "two calls, one with another input",
    {
      changes: [
        { properties: ["b", "a"], call: "PATCH /x" },
        { properties: ["a"], call: "PUT /y", needs: "b" },
        { properties: ["a"], call: "PATCH /x" },
      ],
      clearable: ["a"],
    },
    "`PATCH /x`; `PUT /y`, with `b` from state; null clears it",
  ],
])("a change of an input, %s: as the definition says", (_, facts, expected) => {
  const none = {
    createOnly: [],
    immutable: [],
    replacing: { inputs: [], first: "delete" },
    changes: [],
    clearable: [],
  };
  expect(changeOf({ ...none, ...facts } as unknown as Definition, "a")).toBe(expected);
});

test.each([
  ["A flag. Default: true.", "A flag.", "true"],
  ["URL. Default: https://api.example.com", "URL.", "https://api.example.com"],
  ["ID. Default: the mark `a:<b>`, which follows. Null: none.", "ID. Null: none.", "the mark `a:<b>`, which follows"],
  ["No default here.", "No default here.", undefined],
])("%s: the default has a column of its own", (text, rest, byDefault) => {
  expect(splitDefault(text)).toEqual({ rest, byDefault });
});

test("docs/provider.md: every setting, with its environment variable", () => {
  expect(settings.map(({ name }) => name).sort()).toEqual([...settingNames].sort());
  for (const name of settingNames)
    expect(pages["docs/provider.md"]).toContain(`| \`${name}\` | \`${environmentVariable(name)}\` |`);
});

test.each(settings)("setting $name: its docstring names the default that the code has", ({ doc, byDefault }) => {
  const { byDefault: documented } = splitDefault(doc.text);
  expect(documented === "no limit" ? undefined : documented).toBe(byDefault?.toString());
});

test("ClientUser: the outputs as of creation are those that a created user has and a refreshed one has not", async () => {
  const { env } = await startApi();
  const api = openApi(
    readSettings(() => undefined, env),
    { log: () => {} },
  );
  const inputs = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
  const definition = clientUser as CreatableDefinition<ClientUserInputs, ClientUserOutputs>;
  const created = await definition.create(api, inputs);
  const found = await definition.read(api, created.id, inputs);
  const refreshed = Object.keys(found?.outputs ?? {});
  expect(Object.keys(created.outputs).filter((name) => !refreshed.includes(name))).toEqual(
    definition.docs.asOfCreation,
  );
});
