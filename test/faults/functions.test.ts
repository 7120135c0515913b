import { type Output, output, secret } from "@pulumi/pulumi";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import * as gcore from "../../provider";
import { failure, resolved, startForFunctions } from "../support/functions";

/** The functions about users, sellers, features and services, their settings and types, called as a program calls them. */

test("getUser: the user with the ID of their account; missing: an error or null", async () => {
  const api = await startForFunctions();
  const { client, userId } = await api.create("acme", { lang: "de" });
  expect(await gcore.getUser({ userId })).toMatchObject({
    userId,
    client,
    email: "it@acme.example",
    lang: "de",
    userType: "common",
    isActive: true,
    twoFa: false,
    authTypes: ["password"],
    groups: [{ id: 1, name: "Administrators" }],
  });
  expect(await resolved(gcore.getUserOutput({ userId: output(userId) }))).toMatchObject({ client });
  expect(await failure(gcore.getUser({ userId: 999_999 }))).toContain(
    "there is no user with userId 999999 at reseller 1",
  );
  expect(await gcore.getUser({ userId: 999_999, onMissing: "null" })).toBeNull();
});

describe("sellers", () => {
  test("getSeller by sellerId or email, in any case; missing, deleted: an error or null", async () => {
    const api = await startForFunctions();
    await api.create("acme");
    const [anna, bo] = [await api.createSeller("anna"), await api.createSeller("bo")];
    const record = {
      sellerId: anna,
      email: "anna@seller.example",
      fullName: "anna",
      resellerName: "Reseller 1",
      company: "Reseller 1",
      dateJoined: expect.any(String),
      activated: false,
      deleted: false,
    };
    expect(await gcore.getSeller({ sellerId: anna })).toEqual(record);
    expect(await gcore.getSeller({ email: "Anna@Seller.example" })).toEqual(record);
    expect(await resolved(gcore.getSellerOutput({ email: output("anna@seller.example") }))).toEqual(record);
    await api.send("DELETE", `/iam/admin/sellers/${bo}`);
    for (const args of [{ sellerId: bo }, { email: "bo@seller.example" }, { sellerId: 999_999 }]) {
      expect(await gcore.getSeller({ ...args, onMissing: "null" })).toBeNull();
    }
    expect(await failure(gcore.getSeller({ email: "bo@seller.example" }))).toBe(
      'getSeller: there is no seller with email "bo@seller.example" at reseller 1, which the API key belongs to.',
    );
  });

  test.each(["whole", "part", "exactCase"] as const)(
    "getSeller by email, where the filter compares %s: the whole email address, in any case",
    async (sellerEmailFilter) => {
      const api = await startForFunctions({ assumptions: { sellerEmailFilter } });
      const [ann] = [await api.createSeller("ann"), await api.createSeller("joann")];
      expect(await gcore.getSeller({ email: "ANN@seller.example" })).toMatchObject({ sellerId: ann });
    },
  );

  test("a reseller without accounts: a seller is looked for all the same", async () => {
    await startForFunctions();
    expect(await gcore.getSeller({ email: "anna@seller.example", onMissing: "null" })).toBeNull();
    expect(await failure(gcore.getSeller({ email: "anna@seller.example" }))).toBe(
      'getSeller: there is no seller with email "anna@seller.example".',
    );
  });

  test("getSellers: the filters, and deleted sellers too without one", async () => {
    const api = await startForFunctions();
    const [anna, bo] = [await api.createSeller("anna"), await api.createSeller("bo")];
    await api.send("DELETE", `/iam/admin/sellers/${bo}`);
    const ids = async (filters?: gcore.GetSellersArgs) =>
      (await gcore.getSellers(filters)).map(({ sellerId }) => sellerId);
    expect((await ids()).filter((id) => id >= anna)).toEqual([anna, bo]);
    expect(await ids({ deleted: false, activated: false, fullName: "anna", resellerName: "Reseller 1" })).toEqual([
      anna,
    ]);
    expect((await resolved(gcore.getSellersOutput({ deleted: output(true) }))).map(({ sellerId }) => sellerId)).toEqual(
      [bo],
    );
    expect(await failure(gcore.getSellers({ mail: "x" } as gcore.GetSellersArgs))).toContain(
      'Unrecognized key: "mail"',
    );
  });
});

describe("features", () => {
  test("getFeature by featureId or name, in any case; missing: an error or null", async () => {
    const api = await startForFunctions();
    const record = { featureId: 62, name: "Origin shielding", service: "CDN", isFree: false };
    expect(await gcore.getFeature({ featureId: 62 })).toEqual(record);
    expect(await gcore.getFeature({ name: "origin SHIELDING", service: "CDN" })).toEqual(record);
    expect(await resolved(gcore.getFeatureOutput({ name: output("Origin shielding") }))).toEqual(record);
    expect(api.calls()).toEqual(["GET /iam/admin/feature/62", "GET /iam/admin/feature", "GET /iam/admin/feature"]);
    for (const args of [{ featureId: 1 }, { name: "None" }, { name: "Origin shielding", service: "DNS" }]) {
      expect(await gcore.getFeature({ ...args, onMissing: "null" })).toBeNull();
    }
    expect(await failure(gcore.getFeature({ name: "None" }))).toBe('getFeature: there is no feature with name "None".');
  });

  test("getFeature, two products with a feature of that name: an error with both IDs", async () => {
    const api = await startForFunctions();
    const twins = ["CDN", "DNS"].map((service, id) => ({ id: id + 1, name: "Logs", service, is_free: true }));
    api.sandbox.faults.add({ kind: "unreadable", body: JSON.stringify(twins), times: "always" });
    expect(await failure(gcore.getFeature({ name: "logs" }))).toBe(
      "getFeature: 2 match, with featureId 1, 2: give the featureId instead.",
    );
    expect(await gcore.getFeature({ name: "logs", service: "DNS" })).toMatchObject({ featureId: 2 });
  });

  test("getFeatures: filtered here, one request each", async () => {
    const api = await startForFunctions();
    const ids = async (filters?: gcore.GetFeaturesArgs) =>
      (await gcore.getFeatures(filters)).map(({ featureId }) => featureId);
    expect(await ids()).toEqual([61, 62, 63, 64, 65, 66]);
    expect(await ids({ service: "CDN", isFree: true })).toEqual([61, 63]);
    expect(await ids({ name: "raw logs" })).toEqual([63]);
    expect(await ids({ isFree: false })).toEqual([62, 65]);
    expect(await resolved(gcore.getFeaturesOutput({ service: output("DNS") }))).toHaveLength(1);
    expect(api.calls()).toEqual(Array(5).fill("GET /iam/admin/feature"));
  });
});

describe("services and availability of an account", () => {
  test("getServices: by name, options in their own types", async () => {
    const api = await startForFunctions();
    const { client } = await api.create("acme", { services: [{ product_name: "CDN", available: true }] });
    const before = await gcore.getServices({ client });
    expect(Object.keys(before).sort()).toEqual(["CDN", "CLOUD", "DDOS", "DNS", "STORAGE", "STREAMING"]);
    const { serviceId = 0 } = before.CDN ?? {};
    await api.send("PUT", `/iam/clients/${client}/services/${serviceId}`, { status: "trial", enabled: true });
    const { CDN } = await gcore.getServices({ client });
    expect(CDN).toMatchObject({
      serviceId,
      client,
      name: "CDN",
      status: "trial",
      previousStatus: "new",
      enabled: true,
    });
    expect(Object.values(CDN?.options ?? {}).map((value) => typeof value)).toEqual(
      expect.arrayContaining(["number", "boolean"]),
    );
    expect(JSON.stringify(CDN)).not.toContain("null");
    expect(await resolved(gcore.getServicesOutput({ client: output(client) }))).toMatchObject({ CDN: { serviceId } });
  });

  test("getProductAvailability and getDefaultProductAvailability: true or false by product", async () => {
    const api = await startForFunctions();
    const { client } = await api.create("acme", { services: [{ product_name: "CLOUD", available: true }] });
    const defaults = await gcore.getDefaultProductAvailability();
    expect(defaults).toMatchObject({ CLOUD: expect.any(Boolean), CDN: expect.any(Boolean) });
    expect(await gcore.getProductAvailability({ client })).toEqual({ ...defaults, CLOUD: true });
    expect(await resolved(gcore.getDefaultProductAvailabilityOutput())).toEqual(defaults);
    expect(await resolved(gcore.getProductAvailabilityOutput({ client: output(client) }))).toMatchObject({
      CLOUD: true,
    });
  });

  test("no such account: an error that names it", async () => {
    const api = await startForFunctions();
    await api.create("acme");
    const text = "there is no client account with client 999999 at reseller 1, which the API key belongs to.";
    expect(await failure(gcore.getServices({ client: 999_999 }))).toBe(`getServices: ${text}`);
    expect(await failure(gcore.getProductAvailability({ client: 999_999 }))).toBe(`getProductAvailability: ${text}`);
    expect(await failure(gcore.getServices({} as gcore.GetServicesArgs))).toBe(
      "getServices: client: must be a client account's ID.",
    );
  });
});

test('types: null only where onMissing is "null"; an Output form takes outputs', () => {
  // Never called: the compiler checks the types.
  const lookups = () => ({
    found: gcore.getClient({ client: 7 }),
    orNull: gcore.getClient({ customId: "CRM-1", onMissing: "null" }),
    orError: gcore.getSeller({ email: "anna@seller.example", onMissing: "error" }),
    output: gcore.getFeatureOutput({ name: output("Logs"), onMissing: "null" }),
    list: gcore.getClientsOutput({ featureIds: [output(61), 62], cdn: output("trial" as const) }),
    // @ts-expect-error an Output in plain form
    plain: gcore.getServices({ client: output(7) }),
    // @ts-expect-error a misspelt argument
    misspelt: gcore.getUser({ userID: 7 }),
  });
  type Lookups = ReturnType<typeof lookups>;
  expectTypeOf<Lookups["found"]>().resolves.toEqualTypeOf<gcore.GetClientResult>();
  expectTypeOf<Lookups["orNull"]>().resolves.toEqualTypeOf<gcore.GetClientResult | null>();
  expectTypeOf<Lookups["orError"]>().resolves.toEqualTypeOf<gcore.GetSellerResult>();
  expectTypeOf<Lookups["output"]>().toEqualTypeOf<Output<gcore.GetFeatureResult | null>>();
  expectTypeOf<Lookups["list"]>().toEqualTypeOf<Output<gcore.GetClientResult[]>>();
});

describe("settings", () => {
  test("a wrong key, no key: the error without the key, after the name of the function", async () => {
    await startForFunctions({}, { GCORE_API_KEY: "1234$wrong-secret" });
    const text = await failure(gcore.getClient({ client: 7, onMissing: "null" }));
    expect(text).toMatch(/^getClient: GET \/iam\/clients\/7 answered 401: the API key is not accepted/);
    expect(text).not.toContain("wrong-secret");
    vi.stubEnv("GCORE_API_KEY", "");
    expect(await failure(gcore.getSellers())).toMatch(/^getSellers: .*GCORE_API_KEY \(environment\): is missing/);
  });

  test("secret argument: not in the error", async () => {
    await startForFunctions();
    const userEmail = secret("hidden@acme.example");
    const found = gcore.getClientOutput({ userEmail }) as unknown as Record<
      "isKnown" | "isSecret",
      Promise<boolean>
    > & {
      promise(): Promise<unknown>;
      allResources(): Promise<unknown>;
    };
    // An Output has several promises, and each of them fails.
    for (const other of [found.isKnown, found.isSecret, found.allResources()]) other.catch(() => {});
    const text = await failure(found.promise());
    expect(text).toMatch(/^getClient: there is no client account with userEmail \[secret\]/);
    expect(text).not.toContain("hidden");
  });

  test("the same settings: one Api for all functions; another key: another one", async () => {
    const api = await startForFunctions();
    const { client } = await api.create("acme");
    const missing = { onMissing: "null" } as const;
    await gcore.getClient({ client: 999_999, ...missing });
    await gcore.getUser({ userId: 999_999, ...missing });
    // Whose key it is was read once.
    expect(api.calls()).toEqual(["GET /iam/clients/999999", "GET /iam/clients", "GET /iam/users/999999"]);
    vi.stubEnv("GCORE_API_KEY", "5678$sandbox-second-key");
    expect(await failure(gcore.getClient({ client, ...missing }))).toContain("may be another reseller's");
  });
});
