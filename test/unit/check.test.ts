import { describe, expect, test } from "vitest";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { equalityBy } from "../../provider/engine/equality";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { Session } from "../../provider/engine/session";
import { UNKNOWN } from "../../provider/engine/unknown";
import { dynamicProvider } from "../../provider/pulumi/dynamic-provider";
import { clientUser } from "../../provider/resources/client-user";
import { freeFeature } from "../../provider/resources/free-feature";

/** What `check` says of inputs without a request, as Pulumi's plugin calls it. */

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const origin = "pulumi:shop/prod/acme";
const acme = { email: "it@acme.example", password: "p", company: "Acme", origin };

const newProvider = () => {
  const api = openApi(readSettings(() => undefined, { GCORE_API_KEY: "1$x" }));
  return dynamicProvider(bindLifecycle(clientUser, new Session(() => api)), clientUser.secrets);
};
const check = async (olds: object, news: object) => {
  const { inputs, failures } = await newProvider().check({ ...olds }, { ...news });
  return { inputs, reasons: failures.map(({ reason }) => reason) };
};
const reasons = async (news: object, olds: object = {}) => (await check(olds, news)).reasons;

test("a product listed twice: reported together with the other problems", async () => {
  const services = [
    { productName: "CDN", available: true },
    { productName: "WAF", available: true },
    { productName: "CDN", available: false },
    { productName: "DNS" },
  ];
  const problems = await reasons({ ...acme, services });
  expect(problems.sort()).toEqual([
    "services: CDN is listed twice",
    expect.stringMatching(/^services\[1\]\.productName: must be one of/),
    "services[3].available: must be true, false or null",
  ]);
  const unknowns = [
    { productName: unknown, available: true },
    { productName: unknown, available: true },
  ];
  expect(await reasons({ ...acme, services: unknowns })).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["email", "it@", "must be an email address"],
  ["email", 7, "must be an email address"],
  ["email", undefined, "must be an email address"],
  ["company", 7, "must be text"],
  ["company", " ", "must not be empty"],
  ["password", 7, "must be text"],
  ["password", "", "must not be empty"],
  ["lang", "fr", "must be one of de, en, ru, zh, az"],
  ["userType", "sales", "must be common"],
  ["countryCode", "DEU", "must be two letters (ISO 3166-1 alpha-2)"],
  ["countryCode", "D", "must be two letters (ISO 3166-1 alpha-2)"],
  ["countryCode", "4D", "must be two letters (ISO 3166-1 alpha-2)"],
  ["isTest", "yes", "must be true or false"],
  ["seller", 0, "must be a seller's ID"],
  ["seller", 1.5, "must be a seller's ID"],
  ["seller", "12", "must be a seller's ID"],
  ["adoptId", "50001/8001/1", 'must be "<clientId>/<userId>" or "<userId>"'],
  ["companyName", "Acme", "there is no such input"],
])("%s: %j: rejected, and the text says what it must be", async (name, value, text) => {
  expect(await reasons({ ...acme, [name]: value })).toEqual([`${name}: ${text}`]);
});

test("several problems at once, also inside a list: all are said, each with its path", async () => {
  const services = [
    { productName: "CDN", available: true },
    { productName: "DNS", available: true, plan: "pro", region: "eu" },
  ];
  const { password: _, ...declared } = acme;
  expect(await reasons({ ...declared, email: "it", services })).toEqual([
    "email: must be an email address",
    "services[1].plan: there is no such input",
    "services[1].region: there is no such input",
    "password: is required",
  ]);
});

test("a value that no program can declare, found by refresh and repeated by ignoreChanges: accepted; another one is not", async () => {
  const { email: _, ...withoutEmail } = acme;
  const odd = { lang: "fr", services: [{ productName: "OLD", available: true }] };
  expect(await reasons({ ...acme, ...odd }, { ...acme, ...odd })).toEqual([]);
  expect(await reasons({ ...acme, ...odd, lang: "it" }, { ...acme, ...odd })).toEqual([
    "lang: must be one of de, en, ru, zh, az",
  ]);
  // Absent from both is no value.
  expect(await reasons(withoutEmail, withoutEmail)).toEqual(["email: must be an email address"]);
});

test("immutable input removed: accepted; added or changed: rejected with both values", async () => {
  expect(await reasons(acme, { ...acme, countryCode: "DE" })).toEqual([]);
  expect(await reasons({ ...acme, countryCode: "DE" }, acme)).toEqual([
    expect.stringMatching(/^countryCode: cannot be changed from none to "DE"/),
  ]);
  expect(await reasons({ ...acme, countryCode: "FR" }, { ...acme, countryCode: "DE" })).toEqual([
    expect.stringMatching(/^countryCode: cannot be changed from "DE" to "FR"/),
  ]);
});

test("immutable input of which refresh observed another value: both are accepted, a third is rejected", async () => {
  const olds = { ...acme, countryCode: "DE", observed: { countryCode: "FR" } };
  const kept = await check(olds, { ...acme, countryCode: "DE" });
  expect([kept.reasons, kept.inputs.observed]).toEqual([[], { countryCode: "FR" }]);
  const followed = await check(olds, { ...acme, countryCode: "FR" });
  expect([followed.reasons, followed.inputs.observed]).toEqual([[], undefined]);
  expect(await reasons({ ...acme, countryCode: "IT" }, olds)).toEqual([expect.stringMatching(/"DE" to "IT"/)]);
  expect((await check(olds, acme)).inputs.observed).toBeUndefined();
  // Of an input that a later version of this package can change.
  const changeable = { ...acme, lang: "de", observed: { lang: "en" } };
  const upgraded = await check(changeable, { ...acme, lang: "de" });
  expect([upgraded.reasons, upgraded.inputs.observed]).toEqual([[], undefined]);
});

test("type that Gcore shows of an adopted user: another one is rejected, though it is the default", async () => {
  const olds = { ...acme, userType: "sales" };
  expect(await reasons({ ...acme, userType: "common" }, olds)).toEqual([
    expect.stringMatching(/^userType: cannot be changed from "sales" to "common"/),
  ]);
  expect(await reasons(acme, olds)).toEqual([]);
});

describe("password", () => {
  test.each<[string, object, object, RegExp | undefined]>([
    ["absent at creation: rejected", {}, { password: undefined }, /^password: is required/],
    ["absent at adoption: accepted", { ...acme, password: undefined }, { password: undefined }, undefined],
    ["no longer declared: rejected", acme, { password: undefined }, /^password: is required/],
    [
      "never declared, email changed: rejected",
      { ...acme, password: undefined },
      { password: undefined, email: "new@acme.example" },
      /^email: .*current password/,
    ],
    ["never declared, now declared: rejected", { ...acme, password: undefined }, {}, /^password: .*current password/],
  ])("%s", async (_what, olds, change, text) => {
    const found = await reasons({ ...acme, ...change }, olds);
    expect(found).toEqual(text ? [expect.stringMatching(text)] : []);
  });
});

describe("unknown values during preview", () => {
  test("at any depth: accepted, other problems are still reported", async () => {
    const services = [{ productName: unknown, available: unknown }, unknown, { productName: "WAF", available: true }];
    const inputs = { ...acme, email: unknown, lang: unknown, seller: unknown, isTest: unknown, services };
    expect(await reasons(inputs)).toEqual([expect.stringMatching(/^services\[2\]\.productName: must be one of/)]);
    expect(await reasons({ ...acme, services: unknown })).toEqual([]);
  });

  test("compared with a known value, at any depth: a change, but never a rejected one", async () => {
    const same = equalityBy(clientUser);
    expect(same("email", "it@acme.example", UNKNOWN)).toBe(false);
    expect(same("services", [], [{ productName: "CDN", available: UNKNOWN }])).toBe(false);
    expect(same("services", [], [UNKNOWN])).toBe(false);
    expect(await reasons({ ...acme, countryCode: unknown }, { ...acme, countryCode: "DE" })).toEqual([]);
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
  ["forceDestroy", true, undefined, false],
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
  const same = equalityBy(clientUser);
  expect([same(name, a, b), same(name, b, a)]).toEqual([expected, expected]);
});

test.each<[string, object, object, unknown, RegExp | undefined]>([
  ["absent: the origin mark", {}, {}, origin, undefined],
  ["null: none", {}, { customId: null }, null, undefined],
  ["declared: kept", {}, { customId: "crm-7" }, "crm-7", undefined],
  ["absent after a rename: the new mark", { ...acme, customId: "pulumi:shop/dev/acme" }, {}, origin, undefined],
  ["the computed mark, declared: accepted", {}, { customId: origin }, origin, undefined],
  [
    "another mark: rejected",
    {},
    { customId: "pulumi:shop/prod/globex" },
    "pulumi:shop/prod/globex",
    /^customId: must not begin/,
  ],
  ["another mark with blanks: rejected", {}, { customId: " pulumi:x" }, " pulumi:x", /^customId: must not begin/],
  [
    "the old mark, kept by ignoreChanges: accepted",
    { ...acme, customId: "pulumi:shop/dev/acme" },
    { customId: "pulumi:shop/dev/acme" },
    "pulumi:shop/dev/acme",
    undefined,
  ],
])("customId %s", async (_what, olds, change, value, text) => {
  const { inputs, reasons } = await check(olds, { ...acme, ...change });
  expect(inputs.customId).toEqual(value);
  expect(reasons).toEqual(text ? [expect.stringMatching(text)] : []);
});

test("two resources of a program with the same email: the second is rejected and names the first", async () => {
  const provider = newProvider();
  const twin = { ...acme, email: "IT@acme.example", origin: "pulumi:shop/prod/twin" };
  expect((await provider.check({}, acme)).failures).toEqual([]);
  expect((await provider.check({}, acme)).failures).toEqual([]);
  expect((await provider.check({}, twin)).failures).toEqual([
    { property: "", reason: expect.stringMatching(/^email: .*ClientUser acme/) },
  ]);
});

test("two resources of a program whose email addresses are not known yet: both are accepted", async () => {
  const provider = newProvider();
  for (const name of ["acme", "globex"]) {
    const inputs = { ...acme, email: unknown, origin: `pulumi:shop/prod/${name}` };
    expect((await provider.check({}, inputs)).failures).toEqual([]);
  }
});

test.each<[string, [object, object], string[]]>([
  [
    "whose IDs are not known yet",
    [
      { client: 7, featureId: unknown },
      { client: 7, featureId: unknown },
    ],
    [],
  ],
  [
    "of two accounts, the digits of whose IDs are the same",
    [
      { client: 1, featureId: 12 },
      { client: 11, featureId: 2 },
    ],
    [],
  ],
  [
    "that are the same",
    [
      { client: 7, featureId: 61 },
      { client: 7, featureId: 61 },
    ],
    [expect.stringMatching(/^client: it belongs to the resource FreeFeature dns of this program\./)],
  ],
])("two features %s", async (_what, [dns, waf], problems) => {
  const api = openApi(readSettings(() => undefined, { GCORE_API_KEY: "1$x" }));
  const provider = dynamicProvider(bindLifecycle(freeFeature, new Session(() => api)), []);
  expect((await provider.check({}, { ...dns, origin: "pulumi:shop/prod/dns" })).failures).toEqual([]);
  const { failures } = await provider.check({}, { ...waf, origin: "pulumi:shop/prod/waf" });
  expect(failures.map(({ reason }) => reason)).toEqual(problems);
});

test("settings are wrong, and so is an input: both are said; the other resources refer to the first", async () => {
  const session = new Session(() => openApi(readSettings(() => undefined, {})));
  const provider = dynamicProvider(bindLifecycle(clientUser, session), clientUser.secrets);
  const missing = "gcore-reseller:apiKey (stack config) or GCORE_API_KEY (environment): is missing";
  const reasonsOf = async (more: object) =>
    (await provider.check({}, { ...acme, ...more })).failures.map(({ reason }) => reason);
  expect(await reasonsOf({ lang: "fr" })).toEqual([missing, "lang: must be one of de, en, ru, zh, az"]);
  const globex = { email: "it@globex.example", origin: "pulumi:shop/prod/globex" };
  expect(await reasonsOf(globex)).toEqual(["the same cause as ClientUser acme (it@acme.example)."]);
  // No request is made for an adoption either.
  expect(await reasonsOf({ ...globex, adoptId: "7/8" })).toEqual([
    "the same cause as ClientUser acme (it@acme.example).",
  ]);

  const other = new Session(() => openApi(readSettings(() => undefined, {})));
  const user = dynamicProvider(bindLifecycle(clientUser, other), clientUser.secrets);
  const feature = dynamicProvider(bindLifecycle(freeFeature, other), []);
  expect((await user.check({}, { ...acme, email: unknown })).failures).toEqual([{ property: "", reason: missing }]);
  const inputs = { client: 7, featureId: 61, origin: "pulumi:shop/prod/dns" };
  expect((await feature.check({}, inputs)).failures).toEqual([
    { property: "", reason: "the same cause as ClientUser acme." },
  ]);
});
