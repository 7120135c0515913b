import { expect, test } from "vitest";
import { optionValue } from "../../provider/api/services";

/** The API returns the values of options as text, with the name of their type. */

test.each([
  ["int", "5", 5],
  ["int", "-12", -12],
  ["int", "5 GB", "5 GB"],
  ["int", "about 5", "about 5"],
  ["int", "", ""],
  ["bool", "true", true],
  ["bool", "False", false],
  ["bool", "untrue", "untrue"],
  ["bool", "true or not", "true or not"],
  ["bool", "5", "5"],
  ["str", "5", "5"],
  ["str", "true", "true"],
  [undefined, "5", "5"],
  ["int", 7, 7],
  ["bool", false, false],
  ["str", null, undefined],
  ["str", undefined, undefined],
])("%s %j is %j", (value_type, value, expected) => {
  expect(optionValue({ name: "max_rules", value, value_type })).toBe(expected);
});
