import { describe, expect, test } from "vitest";
import { inputProblems, preserveOriginMark, rejectedChanges, sameBy } from "../../provider/engine/check";
import { originMark } from "../../provider/engine/origin-mark";
import { clientUser } from "../../provider/resources/client-user";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const acme = { email: "it@acme.example", password: "p", company: "Acme" };

test("a product listed twice: reported together with the other problems", () => {
  const services = [
    { productName: "CDN", available: true },
    { productName: "WAF", available: true },
    { productName: "CDN", available: false },
    { productName: "DNS" },
  ];
  const problems = inputProblems(clientUser, { ...acme, services });
  expect(problems.sort()).toEqual([
    "services: CDN is listed twice",
    expect.stringMatching(/^services\[1\]\.productName: must be one of/),
    "services[3].available: must be true, false or null",
  ]);
  const unknowns = [
    { productName: unknown, available: true },
    { productName: unknown, available: true },
  ];
  expect(inputProblems(clientUser, { ...acme, services: unknowns })).toEqual([]);
});

test("immutable input removed: accepted; changed: rejected", () => {
  expect(rejectedChanges(clientUser, { ...acme, countryCode: "DE" }, acme)).toEqual([]);
  expect(rejectedChanges(clientUser, acme, { ...acme, countryCode: "DE" })).toEqual([
    expect.stringMatching(/^countryCode: /),
  ]);
});

describe("unknown values during preview", () => {
  test("at any depth: accepted, other problems are still reported", () => {
    const services = [{ productName: unknown, available: unknown }, unknown, { productName: "WAF", available: true }];
    const inputs = { ...acme, email: unknown, lang: unknown, seller: unknown, isTest: unknown, services };
    expect(inputProblems(clientUser, inputs)).toEqual([
      expect.stringMatching(/^services\[2\]\.productName: must be one of/),
    ]);
    expect(inputProblems(clientUser, { ...acme, services: unknown })).toEqual([]);
  });

  test("compared with a known value, at any depth: a change, but never a rejected one", () => {
    const same = sameBy(clientUser.normalize);
    expect(same("email", "it@acme.example", unknown)).toBe(false);
    expect(same("services", [], [{ productName: "CDN", available: unknown }])).toBe(false);
    expect(same("services", [], [unknown])).toBe(false);
    expect(rejectedChanges(clientUser, { ...acme, countryCode: "DE" }, { ...acme, countryCode: unknown })).toEqual([]);
  });
});

test.each<[keyof typeof clientUser.normalize, unknown, unknown, boolean]>([
  ["email", "IT@acme.example", "it@Acme.example", true],
  ["company", " Acme", "Acme ", true],
  ["phone", "+49 (30) 12-34", "+49301234", true],
  ["phone", "+49301234", "+49301235", false],
  ["name", null, undefined, true],
  ["name", "", undefined, false],
  ["countryCode", "de", "DE", true],
  ["userType", "common", undefined, true],
  ["forceDestroy", false, undefined, true],
  ["isTest", false, undefined, false],
  ["services", [{ productName: "CDN", available: null }], undefined, true],
  [
    "services",
    [
      { productName: "CDN", available: true },
      { productName: "DNS", available: false },
    ],
    [
      { productName: "DNS", available: false },
      { productName: "CDN", available: true },
    ],
    true,
  ],
  ["services", [{ productName: "CDN", available: true }], [{ productName: "CDN", available: false }], false],
])("%s: %j and %j compared: equal is %s", (name, a, b, expected) => {
  const same = sameBy(clientUser.normalize);
  expect([same(name, a, b), same(name, b, a)]).toEqual([expected, expected]);
});

test("declared customId or null: replaces the origin mark; other default marks: do not", () => {
  const [mark, other] = [{ customId: "pulumi:shop/prod/acme" }, { customId: "pulumi:shop/dev/acme" }];
  expect(preserveOriginMark(clientUser, {}, mark)).toEqual(mark);
  expect(preserveOriginMark(clientUser, other, mark)).toEqual(other);
  expect(preserveOriginMark(clientUser, { customId: "crm-7" }, mark)).toEqual(mark);
  expect(preserveOriginMark(clientUser, other, { customId: "crm-7" })).toEqual({ customId: "crm-7" });
  expect(preserveOriginMark(clientUser, other, { customId: null })).toEqual({ customId: null });
});

test("stack renamed: origin mark preserved; resource renamed: changed", () => {
  const long = "x".repeat(120);
  const isPreserved = (from: string[], to: string[]) => {
    const [old, mark] = [from, to].map(([stack = "", name = ""]) => originMark("shop", stack, name));
    return preserveOriginMark(clientUser, { customId: old }, { customId: mark }).customId === old;
  };
  expect(isPreserved(["prod", "acme"], ["production", "acme"])).toBe(true);
  expect(isPreserved(["prod", long], ["production", long])).toBe(true);
  expect(isPreserved(["prod", "acme"], ["prod", "acme-gmbh"])).toBe(false);
  expect(isPreserved(["prod", "a/b"], ["prod", "b"])).toBe(false);
});

test("origin marks of long names: shortened to 100 characters and still different", () => {
  const long = "a".repeat(200);
  expect(originMark("shop", "prod", "acme")).toBe("pulumi:shop/prod/acme");
  const [one, other] = [originMark("shop", "prod", `${long}1`), originMark("shop", "prod", `${long}2`)];
  expect([one.length, other.length]).toEqual([100, 100]);
  expect(one).not.toBe(other);
});
