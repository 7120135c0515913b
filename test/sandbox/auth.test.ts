import { describe, expect, test } from "vitest";
import { otherReseller, password, reseller, sandboxOfTest } from "./caller";

const hour = 3_600_000;

describe("who may call", () => {
  test.each([
    ["nothing", null, "Authentication credentials were not provided."],
    ["another scheme", "Basic YTpi", "Authentication credentials were not provided."],
    ["a key without its scheme", "1234$sandbox-reseller-key", "Authentication credentials were not provided."],
    ["a key without its $", "apikey 1234", "Bad permanent token: "],
    ["a wrong key", "apikey 1234$wrong", "Token is invalid or expired"],
    ["a property name of Object", "apikey constructor", "Bad permanent token: "],
    ["a wrong token", "Bearer x.y.z", "Token is invalid or expired"],
  ])("%s gets 401", async (_, authorization, text) => {
    const { call, sandbox } = sandboxOfTest();
    const calls = ["GET /iam/clients", "GET /iam/users/8001", "DELETE /iam/users/8001", "GET /iam/nope"];
    for (const line of calls) {
      const [method = "", path = ""] = line.split(" ");
      const { status, body } = await call(method, path, undefined, authorization);
      expect(status).toBe(401);
      expect(body.message.startsWith(text)).toBe(true);
      expect(JSON.stringify(body)).not.toContain("1234");
    }
    expect(sandbox.requests().map((request) => request.status)).toEqual([401, 401, 401, 401]);
  });

  // Every call, with who may call it: the reseller (R), the user themselves (U), or both.
  test.each([
    ["R", "POST", "/iam/users"],
    ["R", "GET", "/iam/clients"],
    ["R", "GET", "/iam/clients/CLIENT"],
    ["R", "PATCH", "/iam/clients/CLIENT"],
    ["RU", "GET", "/iam/users/USER"],
    ["U", "PATCH", "/iam/users/USER"],
    ["U", "PUT", "/iam/users/USER/email"],
    ["U", "PUT", "/iam/users/USER/password"],
    ["R", "DELETE", "/iam/users/USER"],
    ["RU", "DELETE", "/iam/clients/CLIENT/client-users/USER"],
    ["R", "GET", "/iam/auth/jwt/users/USER/token"],
    ["R", "GET", "/iam/products/availability/defaults"],
    ["R", "PATCH", "/iam/products/availability/defaults"],
    ["R", "GET", "/iam/products/availability/clients/CLIENT"],
    ["R", "PATCH", "/iam/products/availability/clients/CLIENT"],
    ["R", "DELETE", "/iam/products/availability/clients/CLIENT"],
    ["U", "GET", "/iam/v2/clients/CLIENT/tokens"],
    ["U", "POST", "/iam/v2/clients/CLIENT/tokens"],
    ["U", "GET", "/iam/v2/clients/CLIENT/tokens/301"],
    ["U", "DELETE", "/iam/v2/clients/CLIENT/tokens/301"],
  ])("%s %s %s", async (allowed, method, pattern) => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const bob = await account("bob@example.com");
    const path = pattern.replace("USER", String(ada.id)).replace("CLIENT", String(ada.client));
    const body = method === "GET" || method === "DELETE" ? undefined : {};
    const status = async (authorization: string) => (await call(method, path, body, authorization)).status;

    expect(await status(bob.user), "another user").toBe(403);
    if (!allowed.includes("R")) expect(await status(reseller), "reseller").toBe(403);
    if (!allowed.includes("U")) expect(await status(ada.user), "user").toBe(403);
    if (allowed.includes("R")) expect([401, 403], "reseller").not.toContain(await status(reseller));
    if (allowed === "U") expect([401, 403], "user").not.toContain(await status(ada.user));
  });
});

describe("tokens of users", () => {
  test("a reseller gets them for its own users only", async () => {
    const { call, account } = sandboxOfTest();
    const { id } = await account("ada@example.com");
    const path = `/iam/auth/jwt/users/${id}/token`;
    expect(await call("GET", path)).toEqual({
      status: 200,
      body: { access: expect.any(String), refresh: expect.any(String) },
    });
    expect(await call("GET", path, undefined, otherReseller)).toEqual({ status: 404, body: undefined });
    expect((await call("GET", "/iam/auth/jwt/users/1/token")).status).toBe(404);
  });

  test("an access token is valid for an hour; a refresh token is not an access token", async () => {
    let now = Date.parse("2030-01-01T00:00:00Z");
    const { call, account } = sandboxOfTest({ now: () => now });
    const { id } = await account("ada@example.com");
    const { body } = await call("GET", `/iam/auth/jwt/users/${id}/token`);
    const read = async (token: string) => (await call("GET", `/iam/users/${id}`, undefined, `Bearer ${token}`)).status;
    expect(await read(body.refresh)).toBe(401);
    now += hour - 1000;
    expect(await read(body.access)).toBe(200);
    now += 1000;
    expect(await read(body.access)).toBe(401);
  });

  test("no token is valid after a reset, although ids start again", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const before = await account("ada@example.com");
    sandbox.reset();
    const after = await account("eve@example.com");
    expect(after.id).toBe(before.id);
    expect((await call("GET", `/iam/users/${after.id}`, undefined, before.user)).status).toBe(401);
  });
});

describe("POST /iam/auth/jwt/login", () => {
  const login = { username: "ada@example.com", password };

  test("needs no authorization, and returns tokens for the correct password", async () => {
    const { call, account } = sandboxOfTest();
    const { id } = await account("ada@example.com");
    const { status, body } = await call("POST", "/iam/auth/jwt/login", { ...login, username: "ADA@example.com" }, null);
    expect(status).toBe(200);
    expect((await call("GET", `/iam/users/${id}`, undefined, `Bearer ${body.access}`)).status).toBe(200);
  });

  test("refuses everyone else with the same error", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const { id } = await account("ada@example.com");
    const refusal = {
      status: 400,
      body: { errors: { errors: ["No active account found with the given credentials."] } },
    };
    expect(await call("POST", "/iam/auth/jwt/login", { ...login, password: "wrong" }, null)).toEqual(refusal);
    expect(await call("POST", "/iam/auth/jwt/login", { ...login, username: "b@example.com" }, null)).toEqual(refusal);
    sandbox.updateUser(id, { is_active: false });
    expect(await call("POST", "/iam/auth/jwt/login", login, null)).toEqual(refusal);
    sandbox.updateUser(id, { is_active: true, password: "new password" });
    expect(await call("POST", "/iam/auth/jwt/login", login, null)).toEqual(refusal);
    await call("DELETE", `/iam/users/${id}`);
    expect(await call("POST", "/iam/auth/jwt/login", { ...login, password: "new password" }, null)).toEqual(refusal);
  });

  test("names a missing field", async () => {
    const { call } = sandboxOfTest();
    const { status, body } = await call("POST", "/iam/auth/jwt/login", { username: "ada@example.com" }, null);
    expect(status).toBe(400);
    expect(Object.keys(body.errors)).toEqual(["password"]);
  });

  test("requires a passcode with two-step verification, and only after the correct password", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const { id } = await account("ada@example.com");
    sandbox.updateUser(id, { two_fa: true });
    const fields = async (more: object) =>
      Object.keys((await call("POST", "/iam/auth/jwt/login", { ...login, ...more }, null)).body.errors ?? {});
    expect(await fields({ password: "wrong" })).toEqual(["errors"]);
    expect(await fields({})).toEqual(["one_time_password"]);
    expect(await fields({ one_time_password: "000000" })).toEqual(["one_time_password"]);
    expect(await fields({ one_time_password: "123456" })).toEqual([]);
    expect((await call("GET", `/iam/users/${id}`)).body.two_fa).toBe(true);
  });
});

describe("unknown calls", () => {
  test.each(["GET /iam/nope", "PUT /iam/clients/1", "GET /iam/users/abc", "GET /users", "GET /_sandbox/nope"])(
    "%s: 404, and unknown in the log",
    async (line) => {
      const { call, sandbox } = sandboxOfTest();
      const [method = "", path = ""] = line.split(" ");
      const { status, body } = await call(method, path, method === "PUT" ? {} : undefined);
      expect(status).toBe(404);
      expect(body).toEqual({ message: expect.stringContaining(path) });
      expect(sandbox.requests()).toMatchObject([{ method, path, status: 404, unknown: true }]);
    },
  );

  test("a 404 of a known call: not unknown in the log", async () => {
    const { call, sandbox } = sandboxOfTest();
    await call("GET", "/iam/clients/1");
    expect(sandbox.requests()).toMatchObject([{ status: 404, unknown: false }]);
  });
});
