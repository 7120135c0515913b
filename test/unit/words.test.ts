import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

/** The rules of words in CONTRIBUTING.md, as far as they can be searched for. Each finding names file and line. */

const root = resolve(__dirname, "../..");
const folders = ["provider", "sandbox", "cli", "test", "tools", "bench", "examples", "docs"];
const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** Words to avoid, and the ones to use. */
const rules: { avoid: RegExp; use: string; codeOnly?: true }[] = [
  { avoid: /\b(he|his|him|himself)\b/i, use: "the user, they; an account or an error is it" },
  { avoid: /\be-mails?\b/i, use: "email address in prose, email in code" },
  { avoid: /\bthings?\b/i, use: "resource, existing, observed" },
  { avoid: /\b(tells?|telling|told)\b/i, use: "log, warn; returns, reports; logged" },
  { avoid: /\b(asks|worth|heart|house|leaf|room|door|ate|eats?)\b/i, use: "the technical term" },
  { avoid: /\bSurroundings\b/, use: "ApiOptions" },
  { avoid: /\bhow: "(made|found)"/, use: "outcome" },
  { avoid: /\b(isOurs|wasThereAndLogsIn|notOurs)\b/, use: "isOwned, verifyByLogin, foreignResourceError" },
  { avoid: /\b(takenBy|noteManaged)\b/, use: "claimedIds, claim" },
  { avoid: /\b(asTheyStand|keepingMark|tellOfAnotherKeeper)\b/, use: "observedInputs, preserveOriginMark, warnIf…" },
  { avoid: /\b(unchangeable|refusedChanges)\b/, use: "immutable, rejectedChanges" },
  { avoid: /\b(WORTH_A_WORD_MS|WORTH_A_LOOK|MOST_IN_FLIGHT|LONGEST_TEXT)\b/, use: "the limit and its unit" },
  {
    avoid: /\b(const|let)\s+(why|then|best|ours)\b|[(,{]\s*(why|best|ours)\s*[,:=)}]/,
    use: "cause, detail, match, owned",
    codeOnly: true,
  },
];

/** Occurrences that stay, each with its reason. */
const exceptions: { file: string; text: RegExp; reason: string }[] = [
  { file: "test/unit/words.test.ts", text: /./, reason: "the rules name the words" },
  { file: "provider/api/errors.ts", text: /"e-mail"/, reason: "a spelling in the API's own texts" },
  { file: "test/unit/refusal.test.ts", text: /\be-mail\b/i, reason: "quotations of the API's own texts" },
  { file: "bench/main.mts", text: /\bours\b/, reason: "name of this package's contender on the command line" },
  {
    file: "bench/contenders/ours.mts",
    text: /\bours\b/,
    reason: "name of this package's contender on the command line",
  },
];

const files = execFileSync("git", ["ls-files", ...folders, ...documents], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((file) => /\.(tsx?|mts|js|css|cjs|tf|md|json|ya?ml)$/.test(file));

const findings = files.flatMap((file) =>
  readFileSync(join(root, file), "utf8")
    .split("\n")
    .flatMap((line, i) =>
      rules.flatMap(({ avoid, use, codeOnly }) => {
        const [word] = (codeOnly && !/\.(tsx?|mts|js|cjs)$/.test(file) ? null : avoid.exec(line)) ?? [];
        return word === undefined ? [] : [{ file, line, message: `${file}:${i + 1}: "${word}", use: ${use}` }];
      }),
    ),
);
const isException = (found: { file: string; line: string }) =>
  exceptions.find(({ file, text }) => file === found.file && text.test(found.line));

test("source, tests and documents: no word that CONTRIBUTING.md rules out", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(findings.filter((found) => !isException(found)).map(({ message }) => message)).toEqual([]);
});

test("exceptions: each one is still needed", () => {
  const used = new Set(findings.map(isException));
  expect(exceptions.filter((exception) => !used.has(exception))).toEqual([]);
});
