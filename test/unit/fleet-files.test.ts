import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadFleet } from "../../examples/fleet/fleet/load";
import { fleetFile } from "../../examples/fleet/fleet/schema";

/** The files of examples/fleet: what they may contain, and every mistake with its place. */

const example = resolve(__dirname, "../../examples/fleet");

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The accounts of files by name, with the defaults applied. */
const load = (files: Record<string, string>) =>
  Object.fromEntries(loadFleet(folderOf(files)).map(({ name, entry }) => [name, entry]));

/** The lines of the error, with the folder left out. */
function problemsOf(files: Record<string, string>): string[] {
  const folder = folderOf(files);
  try {
    loadFleet(folder);
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "").split("\n");
  }
  return [];
}

describe("fleet files", () => {
  test("the example's own: are valid", () => {
    expect(loadFleet(join(example, "accounts")).map(({ name }) => name)).toEqual([
      "acme",
      "globex",
      "initech",
      "umbrella",
    ]);
  });

  test("the same accounts in YAML, JSON and CSV: are the same", () => {
    const yaml = [
      "accounts:",
      "  acme:",
      "    email: it@acme.example",
      "    company: Acme Ltd",
      '    phone: "+491234"',
      "    seller: 11",
      "    isTest: true",
      "    sendPasswordReset: 2026-11-26",
      "    products: { CDN: false, DNS: null }",
      "    services: { STORAGE: trial }",
      "    features: [Custom CNAME, 61]",
    ].join("\n");
    const csv = [
      "account;email;company;phone;seller;isTest;sendPasswordReset;products.CDN;products.DNS;products.CLOUD;services.STORAGE;features",
      'acme;it@acme.example;"Acme Ltd";+491234;11;TRUE;2026-11-26;FALSE;null;;trial;Custom CNAME|61',
    ].join("\r\n");
    const expected = load({ "a.yaml": yaml });
    expect(expected.acme).toMatchObject({ seller: 11, isTest: true, features: ["Custom CNAME", 61] });
    expect(load({ "a.json": JSON.stringify(parse(yaml)) })).toEqual(expected);
    expect(load({ "a.csv": csv })).toEqual(expected);
    expect(load({ "a.csv": `\uFEFF${csv}` })).toEqual(expected);
  });

  test("defaults: hold for the accounts of the file, by product; an entry comes first", () => {
    const file = [
      "defaults: { lang: de, seller: 11, products: { CDN: true, CLOUD: false } }",
      "accounts:",
      "  acme: { email: it@acme.example, company: Acme Ltd, lang: en, seller: null, products: { CLOUD: null } }",
    ].join("\n");
    const other = "accounts:\n  globex: { email: ops@globex.example, company: Globex }";
    const { acme, globex } = load({ "a.yaml": file, "b.yaml": other });
    expect(acme).toMatchObject({ lang: "en", seller: null, products: { CDN: true, CLOUD: null } });
    expect(globex).not.toHaveProperty("lang");
  });

  test("every mistake of every file: is reported at once, with file, line and field", () => {
    const yaml = [
      "defaults:",
      "  email: it@acme.example",
      "accounts:",
      "  acme:",
      "    email: acme",
      "    lang: fr",
      "    phone: 49123",
      "    products:",
      "      CDN: maybe",
      "      WAAP: true",
      "  no/name:",
      "    email: x@acme.example",
      "    company: X",
      "  globex:",
      "    company: Globex",
      "  initech:",
      "    adoptId: 50001/8001",
      "    countryCode: DE",
      "    sendPasswordReset: now",
      "  umbrella: none",
      "  hooli:",
      "    email: it@hooli.example",
      "    company: Hooli",
      "    formerName: acme",
      "  piper: { email: it@piper.example, company: Piper, formerName: old }",
      "  pied: { email: it@pied.example, company: Pied, formerName: old }",
    ].join("\n");
    const csv = [
      "account,email,company,isTest,products.CDN",
      "one,one@acme.example,One,perhaps,true",
      "two,two@acme.example,Two",
      ",three@acme.example,Three,,",
      "four,FOUR@acme.example,Four,,2",
      "five,four@acme.example,Five,,",
    ].join("\n");
    const fields =
      "name, phone, lang, customId, seller, countryCode, isTest, products, services, features, protect, offboard";
    expect(problemsOf({ "a.yaml": yaml, "b.csv": csv }).sort()).toEqual(
      [
        `a.yaml:2: defaults.email: is not known; there are ${fields}`,
        "a.yaml:4: acme.company: is missing",
        "a.yaml:5: acme.email: must be an email address",
        "a.yaml:6: acme.lang: must be one of de, en, ru, zh, az",
        "a.yaml:7: acme.phone: must be text; put quotes around what looks like a number",
        "a.yaml:9: acme.products.CDN: must be true, false or null",
        "a.yaml:10: acme.products.WAAP: is not known; there are CDN, STORAGE, STREAMING, DNS, DDOS, CLOUD",
        "a.yaml:11: no/name: is no name: it must not contain blanks, /, : or $",
        "a.yaml:14: globex.email: is missing; an account that is managed without a user needs its ID as adoptId instead",
        "a.yaml:17: initech.adoptId: must be the account's ID alone, because there is no email",
        "a.yaml:18: initech.countryCode: can be declared with an email only",
        "a.yaml:19: initech.sendPasswordReset: can be declared with an email only",
        "a.yaml:20: umbrella: must be a map",
        "a.yaml:24: hooli.formerName: is the name of an entry: a.yaml:4: acme",
        "a.yaml:26: pied.formerName: is declared before: a.yaml:25: piper.formerName",
        "b.csv:2: one.isTest: must be true or false",
        "b.csv:3: Invalid Record Length: columns length is 5, got 3 on line 3",
        "b.csv:4: account: is missing",
        "b.csv:5: four.products.CDN: must be true, false or null",
        "b.csv:6: five.email: belongs to another account too: b.csv:5: four.email",
      ].sort(),
    );
  });

  test("names that are there twice: are reported in one file and across files", () => {
    const acme = "  acme: { email: it@acme.example, company: Acme }";
    expect(problemsOf({ "a.yaml": `accounts:\n${acme}\n${acme}` })).toEqual(["a.yaml:3: acme: is there twice"]);
    const csv = "account,email,company\nacme,a@acme.example,A\nacme,b@acme.example,B";
    expect(problemsOf({ "a.yaml": `accounts:\n${acme}`, "b.csv": csv })).toEqual([
      "b.csv:3: acme: is there twice",
      "b.csv:2: acme: is declared before: a.yaml:2: acme",
    ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no file", { "notes.txt": "" }, "there is no YAML, JSON or CSV file"],
    ["an empty file", { "a.yaml": "" }, "a.yaml:1: must be a map"],
    ["no accounts", { "a.json": "{}" }, "a.json:1: must be a map of accounts by name"],
    ["broken YAML", { "a.yaml": "accounts:\n  acme: { email: x" }, "a.yaml:2: Flow map"],
    ["broken JSON", { "a.json": '{\n  "accounts": {\n' }, "a.json:3: Flow map"],
    [
      "an unknown column",
      { "a.csv": "account,mail\nacme,x" },
      'a.csv:1: column "mail" is not known; there are account',
    ],
    ["a repeated column", { "a.csv": "account,email,email\n" }, 'a.csv:1: column "email" is there twice'],
    ["no column account", { "a.csv": "email\nx@acme.example" }, 'a.csv:1: column "account" is missing'],
    ["an open quote", { "a.csv": 'account,email\nacme,"x@acme.example\n' }, "a.csv:2: Quote Not Closed"],
  ])("%s: is reported with its place", (_, files, text) => {
    expect(problemsOf(files).join("\n")).toContain(text);
  });
});

test("fleet.schema.json: is what `npm run schema` writes, and accepts what the program accepts", () => {
  const schema = JSON.parse(readFileSync(join(example, "fleet.schema.json"), "utf8"));
  expect(schema, "run `npm run schema` in examples/fleet").toEqual(z.toJSONSchema(fleetFile, { io: "input" }));
  const isValid = new Ajv2020().compile(schema);
  const sample = parse(readFileSync(join(example, "accounts/fleet.yaml"), "utf8"));
  expect(isValid(sample), JSON.stringify(isValid.errors)).toBe(true);
  expect(isValid({ accounts: { acme: { mail: "it@acme.example" } } })).toBe(false);
});

describe("check-deletes", () => {
  const script = join(example, "scripts/check-deletes.mjs");
  const run = (limit: string, input: unknown) =>
    spawnSync(process.execPath, [script, limit], {
      input: typeof input === "string" ? input : JSON.stringify(input),
      encoding: "utf8",
    });
  const step = (op: string, name: string, type = "ClientUser") => ({
    op,
    urn: `urn:pulumi:prod::fleet::x:${type}::${name}`,
  });
  const ofB = [step("delete", "b-cdn", "ClientService"), step("delete", "b-61", "FreeFeature")];
  const preview = { steps: [step("delete", "a"), step("delete", "b"), ...ofB, step("update", "c")] };

  test("as many deletes as allowed: passes; one more: stops, and names them", () => {
    expect(run("2", preview)).toMatchObject({ status: 0 });
    const { status, stderr } = run("1", preview);
    expect(status).toBe(1);
    expect(stderr).toContain("to be deleted: x:ClientUser a\nto be deleted: x:ClientUser b\n");
    expect(stderr).toContain("\n2 deletes, and at most 1 are allowed");
    expect(stderr).toContain("not offboarded by the change before: restore the entry");
  });

  test("a service or feature whose account stays: counts", () => {
    expect(run("1", { steps: ofB })).toMatchObject({ status: 1, stderr: expect.stringContaining("2 deletes") });
  });

  test("users whose names begin with another one's: each counts, and so does a service of one that stays", () => {
    const steps = [step("delete", "b"), step("delete", "b-berlin"), step("delete", "b-paris-cdn", "ClientService")];
    expect(run("2", { steps })).toMatchObject({ status: 1, stderr: expect.stringContaining("3 deletes") });
  });

  test.each([
    ["no preview", "", "no output of pulumi preview --json"],
    ["an unfinished preview", { diagnostics: [{ severity: "error", message: "no stack" }], steps: [] }, "no stack"],
    ["another document", {}, "has no steps"],
  ])("%s: stops", (_, input, text) => {
    expect(run("5", input)).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
  });
});
