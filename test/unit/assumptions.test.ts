import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultAssumptions } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { assumptionChecks } from "../../cli/src/doctor/assumptions";
import { root, textOf } from "../support/markdown";

/** docs/assumptions.md has a row for each assumption of the sandbox and for each check of the doctor, and no other. */

const rows = textOf("docs/assumptions.md")
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")))
  .map(([first = "", ...cells]) => ({
    name: /^\*?`(\w+)`\*?$/.exec(first)?.[1] ?? "",
    isSwitch: !first.startsWith("*"),
    cells,
  }));

const assumptions = rows.filter(({ name, cells }) => name !== "" && cells.length === 4);
const switches = Object.keys(defaultAssumptions);

test("assumptions: one row for each switch of the sandbox; those in italics have none", () => {
  const named = assumptions.filter(({ isSwitch }) => isSwitch).map(({ name }) => name);
  expect(named.toSorted()).toEqual(switches.toSorted());
  const others = assumptions.filter(({ isSwitch }) => !isSwitch).map(({ name }) => name);
  expect(others.filter((name) => switches.includes(name))).toEqual([]);
});

test("checks of the doctor: those whose row names a GET", () => {
  const settled = assumptions.filter(({ cells: [, , , settledBy = ""] }) => settledBy.startsWith("`GET "));
  expect(settled.map(({ name }) => name).toSorted()).toEqual(Object.keys(assumptionChecks).toSorted());
});

describe.each(assumptions)("$name", ({ name, isSwitch, cells }) => {
  const [, , consequence = "", settledBy] = cells;
  const [, path] = /\(\[test\]\(\.\.\/(test\/[\w/.-]+)\)\)/.exec(consequence) ?? [];

  test("settled by a GET, or the reason why by none", () => {
    expect(settledBy).toMatch(/^(`GET \/iam\/[^`]+`(, )?)+$|^none: (only a write shows it|nothing depends on it)$/);
  });

  test("if it is wrong: a test proves it, with the switch turned", () => {
    if (isSwitch) expect(path, consequence).toBeDefined();
    if (path === undefined) return;
    expect(existsSync(join(root, path)), path).toBe(true);
    if (isSwitch) expect(readFileSync(join(root, path), "utf8")).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
