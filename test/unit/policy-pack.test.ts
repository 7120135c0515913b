import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type PolicyInput, secret, startPolicies, typeOf, unknown, urnOf } from "../support/policies";

/** The policies of examples/policy, in the server that Pulumi starts for the pack. */

const folder = resolve(__dirname, "../../examples/policy");

/** Starts a pack as the CLI does; the address of the engine is not used. */
const start = (pack: string) =>
  startPolicies([require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."], pack);

let policies: Awaited<ReturnType<typeof startPolicies>>;
beforeAll(async () => {
  policies = await start(folder);
}, 60_000);
beforeEach(() => policies.configure());
afterAll(() => policies?.close());

const resource = (kind: string, name: string, properties: object, more: Partial<PolicyInput> = {}): PolicyInput => ({
  type: typeOf(kind),
  name,
  properties,
  protect: true,
  ...more,
});

/** A program that keeps all policies. */
const password = "first-W0rd-of-acme";
const userInputs = {
  email: "it@acme.example",
  password: secret(password),
  company: "Acme Ltd",
  countryCode: "DE",
  seller: 11,
  customId: "pulumi:shop/prod/acme",
  origin: "pulumi:shop/prod/acme",
};
const user = (properties: object = {}, more?: Partial<PolicyInput>) =>
  resource("ClientUser", "acme", { ...userInputs, ...properties }, more);
const account = (properties: object = {}, more?: Partial<PolicyInput>) =>
  resource("ClientAccount", "globex", { client: 50002, seller: 11, ...properties }, more);
const service = (properties: object = {}, more?: Partial<PolicyInput>) =>
  resource("ClientService", "cdn", { client: 50001, name: "CDN", status: "active", ...properties }, more);
const seller = (properties: object = {}, more?: Partial<PolicyInput>) =>
  resource("Seller", "anna", { email: "anna@reseller.example", fullName: "Anna Berg", ...properties }, more);
const feature = resource("PaidFeature", "shielding", { client: 50001, featureId: 62 });
const component: PolicyInput = { type: "shop:Customer", name: "customer", properties: {} };

const kept = [user(), account(), service(), seller(), feature, component];

test("a program that keeps all policies: no violations", async () => {
  for (const one of kept) expect(await policies.analyze(one)).toEqual([]);
  expect(await policies.analyzeStack(kept)).toEqual([]);
});

/** Without `countryCode`, as JSON has no undefined. */
const { countryCode: _, ...withoutCountry } = userInputs;
const noCountry = resource("ClientUser", "acme", withoutCountry);

describe("violations", () => {
  test.each<[string, PolicyInput, string, RegExp, Record<string, unknown>?]>([
    ["no country", noCountry, "country-code", /countryCode is missing, and cannot be set later/],
    [
      "a country that is not served",
      user({ countryCode: "us" }),
      "country-code",
      /countryCode is US, and not one of DE, AT/,
      { countries: ["DE", "AT"] },
    ],
    [
      "a user's email address of another domain",
      user({ email: "it@acme.example.org" }),
      "email-domains",
      /it@acme\.example\.org, and not of acme\.example/,
      { users: ["acme.example"] },
    ],
    [
      "a seller's email address of another domain",
      seller({ email: "anna@mail.example" }),
      "email-domains",
      /anna@mail\.example, and not of reseller\.example/,
      { sellers: ["reseller.example"] },
    ],
    ["forceDestroy", user({ forceDestroy: true }), "no-force-destroy", /API tokens/],
    ["a paused service", service({ status: "paused" }), "no-service-deletion", /status is paused: Gcore deletes/],
    ["a trial that is ended", service({ status: "trialend" }), "no-service-deletion", /status is trialend/],
    ["a pause on destroy", service({ onDestroy: "pause" }), "no-service-deletion", /onDestroy is pause/],
    ["a test account with a user", user({ isTest: true }), "no-test-accounts", /isTest is true/],
    ["a test account that exists", account({ isTest: true }), "no-test-accounts", /isTest is true/],
    ["an unprotected user", user({}, { protect: false }), "protected", /This ClientUser has no protect: true/],
    [
      "an unprotected seller, where sellers are protected",
      seller({}, { protect: false }),
      "protected",
      /This Seller has no protect: true/,
      { kinds: ["Seller"] },
    ],
  ])("%s", async (_, declared, policy, message, settings = {}) => {
    await policies.configure({ [policy]: settings });
    expect(await policies.analyze(declared)).toEqual([
      expect.objectContaining({ policy, message: expect.stringMatching(message), level: "mandatory" }),
    ]);
  });
});

describe("no violations", () => {
  test.each<[string, PolicyInput, Record<string, object>?]>([
    ["no country of an existing account", resource("ClientUser", "acme", { ...withoutCountry, adoptId: "1/2" })],
    ["a country that is served, in lower case", user({ countryCode: "de" }), { "country-code": { countries: ["DE"] } }],
    [
      "an email address in capitals",
      user({ email: "IT@ACME.EXAMPLE" }),
      { "email-domains": { users: ["acme.example"] } },
    ],
    ["a seller's domain is not a user's", user(), { "email-domains": { sellers: ["reseller.example"] } }],
    ["what is false", user({ isTest: false, forceDestroy: false })],
    ["an unprotected seller, where users alone are protected", seller({}, { protect: false })],
    ["no country in another stack", { ...noCountry, stack: "dev" }],
    ["an unprotected component", { ...component, protect: false }],
    ["another stack", user({ isTest: true, forceDestroy: true }, { protect: false, stack: "dev" })],
    ["a paused service in another stack", service({ status: "paused", onDestroy: "pause" }, { stack: "dev" })],
    [
      "exceptions by name",
      user({ isTest: true, forceDestroy: true }, { protect: false }),
      {
        protected: { except: ["acme"] },
        "no-test-accounts": { except: ["acme"] },
        "no-force-destroy": { except: ["acme"] },
      },
    ],
  ])("%s", async (_, declared, settings) => {
    await policies.configure(settings);
    expect(await policies.analyze(declared)).toEqual([]);
  });
});

test("the stacks of a policy are a setting", async () => {
  await policies.configure({ "no-test-accounts": { stacks: ["live"] } });
  expect(await policies.analyze(user({ isTest: true }))).toEqual([]);
  expect(await policies.analyze(user({ isTest: true }, { stack: "live" }))).toHaveLength(1);
});

describe("seller-of-active-services", () => {
  const lone = user({ seller: null, client: 50001, userId: 8001 });
  const acmeUrn = urnOf(lone);
  const found = async (resources: PolicyInput[], settings = {}) => {
    await policies.configure({ "seller-of-active-services": settings });
    return (await policies.analyzeStack(resources)).map(({ urn, message, level }) => [
      urn,
      message.split("\n")[1],
      level,
    ]);
  };
  const violation = [acmeUrn, "acme declares no seller. Its services: cdn.", "mandatory"];

  test("an active service of a user without a seller: a violation of the user", async () => {
    expect(await found([lone, service(), service({ name: "DNS", status: "trial" }, { name: "dns" })])).toEqual([
      violation,
    ]);
  });

  test("an account that exists, without a seller: a violation of the account", async () => {
    const globex = account({ seller: null });
    expect(await found([globex, service({ client: 50002 })])).toEqual([
      [urnOf(globex), "globex declares no seller. Its services: cdn.", "mandatory"],
    ]);
  });

  test("a preview, which does not know the ID of a new account: found by what the service is made from", async () => {
    const ofAcme = service({ client: unknown }, { dependencies: { client: [acmeUrn] } });
    expect(await found([user({ seller: null }), ofAcme])).toEqual([violation]);
    expect(await found([user({ seller: unknown }), ofAcme])).toEqual([]);
  });

  test("a status that the program does not declare: the one at Gcore counts", async () => {
    expect(await found([lone, service({ status: null, available: true, statusNow: "active" })])).toEqual([violation]);
  });

  test("unknown values elsewhere in the stack: the violation is found all the same", async () => {
    const strange = service({ client: unknown, status: unknown }, { name: "strange" });
    const other = resource("ClientUser", "other", { email: unknown, seller: null, client: unknown });
    expect(await found([strange, other, lone, service()])).toEqual([violation]);
  });

  test("a service of another account, and one that is not active: no violations", async () => {
    expect(await found([lone, service({ client: 50003 }), service({ status: "paused" }, { name: "paused" })])).toEqual(
      [],
    );
  });

  test("statuses, exceptions and stacks are settings", async () => {
    const trial = service({ status: "trial" });
    expect(await found([lone, trial], { statuses: ["trial", "active"] })).toEqual([violation]);
    expect(await found([lone, service()], { except: ["acme"] })).toEqual([]);
    expect(await found([lone, service()], { stacks: ["live"] })).toEqual([]);
  });
});

describe("values that a preview does not know: no policy fails, and the ones that cannot be decided say so", () => {
  const properties = kept.flatMap((one) =>
    Object.keys(one.properties).map((property) => [`${one.name}.${property}`, one, property] as const),
  );
  test.each(properties)("%s", async (_, one, property) => {
    const declared = { ...one, properties: { ...one.properties, [property]: unknown } };
    const found = [...(await policies.analyze(declared)), ...(await policies.analyzeStack([...kept, declared]))];
    for (const { message, level } of found) {
      expect(level).toBe("advisory");
      expect(message).toContain(`.${property} can't be known during preview`);
    }
  });

  test.each(kept.map((one) => [one.name, one] as const))("%s, with all of them", async (_, one) => {
    const names = ["forceDestroy", "isTest", "adoptId", "onDestroy", "statusNow", ...Object.keys(one.properties)];
    const properties = Object.fromEntries(names.map((name) => [name, unknown]));
    const found = await policies.analyze({ ...one, properties });
    expect(found.filter(({ level }) => level !== "advisory")).toEqual([]);
    expect(await policies.analyzeStack([{ ...one, properties }])).toEqual([]);
  });
});

test("no message of a policy contains the password", async () => {
  await policies.configure({ "email-domains": { users: ["none.example"] } });
  const found = await policies.analyze(
    user({ isTest: true, forceDestroy: true, countryCode: null }, { protect: false }),
  );
  expect(found.map(({ policy }) => policy)).toEqual([
    "country-code",
    "email-domains",
    "no-force-destroy",
    "no-test-accounts",
    "protected",
  ]);
  expect(JSON.stringify(found)).not.toContain(password);
});

test("a policy that is edited after a first run: the pack starts, although Pulumi compiles the edited file alone", async () => {
  const copy = mkdtempSync(join(tmpdir(), "gcore-policy-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  const pack = join(copy, "policy");
  cpSync(folder, pack, { recursive: true, filter: (path) => !path.includes("node_modules") });
  symlinkSync(resolve(__dirname, "../../node_modules"), join(copy, "node_modules"));
  (await start(pack)).close();
  appendFileSync(join(pack, "policies/settings.ts"), "// edited\n");
  const edited = await start(pack);
  onTestFinished(edited.close);
  await edited.configure();
  expect(await edited.analyze(user({ isTest: true }))).toHaveLength(1);
});
