import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { getUserToken } from "../../provider/api/auth";
import { getAvailability } from "../../provider/api/availability";
import { getClient, listClients, listClientsByEmail } from "../../provider/api/clients";
import * as errors from "../../provider/api/errors";
import { getAll, pages } from "../../provider/api/pages";
import { getResellerId } from "../../provider/api/reseller";
import { openApi } from "../../provider/api/transport";
import { changeEmail, createUser, getUser } from "../../provider/api/users";
import { readSettings } from "../../provider/config";
import { version } from "../../provider/version";
import { answeringAlways } from "../support/api";
import { capPages } from "../support/network";
import { startWorld } from "../support/process";

/** The HTTP client: what it sends, and the result of each reply. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };

test("headers: the key or the user's token, JSON, the user agent", async () => {
  const world = await startWorld();
  const api = world.open();
  const { id, client } = await createUser(api, acme);
  const token = await getUserToken(api, id);
  await changeEmail(api, token, { userId: id, client }, "new@acme.example", acme.password);
  expect(world.api.seen.map(({ authorization }) => authorization)).toEqual([
    "apikey 1234$sandbox-reseller-key",
    "apikey 1234$sandbox-reseller-key",
    `Bearer ${token}`,
  ]);
  const { userAgent, accept, contentType } = world.api.headers[0] ?? {};
  expect(userAgent).toBe(`pulumi-gcore-reseller/${version} (node/${process.versions.node})`);
  expect([accept, contentType]).toEqual(["application/json", "application/json"]);
  expect(world.api.headers[1]?.contentType).toBeNull();
});

describe("each status becomes an error class with method, path and status, and no secret", () => {
  test.each<[number, string, new (...args: never[]) => Error]>([
    [400, "json", errors.ValidationError],
    [401, "json", errors.AuthenticationError],
    [403, "empty", errors.ForbiddenError],
    [404, "empty", errors.NotFoundError],
    [404, "json", errors.NotFoundError],
    [404, "html", errors.ServerError],
    [405, "json", errors.GcoreError],
    [408, "html", errors.ServerError],
    [409, "json", errors.ConflictError],
    [422, "json", errors.ValidationError],
    [425, "empty", errors.ServerError],
    [429, "json", errors.RateLimitedError],
    [500, "json", errors.ServerError],
    [503, "html", errors.ServerError],
  ])("%i with %s", async (status, body, type) => {
    const world = await startWorld({ maxRetries: "0" });
    world.fault({ kind: "status-before", status, body: body as "json", times: "always" });
    const error = await createUser(world.open(), acme).catch((reason) => reason);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ name: type.name, status, call: { method: "POST", path: "/iam/users" } });
    expect(error.message).toMatch(`POST /iam/users answered ${status}: `);
    expect(JSON.stringify([error.message, error])).not.toMatch(/W0rd|sandbox-reseller-key|<html/);
  });

  test("texts of a field, also in the shape that only the call for the email address uses", async () => {
    const world = await startWorld();
    const api = world.open();
    const { id, client } = await createUser(api, acme);
    const token = await getUserToken(api, id);
    const wrong = changeEmail(api, token, { userId: id, client }, "new@acme.example", "another-W0rd");
    await expect(wrong).rejects.toMatchObject({ name: "ValidationError", fields: { password: [expect.any(String)] } });
  });
});

describe("401: names the source of the key", () => {
  const refused = async (apiKey: string, source: "config" | "environment" | "provider") => {
    const world = await startWorld();
    const keys = { "gcore-reseller:apiKey": apiKey, "gcore-reseller:baseUrl": world.api.url };
    const config = {
      config: keys,
      provider: { ...keys, "gcore-reseller:explicitProvider": "true" },
      environment: {},
    }[source] as Record<string, string>;
    const environment = { GCORE_API_KEY: apiKey, GCORE_BASE_URL: world.api.url };
    const settings = readSettings((key) => config[key], source === "environment" ? environment : {});
    const error = await getClient(openApi(settings), 1).catch((reason) => reason);
    expect(error).toBeInstanceOf(errors.AuthenticationError);
    return error.message as string;
  };

  test("the environment", async () => {
    expect(await refused("1$wrong", "environment")).toMatch(/the API key is not accepted\. Check GCORE_API_KEY\.$/);
  });

  test("stack config: frozen in state until the next up", async () => {
    expect(await refused("1$wrong", "config")).toMatch(
      /Check gcore-reseller:apiKey\. .*of the last `pulumi up`.*`--run-program`.*GCORE_API_KEY alone\.$/,
    );
  });

  test("an explicit Provider", async () => {
    expect(await refused("1$wrong", "provider")).toMatch(/Check the apiKey of the Provider\. .*`--run-program`\.$/);
  });

  test("a key without $ may have lost its secret part in the shell", async () => {
    expect(await refused("1234", "environment")).toMatch(/It has no \$.*single quotes/);
  });

  test("but not a key of the form 42_abcdef", async () => {
    expect(await refused("42_a1b2c3d4e5f6", "environment")).not.toMatch(/\$/);
  });
});

test("the API repeats the secret part of the key, and a nested password: neither is in the error", async () => {
  const world = await startWorld({ maxRetries: "0" });
  const message = "key sandbox-reseller-key, password pass-W0rd-of-acme";
  const settings = readSettings(() => undefined, {
    ...world.api.env,
    GCORE_BASE_URL: await answeringAlways(403, {}, JSON.stringify({ message })),
  });
  const body = { user: { password: acme.password } };
  const failed = openApi(settings).send({ method: "POST", path: "/iam/users", body });
  await expect(failed).rejects.toThrow("POST /iam/users answered 403: key [secret], password [secret].");
});

describe("replies", () => {
  const record = { id: 7, client: 9, email: acme.email };
  const read = async (reply: unknown) => {
    const world = await startWorld();
    world.fault({ kind: "unreadable", body: JSON.stringify(reply), times: "always" });
    world.api.sandbox.seed(1);
    return getUser(world.open(), 8001);
  };

  test.each<[string, unknown]>([
    ["only the required fields", record],
    ["unknown fields", { ...record, invented: { deep: [1] } }],
    ["null in optional fields", { ...record, name: null, groups: null }],
  ])("%s: read", async (_what, reply) => {
    await expect(read(reply)).resolves.toMatchObject({ id: 7, client: 9 });
  });

  test.each<[string, unknown]>([
    ["groups", ["Administrators"]],
    ["reseller", "5"],
    ["two_fa", "off"],
    ["activated", 1],
    ["deleted", "false"],
    ["auth_types", "password"],
    ["name", { first: "Anna" }],
    ["lang", 5],
    ["phone", 49301234],
    ["email", ["it@acme.example"]],
    ["user_type", 1],
    ["is_active", "yes"],
    ["client_and_roles", [{ client_id: "9" }]],
  ])("%s of another type: the field is dropped, the user is read", async (field, value) => {
    const user = await read({ ...record, [field]: value });
    expect(user).toMatchObject({ id: 7, client: 9 });
    expect(user[field as keyof typeof user]).toBeUndefined();
  });

  test.each<[string, unknown, RegExp]>([
    ["no id", { ...record, id: undefined }, /id: /],
    ["no client", { ...record, client: undefined }, /client: /],
    ["an id as text", { ...record, id: "7" }, /\(id: an ID as text, not as a number\)/],
    ["a client as text", { ...record, client: "9" }, /\(client: an ID as text, not as a number\)/],
    ["an id that is no whole number", { ...record, id: 7.5 }, /id: /],
    ["a list", [record], /not as documented/],
  ])("%s: an error that says so", async (_what, reply, text) => {
    const failed = read(reply);
    await expect(failed).rejects.toThrow(/GET \/iam\/users\/8001 answered \d+: the reply is not as documented/);
    await expect(failed).rejects.toThrow(text);
  });

  test.each<[string, unknown]>([
    ["companyName", null],
    ["custom_id", 12],
    ["country_code", 49],
    ["is_test", "no"],
    ["seller", "11"],
    ["resellers", [1]],
    ["capabilities", "CDN"],
    ["deleted", 0],
  ])("%s of another type: the field is dropped, the account is read", async (field, value) => {
    const world = await startWorld();
    const account = { id: 1, companyName: "Acme", users: [{ id: 7, groups: ["Administrators"] }], [field]: value };
    world.fault({ kind: "unreadable", body: JSON.stringify([account]), times: "always" });
    const { records, unreadable } = await listClients(world.open(), { limit: 100, offset: 0 });
    expect([records.length, records[0]?.id, unreadable]).toEqual([1, 1, 0]);
    expect(records[0]?.[field as "companyName"] ?? undefined).toBeUndefined();
  });

  test("a product without a readable availability is left out", async () => {
    const world = await startWorld();
    const products = [
      { product_name: "CDN", available: true },
      { product_name: "DNS", available: null },
      { product_name: "CLOUD" },
      { product_name: "STORAGE", available: "yes" },
    ];
    world.api.sandbox.seed(1);
    world.fault({ kind: "unreadable", body: JSON.stringify(products) });
    expect(await getAvailability(world.open(), 50001)).toEqual([products[0]]);
  });

  test("one unreadable record: the others of the list are returned", async () => {
    const world = await startWorld();
    const good = { id: 1, companyName: "Acme", users: [{ id: 7, email: acme.email }] };
    world.fault({ kind: "unreadable", body: JSON.stringify([good, { ...good, id: "2" }]), times: "always" });
    const page = await listClients(world.open(), { limit: 100, offset: 0 });
    expect(page).toEqual({
      count: 2,
      records: [good],
      unreadable: 1,
      problem: "id: an ID as text, not as a number",
    });
  });
});

test("two fields that map to one property: both texts are kept", () => {
  const error = new errors.ValidationError({ method: "PUT", path: "/" }, 400, { old: ["Wrong."], new: ["Too short."] });
  expect(error.renamed(() => "password").fields).toEqual({ password: ["Wrong.", "Too short."] });
});

describe("the reseller of the key", () => {
  const answered = async (accounts: unknown[]) => {
    const world = await startWorld();
    world.fault({ kind: "unreadable", body: JSON.stringify(accounts), times: "always" });
    return getResellerId(world.open());
  };
  const account = (more: object) => ({ id: 1, companyName: "Acme", users: [], ...more });

  test("read from the account", async () => {
    expect(await answered([account({ resellers: 5 })])).toEqual({ known: 5 });
  });

  test("read from a user, where the accounts do not show it", async () => {
    expect(await answered([account({ users: [{ id: 7, reseller: 5 }] })])).toEqual({ known: 5 });
  });

  test("read from the second account, where the first does not show it", async () => {
    expect(await answered([account({}), account({ id: 2, resellers: 5 })])).toEqual({ known: 5 });
  });

  test("no account: unknown", async () => {
    expect(await answered([])).toBe("no accounts");
  });

  test("accounts that do not show it, or show several: unknown", async () => {
    expect(await answered([account({ resellers: null }), account({ users: [{ id: 7 }] })])).toBe("not shown");
    expect(await answered([account({ resellers: 5 }), account({ resellers: 6 })])).toBe("not shown");
  });

  test("only unreadable accounts: an error that says what is wrong", async () => {
    await expect(answered([account({ id: "1" })])).rejects.toThrow(
      "GET /iam/clients answered 200: a record is not as documented (id: an ID as text, not as a number).",
    );
  });

  test("by the API: of the key's own accounts", async () => {
    const world = await startWorld();
    const api = world.open();
    expect(await getResellerId(api)).toBe("no accounts");
    world.api.sandbox.seed(3);
    expect(await getResellerId(api)).toEqual({ known: 1 });
  });

  test("known: not read again; a failed or an empty reading is repeated", async () => {
    const world = await startWorld({ maxRetries: "0" });
    const api = world.open();
    world.fault({ kind: "status-before", status: 500 });
    await expect(getResellerId(api)).rejects.toThrow("answered 500");
    expect(await getResellerId(api)).toBe("no accounts");
    world.api.sandbox.seed(1);
    expect(await Promise.all([getResellerId(api), getResellerId(api)])).toEqual([{ known: 1 }, { known: 1 }]);
    expect(await getResellerId(api)).toEqual({ known: 1 });
    expect(world.api.calls()).toHaveLength(3);
  });
});

describe("lists", () => {
  const list = { path: "/iam/clients", record: z.object({ id: z.int() }) };
  const records = (...ids: number[]) => ids.map((id) => ({ id }));
  const answered = async (body: unknown) => {
    const world = await startWorld();
    world.fault({ kind: "unreadable", body: JSON.stringify(body), times: "always" });
    return { world, api: world.open() };
  };

  test.each<[string, unknown, number, unknown[]?]>([
    ["a bare array", records(1, 2), 1],
    ["count and results", { count: 2, results: records(1, 2) }, 1],
    ["count and result", { count: 2, result: records(1, 2) }, 1],
    ["results without a count", { results: records(1, 2) }, 3],
    ["a count without records", { count: 5, results: [] }, 1, []],
    ["a higher count than there are records", { count: 5, results: records(1, 2) }, 3],
  ])("%s: each record once, and an end", async (_shape, body, requests, expected = records(1, 2)) => {
    const { world, api } = await answered(body);
    expect(await getAll(api, list, {})).toEqual(expected);
    expect(world.api.calls()).toHaveLength(requests);
    const found: unknown[] = [];
    for await (const page of pages(api, list, {})) found.push(...page);
    expect(found).toEqual(expected);
  });

  test("an object without records: an error", async () => {
    const { api } = await answered({ count: 2 });
    await expect(getAll(api, list, {})).rejects.toThrow("the reply is not as documented");
  });

  test("the pages after the first: at the same time; an unreadable record on one of them: an error", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(60);
    capPages(world, 25);
    const api = world.open();
    const ids = world.api.sandbox.accounts().map(({ client }) => client);
    expect((await getAll(api, list, { ordering: "id" })).map(({ id }) => id)).toEqual(ids);
    expect(world.api.seen.map(({ query }) => query.offset)).toEqual(["0", "25", "50"]);
    const strict = { ...list, record: z.object({ id: z.int().max(ids.at(-2) ?? 0) }) };
    await expect(getAll(api, strict, { ordering: "id" })).rejects.toThrow("a record is not as documented (id: ");
  });
});

describe("accounts by email address", () => {
  test("all pages, also where the server returns fewer than requested", async () => {
    const world = await startWorld();
    const [user = 0] = world.api.sandbox.seed(60);
    const ids = world.api.sandbox.accounts().map((account) => account.client);
    world.api.sandbox.updateUser(user, { clients: ids });
    capPages(world, 25);
    const found = await listClientsByEmail(world.open(), "SEED-1@sandbox.example");
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(world.api.calls()).toEqual(Array(3).fill("GET /iam/clients"));
    expect(await listClientsByEmail(world.open(), "nobody@sandbox.example")).toEqual([]);
  });

  test("an unreadable record: an error, since it could be the account in question", async () => {
    const world = await startWorld();
    world.fault({ kind: "unreadable", body: JSON.stringify([{ id: 1, companyName: "Acme" }]) });
    await expect(listClientsByEmail(world.open(), acme.email)).rejects.toThrow(/a record is not as documented/);
  });
});

describe("no reply", () => {
  test("requestTimeoutSeconds: deadline of each request, the body included", async () => {
    const world = await startWorld({ requestTimeoutSeconds: "0.2", maxRetries: "1" });
    world.fault({ kind: "delay", ms: 60_000, when: "before", times: "always" });
    const error = await getClient(world.open(), 1).catch((reason) => reason);
    expect(error).toMatchObject({ name: "NetworkError", code: "timed out", maybeExecuted: true });
    expect(world.api.seen).toHaveLength(2);
  });

  test("connection refused: surely not executed, so a POST is sent again", async () => {
    const world = await startWorld();
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    const environment = {
      GCORE_API_KEY: "1$x",
      GCORE_BASE_URL: `http://127.0.0.1:${port}`,
      GCORE_RESELLER_MAX_RETRIES: "2",
    };
    const slept: number[] = [];
    const clock = { ...world.clock, sleep: async (ms: number) => void slept.push(ms) };
    const api = openApi(
      readSettings(() => undefined, environment),
      { clock },
    );
    await expect(createUser(api, acme)).rejects.toMatchObject({ code: "ECONNREFUSED", maybeExecuted: false });
    expect(slept).toHaveLength(2);
  });

  test("debug: one line for each attempt, with a hash instead of the email address", async () => {
    const world = await startWorld();
    const lines: string[] = [];
    world.fault({ kind: "status-before", status: 500 });
    const settings = readSettings(() => undefined, world.api.env);
    const api = openApi(settings, {
      clock: world.clock,
      dispatcher: world.clock.dispatcher,
      debug: (line) => lines.push(line),
    });
    await listClients(api, { limit: 1, offset: 0, users_email: acme.email });
    await getClient(api, 7).catch(() => {});
    const hash = createHash("sha256").update(acme.email).digest("hex").slice(0, 12);
    const list = { method: "GET", path: "/iam/clients", query: { limit: 1, offset: 0, users_email: `sha256:${hash}` } };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...list, status: 500, ms: 0, attempt: 1 },
      { ...list, status: 200, ms: 0, attempt: 2 },
      { method: "GET", path: "/iam/clients/7", status: 404, ms: 0, attempt: 1 },
    ]);
  });
});

test("host unreachable while the reply is read: the outcome is unknown", async () => {
  const world = await startWorld();
  let lost = false;
  const dispatcher = world.clock.dispatcher.compose((dispatch) => (options, handler) => {
    if (lost) return dispatch(options, handler);
    lost = true;
    const unreachable = Object.assign(new Error("read"), { code: "EHOSTUNREACH", syscall: "read" });
    return dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onResponseStart: () => {},
      onResponseData: () => {},
      onResponseEnd: (controller) => handler.onResponseError?.(controller, unreachable),
    });
  });
  const settings = readSettings(() => undefined, world.api.env);
  const failed = createUser(openApi(settings, { clock: world.clock, dispatcher }), acme);
  await expect(failed).rejects.toMatchObject({ code: "EHOSTUNREACH", maybeExecuted: true });
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
});

test("requestTimeoutSeconds that is not a whole number of milliseconds: accepted", async () => {
  const world = await startWorld({ requestTimeoutSeconds: "2.01" });
  expect(await world.start().create(world.declare("acme"))).toMatchObject({ outs: { client: 50001 } });
});
