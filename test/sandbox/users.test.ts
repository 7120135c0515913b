import { describe, expect, test } from "vitest";
import { otherReseller, password, reseller, sandboxOfTest } from "./caller";

const minimal = { email: "ada@example.com", password, company: "Acme" };

describe("POST /iam/users", () => {
  test("creates one account and its user, with all given fields", async () => {
    const { call, sandbox } = sandboxOfTest();
    const { status, body } = await call("POST", "/iam/users", {
      ...minimal,
      company: "Ümläut & 株式会社",
      user_type: "common",
      name: "Ada",
      phone: "+352 1",
      seller: 12,
      lang: "de",
      custom_id: "crm-1",
      country_code: "LU",
      is_test: true,
      services: [
        { product_name: "CLOUD", available: true },
        { product_name: "CDN", available: false },
        { product_name: "DNS", available: null },
      ],
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: 8001,
      client: 50001,
      reseller: 1,
      email: "ada@example.com",
      name: "Ada",
      phone: "+352 1",
      lang: "de",
      company: "Ümläut & 株式会社",
      deleted: false,
      groups: [{ id: 1, name: "Administrators" }],
      activated: true,
      sso_auth: false,
      two_fa: false,
      auth_types: ["password"],
      user_type: "common",
      is_active: true,
      client_and_roles: [
        { client_id: 50001, client_company_name: "Ümläut & 株式会社", user_id: 8001, user_roles: ["1"] },
      ],
    });
    const client = (await call("GET", "/iam/clients/50001")).body;
    expect(client).toMatchObject({
      email: "ada@example.com",
      name: "Ada",
      phone: "+352 1",
      companyName: "Ümläut & 株式会社",
      custom_id: "crm-1",
      country_code: "LU",
      is_test: true,
      seller: 12,
      resellers: 1,
      capabilities: ["STORAGE", "STREAMING", "DNS", "CLOUD"],
      has_active_admin: true,
    });
    expect(sandbox.accounts()).toHaveLength(1);
  });

  test("needs only email, password and company", async () => {
    const { call } = sandboxOfTest();
    const { body } = await call("POST", "/iam/users", minimal);
    expect(body).toMatchObject({ name: null, phone: null, lang: "en" });
    const client = (await call("GET", `/iam/clients/${body.client}`)).body;
    expect(client).toMatchObject({ custom_id: null, seller: null, is_test: false });
    expect(client).not.toHaveProperty("country_code");
    expect(client).not.toHaveProperty("created_at");
  });

  test.each<[string, object, string]>([
    ["no email address", { email: undefined }, "email"],
    ["no password", { password: undefined }, "password"],
    ["no company", { company: undefined }, "company"],
    ["a blank company", { company: "  " }, "company"],
    ["what is no email address", { email: "ada@" }, "email"],
    ["a short password", { password: "1234567" }, "password"],
    ["another user type", { user_type: "reseller" }, "user_type"],
    ["an unknown language", { lang: "fr" }, "lang"],
    ["a null name", { name: null }, "name"],
    ["an unknown seller", { seller: 99 }, "seller"],
    ["another reseller's seller", { seller: 21 }, "seller"],
    ["a seller in quotes", { seller: "11" }, "seller"],
    ["an unknown product", { services: [{ product_name: "WAF", available: true }] }, "services"],
    ["an availability in quotes", { services: [{ product_name: "CDN", available: "true" }] }, "services"],
    ["a product twice", { services: [{ product_name: "CDN" }, { product_name: "CDN" }] }, "services"],
    ["services that are no list", { services: { product_name: "CDN" } }, "services"],
    ["a country's name", { country_code: "Luxembourg" }, "country_code"],
    ["a test flag in quotes", { is_test: "true" }, "is_test"],
    ["a numeric custom id", { custom_id: 5 }, "custom_id"],
    ["an unknown field", { isTest: true }, "isTest"],
  ])("refuses %s, by name", async (_, change, field) => {
    const { call, sandbox } = sandboxOfTest();
    const { status, body } = await call("POST", "/iam/users", { ...minimal, ...change });
    expect(status).toBe(400);
    expect(Object.keys(body.errors)).toEqual([field]);
    expect(body.errors[field]).toEqual([expect.any(String)]);
    expect(sandbox.accounts()).toEqual([]);
  });

  test("reports all errors at once", async () => {
    const { call } = sandboxOfTest();
    const { body } = await call("POST", "/iam/users", { email: "x", lang: "fr", nope: 1 });
    expect(Object.keys(body.errors).sort()).toEqual(["company", "email", "lang", "nope", "password"]);
  });

  test("refuses an email address in use, in any case and of any reseller, until its user is deleted", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const { id } = await account("ada@example.com");
    for (const authorization of [reseller, otherReseller]) {
      const again = { ...minimal, email: "ADA@example.com" };
      const { status, body } = await call("POST", "/iam/users", again, authorization);
      expect(status).toBe(400);
      expect(Object.keys(body.errors)).toEqual(["email"]);
    }
    expect(sandbox.accounts()).toHaveLength(1);
    await call("DELETE", `/iam/users/${id}`);
    expect((await call("POST", "/iam/users", minimal, otherReseller)).status).toBe(201);
    expect(sandbox.accounts().map((one) => one.users.length)).toEqual([0, 1]);
  });

  test("fifty equal requests at once create one account", async () => {
    const { call, sandbox } = sandboxOfTest({ latencyMs: 5 });
    const replies = await Promise.all(Array.from({ length: 50 }, () => call("POST", "/iam/users", minimal)));
    expect(replies.filter((reply) => reply.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 400)).toHaveLength(49);
    expect(sandbox.accounts()).toHaveLength(1);
  });
});

describe("bodies", () => {
  test.each([
    ["broken JSON", '{"password":"hunter22"'],
    ["other text", "hunter22"],
    ["a list", "[]"],
    ["null", "null"],
    ["nothing", ""],
  ])("refuses %s with a message that does not quote it", async (_, text) => {
    const { call } = sandboxOfTest();
    const { status, body } = await call("POST", "/iam/users", text);
    expect(status).toBe(400);
    expect(body).toEqual({ message: expect.any(String) });
    expect(body.message).not.toContain("hunter");
  });

  test("refuses another content type, invalid UTF-8, and a body that is too large", async () => {
    const { sandbox } = sandboxOfTest();
    const post = async (body: string | Uint8Array<ArrayBuffer>, type: string) => {
      const headers = { authorization: reseller, "content-type": type };
      return (await sandbox.fetch(new Request("http://x/iam/users", { method: "POST", headers, body }))).status;
    };
    const body = JSON.stringify(minimal);
    expect(await post(body, "text/plain")).toBe(400);
    expect(await post(Buffer.from(body.replace("Acme", "\xe4"), "latin1"), "application/json")).toBe(400);
    expect(await post(body.replace("Acme", "a".repeat(300_000)), "application/json")).toBe(413);
    expect(sandbox.accounts()).toEqual([]);
    expect(await post(body, "application/json; charset=utf-8")).toBe(201);
  });
});

describe("GET and PATCH /iam/users/{userId}", () => {
  test("a user is read by their reseller and by themselves", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    for (const authorization of [reseller, ada.user]) {
      const { status, body } = await call("GET", `/iam/users/${ada.id}`, undefined, authorization);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: ada.id, client: ada.client, user_type: "common", is_active: true });
      expect(body).not.toHaveProperty("client_and_roles");
    }
  });

  test("an unknown, a deleted and another reseller's user are not found", async () => {
    const { call, account } = sandboxOfTest();
    const other = await account("other@example.com", {}, otherReseller);
    const gone = await account("gone@example.com");
    await call("DELETE", `/iam/users/${gone.id}`);
    for (const id of [1, other.id, gone.id]) {
      expect(await call("GET", `/iam/users/${id}`)).toEqual({ status: 404, body: undefined });
      expect(await call("DELETE", `/iam/users/${id}`)).toEqual({ status: 404, body: undefined });
    }
    expect((await call("GET", `/iam/users/${other.id}`, undefined, otherReseller)).status).toBe(200);
  });

  test("the user changes their name, phone and language; other fields are kept", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com", { name: "Ada", phone: "1" });
    const path = `/iam/users/${ada.id}`;
    const changed = await call("PATCH", path, { name: "Ada L.", lang: "zh" }, ada.user);
    expect(changed).toMatchObject({ status: 200, body: { name: "Ada L.", lang: "zh", phone: "1" } });
    expect(changed.body.client_and_roles).toHaveLength(1);
    expect((await call("PATCH", path, { name: null, phone: null }, ada.user)).body).toMatchObject({
      name: null,
      phone: null,
      lang: "zh",
    });
    expect((await call("GET", `/iam/clients/${ada.client}`)).body.name).toBe("Ada");
  });

  test.each([
    ["an unknown language", { lang: "fr" }, "lang"],
    ["a read-only field", { two_fa: true }, "two_fa"],
    ["the company", { company: "Other" }, "company"],
    ["another email address", { email: "b@example.com" }, "email"],
  ])("refuses %s", async (_, change, field) => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const { status, body } = await call("PATCH", `/iam/users/${ada.id}`, change, ada.user);
    expect(status).toBe(400);
    expect(Object.keys(body.errors)).toEqual([field]);
  });
});

describe("PUT /iam/users/{userId}/email", () => {
  test("changes the user's email address; the old one can be used again", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const change = { new_email: "lovelace@example.com", password };
    expect(await call("PUT", `/iam/users/${ada.id}/email`, change, ada.user)).toEqual({
      status: 200,
      body: { new_email: "lovelace@example.com" },
    });
    expect((await call("GET", "/iam/clients?users_email=lovelace@example.com")).body).toHaveLength(1);
    expect((await call("GET", "/iam/clients?users_email=ada@example.com")).body).toEqual([]);
    await account("ada@example.com");
  });

  test.each([
    ["a wrong password", { new_email: "b@example.com", password: "wrong" }, "password"],
    ["the same email address", { new_email: "ada@example.com", password }, "new_email"],
    ["what is no email address", { new_email: "b@", password }, "new_email"],
    ["another user's email address", { new_email: "BOB@example.com", password }, "new_email"],
    ["no password", { new_email: "b@example.com" }, "password"],
  ])("refuses %s in a list of one", async (_, change, field) => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    await account("bob@example.com");
    const { status, body } = await call("PUT", `/iam/users/${ada.id}/email`, change, ada.user);
    expect(status).toBe(400);
    expect(body).toEqual([{ errors: { [field]: expect.any(String) } }]);
    expect((await call("GET", `/iam/users/${ada.id}`)).body.email).toBe("ada@example.com");
  });
});

describe("PUT /iam/users/{userId}/password", () => {
  const change = { old: password, new: "battery staple", double: "battery staple" };

  test("changes the password and returns valid tokens", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const { status, body } = await call("PUT", `/iam/users/${ada.id}/password`, change, ada.user);
    expect(status).toBe(200);
    expect((await call("GET", `/iam/users/${ada.id}`, undefined, `Bearer ${body.access}`)).status).toBe(200);
    const login = (secret: string) =>
      call("POST", "/iam/auth/jwt/login", { username: "ada@example.com", password: secret });
    expect((await login(password)).status).toBe(400);
    expect((await login("battery staple")).status).toBe(200);
  });

  test.each([
    ["a wrong old one", { ...change, old: "wrong" }, { old: ["Old password is incorrect"] }],
    ["two that differ", { ...change, double: "other" }, { new: [expect.any(String)] }],
    ["a short one", { ...change, new: "short", double: "short" }, { new: [expect.any(String)] }],
    ["no repetition", { ...change, double: undefined }, { double: [expect.any(String)] }],
  ])("refuses %s", async (_, body, errors) => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    expect(await call("PUT", `/iam/users/${ada.id}/password`, body, ada.user)).toEqual({
      status: 400,
      body: { errors },
    });
    const login = await call("POST", "/iam/auth/jwt/login", { username: "ada@example.com", password });
    expect(login.status).toBe(200);
  });
});

describe("deleting users", () => {
  test("leaves the account, without the user", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const ada = await account("ada@example.com");
    expect(await call("DELETE", `/iam/users/${ada.id}`)).toEqual({ status: 200, body: undefined });
    expect((await call("GET", `/iam/clients/${ada.client}`)).body).toMatchObject({ users: [], deleted: false });
    expect((await call("GET", "/iam/clients?users_email=ada@example.com")).body).toEqual([]);
    expect((await call("GET", `/iam/users/${ada.id}`, undefined, ada.user)).status).toBe(401);
    expect(sandbox.accounts()).toHaveLength(1);
  });

  test("of several accounts is refused until one is left", async () => {
    const { call, account, sandbox } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const bob = await account("bob@example.com");
    sandbox.updateUser(ada.id, { clients: [ada.client, bob.client] });
    const refused = await call("DELETE", `/iam/users/${ada.id}`);
    expect(refused).toEqual({ status: 403, body: { message: expect.stringContaining("multiple accounts") } });
    expect((await call("DELETE", `/iam/clients/${ada.client}/client-users/${ada.id}`)).status).toBe(200);
    expect((await call("GET", `/iam/users/${ada.id}`)).body.client).toBe(bob.client);
    expect((await call("DELETE", `/iam/clients/${ada.client}/client-users/${ada.id}`)).status).toBe(404);
    expect((await call("DELETE", `/iam/users/${ada.id}`)).status).toBe(200);
    expect(sandbox.accounts().map((one) => one.users.map((user) => user.id))).toEqual([[], [bob.id]]);
  });

  test("with API tokens is refused until they are deleted", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const tokens = `/iam/v2/clients/${ada.client}/tokens`;
    const request = { name: "ci", exp_date: null, client_user: { role: { id: 2 } } };
    const { body } = await call("POST", tokens, request, ada.user);
    for (const path of [`/iam/users/${ada.id}`, `/iam/clients/${ada.client}/client-users/${ada.id}`]) {
      expect(await call("DELETE", path)).toEqual({
        status: 403,
        body: { message: expect.stringContaining("active tokens") },
      });
    }
    expect((await call("DELETE", `${tokens}/${body.id}`, undefined, ada.user)).status).toBe(204);
    expect((await call("DELETE", `/iam/users/${ada.id}`)).status).toBe(200);
  });

  test("the last membership revoked deletes the user; other resellers and users cannot revoke it", async () => {
    const { call, account } = sandboxOfTest();
    const ada = await account("ada@example.com");
    const bob = await account("bob@example.com");
    const path = `/iam/clients/${ada.client}/client-users/${ada.id}`;
    expect((await call("DELETE", path, undefined, otherReseller)).status).toBe(404);
    expect((await call("DELETE", path, undefined, bob.user)).status).toBe(403);
    expect((await call("DELETE", path, undefined, ada.user)).status).toBe(200);
    expect((await call("GET", `/iam/users/${ada.id}`)).status).toBe(404);
  });
});
