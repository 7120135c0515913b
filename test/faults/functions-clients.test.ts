import { output } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import * as gcore from "../../provider";
import { failure, resolved, startForFunctions } from "../support/functions";

/** getClient, getClients and listClients, called as a program calls them. */

describe("getClient", () => {
  test("by client, customId or userEmail: the account in the names of the resources' inputs, one request", async () => {
    const api = await startForFunctions();
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
    const api = await startForFunctions();
    await api.create("acme");
    const value = JSON.stringify(Object.values(args)[0]);
    const text = `getClient: there is no client account with ${name} ${value} at reseller 1, which the API key belongs to.`;
    expect(await failure(gcore.getClient(args))).toBe(text);
    expect(await gcore.getClient({ ...args, onMissing: "null" })).toBeNull();
    expect(await resolved(gcore.getClientOutput({ ...args, onMissing: "null" }))).toBeNull();
  });

  test("a deleted account counts as missing", async () => {
    const api = await startForFunctions();
    await api.create("bolt");
    const { client } = await api.create("acme", { custom_id: "CRM-1" });
    api.sandbox.updateClient(client, { deleted: true });
    for (const args of [{ client }, { customId: "CRM-1" }, { userEmail: "it@acme.example" }]) {
      expect(await gcore.getClient({ ...args, onMissing: "null" })).toBeNull();
    }
  });

  test("404 to a key whose reseller the API does not show: an error, never null", async () => {
    const api = await startForFunctions();
    const { client } = await api.create("acme");
    vi.stubEnv("GCORE_API_KEY", "5678$sandbox-second-key");
    expect(await failure(gcore.getClient({ client, onMissing: "null" }))).toBe(
      "getClient: not found, but the API key may be another reseller's: this key's reseller has no accounts. Check the API key.",
    );
    // A list shows what the key's own reseller has.
    expect(await gcore.getClient({ customId: "CRM-1", onMissing: "null" })).toBeNull();
  });

  test("404 of a gateway: an error, never null", async () => {
    const api = await startForFunctions({ assumptions: { notFoundBody: "html" } });
    await api.create("acme");
    expect(await failure(gcore.getClient({ client: 999_999, onMissing: "null" }))).toContain("not from the Gcore API");
  });

  test("two accounts match: an error with both IDs, not null", async () => {
    const api = await startForFunctions();
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
    const api = await startForFunctions();
    expect(await failure(gcore.getClient(args as gcore.GetClientArgs))).toBe(text);
    expect(api.seen).toEqual([]);
  });
});

describe("getClients and listClients", () => {
  test("all accounts, by ID, a request for each page", async () => {
    const api = await startForFunctions({ assumptions: { maxPageSize: 25 } });
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
    const api = await startForFunctions();
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
    const api = await startForFunctions();
    expect(await failure(gcore.getClients(filters))).toContain(`getClients: ${text}`);
    expect(await failure(Promise.resolve(gcore.listClients(filters)[Symbol.asyncIterator]().next()))).toContain(
      `listClients: ${text}`,
    );
    expect(api.seen).toEqual([]);
  });

  test("an account that cannot be read: an error, never a list without it", async () => {
    const api = await startForFunctions({ assumptions: { idsAsText: true } });
    await api.create("acme");
    const text = "GET /iam/clients answered 200: a record is not as documented (id: an ID as text, not as a number).";
    expect(await failure(gcore.getClients())).toBe(`getClients: ${text}`);
    expect(await failure(Promise.resolve(gcore.listClients()[Symbol.asyncIterator]().next()))).toBe(
      `listClients: ${text}`,
    );
  });
});
