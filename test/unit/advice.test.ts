import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { advice } from "../../provider/engine/advice";

/** Each piece of advice in an error or a log line is followed to its end by a test, whose title is marked with its name. */

const titles = globSync("test/{engine,faults}/**/*.test.ts").map((file) => readFileSync(file, "utf8"));
const followed = new Set(titles.flatMap((text) => [...text.matchAll(/\[advice: (\w+)\]/g)].map(([, name]) => name)));

test.each(Object.keys(advice))("advice %s: followed to its end by a test", (name) => {
  expect([...followed]).toContain(name);
});

test("every mark in a test's title names a piece of advice", () => {
  expect([...followed].filter((name) => !(String(name) in advice))).toEqual([]);
});
