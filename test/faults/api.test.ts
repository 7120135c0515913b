import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { getUserToken } from "../../provider/api/auth";
import { getClient, listClients } from "../../provider/api/clients";
import * as errors from "../../provider/api/errors";
import { openApi } from "../../provider/api/transport";
import { changeEmail, createUser, getUser } from "../../provider/api/users";
import { readSettings } from "../../provider/config";
import { version } from "../../provider/version";
import { startWorld } from "../support/process";

/** The HTTP client: what it sends, and the result of each reply. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };

test("headers: the key or the user's token, JSON, the user agent", async () => {
  const world = await startWorld();
  const api = world.open();
  const { id } = await createUser(api, acme);
  const token = await getUserToken(api, id);
  await changeEmail(api, token, id, "new@acme.example", acme.password);
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
    [409, "json", errors.GcoreError],
    [429, "json", errors.RateLimitedError],
    [500, "json", errors.ServerError],
    [503, "html", errors.ServerError],
  ])("%i with %s", async (status, body, type) => {
    const world = await startWorld({ maxRetries: "0" });
    world.fault({ kind: "status-before", status, body: body as "json", times: "always" });
    const error = await createUser(world.open(), acme).catch((reason) => reason);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, call: { method: "POST", path: "/iam/users" } });
    expect(error.message).toMatch(`POST /iam/users answered ${status}: `);
    expect(JSON.stringify([error.message, error])).not.toMatch(/W0rd|sandbox-reseller-key|<html/);
  });

  test("texts of a field, also in the shape that only the call for the email address uses", async () => {
    const world = await startWorld();
    const api = world.open();
    const { id } = await createUser(api, acme);
    const wrong = changeEmail(api, await getUserToken(api, id), id, "new@acme.example", "another-W0rd");
    await expect(wrong).rejects.toMatchObject({ name: "ValidationError", fields: { password: [expect.any(String)] } });
  });
});

describe("replies", () => {
  const record = { id: 7, client: 9, email: acme.email };
  test.each<[string, unknown, boolean]>([
    ["only the required fields", record, true],
    ["unknown fields", { ...record, invented: { deep: [1] } }, true],
    ["null in optional fields", { ...record, name: null, groups: null }, true],
    ["no id", { ...record, id: undefined }, false],
    ["no client", { ...record, client: undefined }, false],
    ["an id of another type", { ...record, id: "7" }, false],
    ["a list", [record], false],
  ])("%s", async (_what, reply, readable) => {
    const world = await startWorld();
    world.fault({ kind: "unreadable", body: JSON.stringify(reply), times: "always" });
    world.api.sandbox.seed(1);
    const user = getUser(world.open(), 8001);
    if (readable) await expect(user).resolves.toMatchObject({ id: 7, client: 9 });
    else await expect(user).rejects.toThrow(/GET \/iam\/users\/8001 answered \d+: the reply is not/);
  });

  test("one unreadable record: the others of the list are returned", async () => {
    const world = await startWorld();
    const good = { id: 1, companyName: "Acme", users: [{ id: 7, email: acme.email }] };
    world.fault({ kind: "unreadable", body: JSON.stringify([good, { id: "2" }]), times: "always" });
    const page = await listClients(world.open(), { limit: 100, offset: 0 });
    expect(page).toEqual({ count: 2, clients: [good], unreadable: 1 });
  });
});

test("two fields that map to one property: both texts are kept", () => {
  const error = new errors.ValidationError({ method: "PUT", path: "/" }, 400, { old: ["Wrong."], new: ["Too short."] });
  expect(error.renamed(() => "password").fields).toEqual({ password: ["Wrong.", "Too short."] });
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
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ method: "GET", path: "/iam/clients", status: 500, attempt: 1 }),
      expect.objectContaining({ method: "GET", path: "/iam/clients", status: 200, attempt: 2 }),
    ]);
    expect(lines.join()).not.toContain("acme.example");
    expect(lines.join()).toMatch(/"users_email":"sha256:[0-9a-f]{12}"/);
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
