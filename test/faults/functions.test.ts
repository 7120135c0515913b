import { type Output, output, RunError, secret } from "@pulumi/pulumi";
import type { SandboxOptions } from "gcore-reseller-sandbox";
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import * as gcore from "../../provider";
import { startApi } from "../support/api";

/** Functions, called as a program calls them, without an engine and against a sandbox. Settings are in the environment. */

type Environment = Record<string, string>;

/** A sandbox whose reseller has the accounts Acme and Bolt. Nothing but GET may be sent. */
async function start(options: SandboxOptions = {}, environment: Environment = {}) {
  const api = await startApi(options);
  for (const [name, value] of Object.entries({ ...api.env, GCORE_RESELLER_MAX_RETRIES: "0", ...environment })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
    expect(api.seen.map(({ call }) => call.split(" ")[0]).filter((method) => method !== "GET")).toEqual([]);
  });
  const create = async (name: string, more: object = {}) => {
    const account = { email: `it@${name}.example`, password: "pass-W0rd-of-acme", company: name, ...more };
    const { body } = await api.send("POST", "/iam/users", account);
    return { client: body.client as number, userId: body.id as number };
  };
  const createSeller = async (name: string): Promise<number> =>
    (await api.send("POST", "/iam/admin/sellers", { email: `${name}@seller.example`, full_name: name })).body.id;
  return { ...api, create, createSeller };
}

const resolved = <T>(value: Output<T>) => new Promise<T>((resolve) => value.apply((known) => resolve(known as T)));

/** The text of the error with which a call ends; the error has no stack trace in Pulumi. */
async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  expect(RunError.isInstance(error), String(error?.stack)).toBe(true);
  return error.message;
}

describe("getClient", () => {
  test("by client, customId or userEmail: the account in the names of the resources' inputs, one request", async () => {
    const api = await start();
    const seller = await api.createSeller("anna");
    const { client, userId } = await api.create("acme", {
      custom_id: "CRM-1",
      country_code: "LU",
      seller,
      name: "Ada",
    });
    await api.create("bolt", { custom_id: "CRM-2" });
    await api.send("POST", "/iam/admin/free_features", { client_id: client, feature_id: 61 });
    const found = await gcore.getClient({ client });
    expect(found).toMatchObject({
      client,
      company: "acme",
      email: "it@acme.example",
      name: "Ada",
      status: "new",
      customId: "CRM-1",
      countryCode: "LU",
      isTest: false,
      seller,
      reseller: 1,
      deleted: false,
      services: { CDN: { status: "new" } },
      freeFeatures: [{ featureId: 61, name: "Custom CNAME", service: "CDN", activatedFeatureId: expect.any(Number) }],
      paidFeatures: [],
      users: [{ userId, client, email: "it@acme.example", activated: true }],
    });
    const text = JSON.stringify(found);
    expect(text).not.toMatch(/null|"\w*_\w*":/);
    expect(api.calls()).toEqual([`GET /iam/clients/${client}`]);

    expect(JSON.stringify(await gcore.getClient({ customId: "CRM-1" }))).toBe(text);
    expect(JSON.stringify(await gcore.getClient({ userEmail: "IT@acme.example" }))).toBe(text);
    expect(JSON.stringify(await resolved(gcore.getClientOutput({ client: output(client) })))).toBe(text);
    expect(api.calls()).toEqual(["GET /iam/clients", "GET /iam/clients", `GET /iam/clients/${client}`]);
  });

  test.each<[string, object]>([
    ["client", { client: 999_999 }],
    ["customId", { customId: "CRM-9" }],
    ["userEmail", { userEmail: "nobody@acme.example" }],
  ])("no such %s: an error that names it and the reseller of the key, or null", async (name, args) => {
    const api = await start();
    await api.create("acme");
    const value = JSON.stringify(Object.values(args)[0]);
    const text = `getClient: there is no client account with ${name} ${value} at reseller 1, which the API key belongs to.`;
    expect(await failure(gcore.getClient(args))).toBe(text);
    expect(await gcore.getClient({ ...args, onMissing: "null" })).toBeNull();
    expect(await resolved(gcore.getClientOutput({ ...args, onMissing: "null" }))).toBeNull();
  });

  test("a deleted account counts as missing", async () => {
    const api = await start();
    await api.create("bolt");
    const { client } = await api.create("acme", { custom_id: "CRM-1" });
    api.sandbox.updateClient(client, { deleted: true });
    for (const args of [{ client }, { customId: "CRM-1" }, { userEmail: "it@acme.example" }]) {
      expect(await gcore.getClient({ ...args, onMissing: "null" })).toBeNull();
    }
  });

  test("404 to a key whose reseller the API does not show: an error, never null", async () => {
    const api = await start();
    const { client } = await api.create("acme");
    vi.stubEnv("GCORE_API_KEY", "5678$sandbox-second-key");
    expect(await failure(gcore.getClient({ client, onMissing: "null" }))).toBe(
      "getClient: not found, but the API key may be another reseller's: this key's reseller has no accounts. Check the API key.",
    );
    // A list shows what the key's own reseller has.
    expect(await gcore.getClient({ customId: "CRM-1", onMissing: "null" })).toBeNull();
  });

  test("404 of a gateway: an error, never null", async () => {
    const api = await start({ assumptions: { notFoundBody: "html" } });
    await api.create("acme");
    expect(await failure(gcore.getClient({ client: 999_999, onMissing: "null" }))).toContain("not from the Gcore API");
  });

  test("two accounts match: an error with both IDs, not null", async () => {
    const api = await start();
    const [acme, bolt] = [
      await api.create("acme", { custom_id: "CRM-1" }),
      await api.create("bolt", { custom_id: "CRM-1" }),
    ];
    api.sandbox.updateUser(acme.userId, { clients: [acme.client, bolt.client] });
    for (const args of [{ customId: "CRM-1" }, { userEmail: "it@acme.example" }]) {
      expect(await failure(gcore.getClient({ ...args, onMissing: "null" }))).toBe(
        `getClient: 2 match, with client ${acme.client}, ${bolt.client}: give the client instead.`,
      );
    }
  });

  test.each<[string, object, string]>([
    ["none", {}, "getClient: give exactly one of client, customId, userEmail."],
    ["two", { client: 7, customId: "CRM-1" }, "getClient: give exactly one of client, customId, userEmail."],
    ["no ID", { client: "7" }, "getClient: client: must be a client account's ID."],
    ["no email address", { userEmail: "acme" }, "getClient: userEmail: must be an email address."],
    ["a misspelt one", { client: 7, onmissing: "null" }, 'getClient: Unrecognized key: "onmissing".'],
    ["another onMissing", { client: 7, onMissing: "undefined" }, "getClient: onMissing: must be one of error, null."],
    ["an Output", { client: output(7) }, "getClient: client: is an Output: use getClientOutput."],
  ])("arguments, %s: an error, and nothing is sent", async (_case, args, text) => {
    const api = await start();
    expect(await failure(gcore.getClient(args as gcore.GetClientArgs))).toBe(text);
    expect(api.seen).toEqual([]);
  });
});

describe("getClients and listClients", () => {
  test("all accounts, by ID, a request for each page", async () => {
    const api = await start({ assumptions: { maxPageSize: 25 } });
    api.sandbox.seed(60);
    const ids = api.sandbox.accounts().map(({ client }) => client);
    expect((await gcore.getClients()).map(({ client }) => client)).toEqual(ids);
    expect(api.calls()).toEqual(Array(3).fill("GET /iam/clients"));
    const listed: number[] = [];
    for await (const { client } of gcore.listClients()) listed.push(client);
    expect(listed).toEqual(ids);
    expect(api.calls()).toEqual(Array(3).fill("GET /iam/clients"));
    for await (const { client } of gcore.listClients()) {
      expect(client).toBe(ids[0]);
      break;
    }
    expect(api.calls()).toEqual(["GET /iam/clients"]);
  });

  test("filters: sent under the API's names", async () => {
    const api = await start();
    const createdAtGte = new Date("2026-01-01T00:00:00Z");
    const filters = {
      company: "Acme",
      email: "it@acme.example",
      name: "Ada",
      customId: "CRM-1",
      seller: 11,
      reseller: 1,
      countryCode: null,
      deleted: false,
      isTest: true,
      activated: true,
      clientType: "common",
      billType: "prepaid",
      createdAtGte,
      createdAtLte: "2026-12-31T23:59:59+01:00",
      usersEmail: "ada@acme.example",
      usersName: "Ada",
      featureIds: [61, 62],
      personalProductAvailability: ["CDN", "DNS"],
      excludedClients: [7, 8],
      cdn: "trial",
      storage: "new",
      ddos: "new",
      dns: "active",
      cloud: "paused",
      infrastructureProtection: "new",
      connect: "new",
      minTraffic: 1,
      maxTraffic: 2.5,
      secondaryHostnames: "cdn.acme.example",
      promoCode: "SPRING",
    } as const;
    expect(await gcore.getClients(filters)).toEqual([]);
    const { limit, offset, ordering, ...query } = api.seen[0]?.query ?? {};
    expect([limit, offset, ordering]).toEqual(["100", "0", "id"]);
    expect(query).toEqual({
      companyName: "Acme",
      email: "it@acme.example",
      name: "Ada",
      custom_id: "CRM-1",
      seller_id: "11",
      reseller_id: "1",
      country_code: "null",
      deleted: "false",
      is_test: "true",
      activated: "true",
      client_type: "common",
      bill_type: "prepaid",
      created_at_gte: "2026-01-01T00:00:00.000Z",
      created_at_lte: "2026-12-31T23:59:59+01:00",
      users_email: "ada@acme.example",
      users_name: "Ada",
      feature_id_in: "61,62",
      personal_product_availability: "CDN,DNS",
      id__in__exclude: "7,8",
      cdn: "trial",
      storage: "new",
      ddos: "new",
      dns: "active",
      cloud: "paused",
      infrastructure_protection: "new",
      connect: "new",
      min_traffic: "1",
      max_traffic: "2.5",
      secondaryhostnames: "cdn.acme.example",
      promocode: "SPRING",
    });
    api.sandbox.clearRequests();
    api.calls();
    await resolved(gcore.getClientsOutput({ createdAtGte, seller: output(11), featureIds: [output(61)] }));
    expect(api.seen[0]?.query).toMatchObject({
      created_at_gte: "2026-01-01T00:00:00.000Z",
      seller_id: "11",
      feature_id_in: "61",
    });
    api.sandbox.clearRequests();
  });

  test.each<[string, object, string]>([
    ["a misspelt filter", { sellerId: 7 }, 'Unrecognized key: "sellerId".'],
    ["a time without a zone", { createdAtGte: "2026-01-01" }, "createdAtGte: must be a Date or a time in RFC 3339"],
    ["a status that is none", { cdn: "on" }, "cdn: must be one of new, trial, trialend, active"],
    ["an empty list", { featureIds: [] }, "featureIds: must not be empty."],
    ["no ID in a list", { featureIds: [1, "2"] }, "featureIds: 1: must be a feature's ID."],
  ])("%s: an error, and nothing is sent", async (_case, filters, text) => {
    const api = await start();
    expect(await failure(gcore.getClients(filters))).toContain(`getClients: ${text}`);
    expect(await failure(Promise.resolve(gcore.listClients(filters)[Symbol.asyncIterator]().next()))).toContain(
      `listClients: ${text}`,
    );
    expect(api.seen).toEqual([]);
  });

  test("an account that cannot be read: an error, never a list without it", async () => {
    const api = await start({ assumptions: { idsAsText: true } });
    await api.create("acme");
    const text = "GET /iam/clients answered 200: a record is not as documented (id: an ID as text, not as a number).";
    expect(await failure(gcore.getClients())).toBe(`getClients: ${text}`);
    expect(await failure(Promise.resolve(gcore.listClients()[Symbol.asyncIterator]().next()))).toBe(
      `listClients: ${text}`,
    );
  });
});

test("getUser: the user with the ID of their account; missing: an error or null", async () => {
  const api = await start();
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
    const api = await start();
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
      const api = await start({ assumptions: { sellerEmailFilter } });
      const [ann] = [await api.createSeller("ann"), await api.createSeller("joann")];
      expect(await gcore.getSeller({ email: "ANN@seller.example" })).toMatchObject({ sellerId: ann });
    },
  );

  test("a reseller without accounts: a seller is looked for all the same", async () => {
    await start();
    expect(await gcore.getSeller({ email: "anna@seller.example", onMissing: "null" })).toBeNull();
    expect(await failure(gcore.getSeller({ email: "anna@seller.example" }))).toBe(
      'getSeller: there is no seller with email "anna@seller.example".',
    );
  });

  test("getSellers: the filters, and deleted sellers too without one", async () => {
    const api = await start();
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
    const api = await start();
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
    const api = await start();
    const twins = ["CDN", "DNS"].map((service, id) => ({ id: id + 1, name: "Logs", service, is_free: true }));
    api.sandbox.faults.add({ kind: "unreadable", body: JSON.stringify(twins), times: "always" });
    expect(await failure(gcore.getFeature({ name: "logs" }))).toBe(
      "getFeature: 2 match, with featureId 1, 2: give the featureId instead.",
    );
    expect(await gcore.getFeature({ name: "logs", service: "DNS" })).toMatchObject({ featureId: 2 });
  });

  test("getFeatures: filtered here, one request each", async () => {
    const api = await start();
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
    const api = await start();
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
    const api = await start();
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
    const api = await start();
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
    await start({}, { GCORE_API_KEY: "1234$wrong-secret" });
    const text = await failure(gcore.getClient({ client: 7, onMissing: "null" }));
    expect(text).toMatch(/^getClient: GET \/iam\/clients\/7 answered 401: the API key is not accepted/);
    expect(text).not.toContain("wrong-secret");
    vi.stubEnv("GCORE_API_KEY", "");
    expect(await failure(gcore.getSellers())).toMatch(/^getSellers: .*GCORE_API_KEY \(environment\): is missing/);
  });

  test("secret argument: not in the error", async () => {
    await start();
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
    const api = await start();
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
