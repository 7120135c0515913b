import { expect, test } from "vitest";
import { isOriginMark, originMark, parseMark, urnOf } from "../../provider/engine/origin-mark";

/** The origin mark, and the declaration that it names. */

const long = "a".repeat(200);
const type = "pulumi-nodejs:dynamic/gcore-reseller:ClientUser";

test.each([
  ["acme", "shop/prod", "", "acme", `urn:pulumi:prod::shop::${type}::acme`],
  ["my:index:Team$acme", "shop/prod", "my:index:Team$", "acme", `urn:pulumi:prod::shop::my:index:Team$${type}::acme`],
  ["my:a:A$my:b:B$acme", "shop/prod", "my:a:A$my:b:B$", "acme", `urn:pulumi:prod::shop::my:a:A$my:b:B$${type}::acme`],
  ["eu/acme", "shop/prod", "", "eu/acme", `urn:pulumi:prod::shop::${type}::eu/acme`],
  ["acme$gmbh", "shop/prod", "", "acme$gmbh", `urn:pulumi:prod::shop::${type}::acme$gmbh`],
  ["my:a:A$acme$gmbh", "shop/prod", "my:a:A$", "acme$gmbh", `urn:pulumi:prod::shop::my:a:A$${type}::acme$gmbh`],
])("%s: its parts and its URN", (path, stack, parents, name, urn) => {
  const mark = originMark("shop", "prod", path);
  expect(mark).toBe(`pulumi:shop/prod/${path}`);
  expect(parseMark(mark)).toEqual({ stack, parents, name, isShortened: false });
  // A field at Gcore may have been edited.
  expect(parseMark(` ${mark} `)).toEqual({ stack, parents, name, isShortened: false });
  expect(urnOf(mark, "ClientUser")).toBe(urn);
});

test("a mark that was cut at Gcore: of no stack, and without a name", () => {
  expect(parseMark("pulumi:shop")).toEqual({ stack: "shop/", parents: "", name: "", isShortened: false });
});

test("100 characters are kept; one more is shortened to 100, ends in a hash of all, and names no URN", () => {
  const kept = originMark("shop", "prod", "a".repeat(83));
  expect([kept, kept.length, parseMark(kept).isShortened]).toEqual([`pulumi:shop/prod/${"a".repeat(83)}`, 100, false]);
  const shortened = originMark("shop", "prod", "a".repeat(84));
  expect(shortened).toMatch(/^pulumi:shop\/prod\/a{66}~[0-9a-f]{16}$/);
  expect([shortened.length, parseMark(shortened).isShortened]).toEqual([100, true]);
  expect(urnOf(shortened, "ClientUser")).toBeUndefined();
  expect(originMark("shop", "prod", `${long}1`)).not.toBe(originMark("shop", "prod", `${long}2`));
});

test.each([
  ["ends in 16 digits, but is shorter", "acme~0123456789abcdef", false],
  ["100 characters, but ends in 15 digits", `${"a".repeat(67)}~0123456789abcde`, false],
  ["100 characters with the digits before the end", `${"a".repeat(65)}~0123456789abcdefx`, false],
  ["100 characters that end like a hash", `${"a".repeat(66)}~0123456789abcdef`, true],
])("a name that %s: counts as shortened is %j", (_what, name, isShortened) => {
  const mark = `pulumi:shop/prod/${name}`;
  expect(parseMark(mark).isShortened).toBe(isShortened);
  expect(urnOf(mark, "ClientUser") === undefined).toBe(isShortened);
});

test.each([
  ["pulumi:shop/prod/acme", true],
  [" pulumi:x", true],
  ["crm-pulumi:x", false],
  ["Pulumi:x", false],
  ["pulumi", false],
  [7, false],
  [null, false],
  [undefined, false],
])("%j is a mark: %j", (value, expected) => {
  expect(isOriginMark(value)).toBe(expected);
});
