import { expect, test } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { ids, newStack, plain, type Stack, type StateResource } from "../support/stack";

/** A ClientUser on the real engine: create, update, drift, refresh, get and destroy. */

const password = "pass-W0rd-of-acme";
const minimal = { email: "it@acme.example", password, company: "Acme Ltd" };
const full = {
  ...minimal,
  name: "Anna Berg",
  phone: "+49 30 1234567",
  lang: "de",
  userType: "common",
  countryCode: "DE",
  isTest: true,
  seller: 11,
  services: [
    { productName: "CDN", available: true },
    { productName: "CLOUD", available: false },
    { productName: "DNS", available: null },
  ],
  forceDestroy: true,
};

async function setUp(users: Parameters<Stack["write"]>[0]["users"] = {}): Promise<{ api: TestApi; stack: Stack }> {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: users });
  return { api, stack };
}

test("every input: created by one POST, no diff afterwards, refreshed and destroyed", async () => {
  const { api, stack } = await setUp({ acme: full, small: { ...minimal, email: "small@acme.example" } });
  await stack.up();

  const posts = api.seen.splice(0);
  expect(posts.map(({ call }) => call)).toEqual(["POST /iam/users", "POST /iam/users"]);
  expect(posts.map(({ body }) => body)).toEqual(
    expect.arrayContaining([
      {
        email: "it@acme.example",
        password,
        company: "Acme Ltd",
        name: "Anna Berg",
        phone: "+49 30 1234567",
        lang: "de",
        user_type: "common",
        country_code: "DE",
        is_test: true,
        seller: 11,
        custom_id: "pulumi:shop/prod/acme",
        services: [
          { product_name: "CDN", available: true },
          { product_name: "CLOUD", available: false },
          { product_name: "DNS", available: null },
        ],
      },
      { ...minimal, email: "small@acme.example", custom_id: "pulumi:shop/prod/small" },
    ]),
  );

  const { acme, small } = (await stack.users()) as Record<"acme" | "small", StateResource>;
  const [account] = api.sandbox.accounts().filter(({ email }) => email === full.email);
  expect(acme?.id).toBe(`${account?.client}/${account?.users[0]?.id}`);
  const { __provider, password: secret, ...outputs } = acme?.outputs ?? {};
  expect(outputs).toEqual({
    ...Object.fromEntries(Object.entries(full).filter(([key]) => key !== "password")),
    customId: "pulumi:shop/prod/acme",
    origin: "pulumi:shop/prod/acme",
    userId: account?.users[0]?.id,
    client: account?.client,
    reseller: 1,
    groups: [{ id: 1, name: "Administrators" }],
    activated: true,
    deleted: false,
    ssoAuth: false,
    twoFa: false,
    authTypes: ["password"],
    isActive: true,
    clientAndRoles: [
      { clientId: account?.client, clientCompanyName: "Acme Ltd", userId: account?.users[0]?.id, userRoles: ["1"] },
    ],
  });
  expect(secret).toHaveProperty("ciphertext");

  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(api.calls()).toEqual([]);
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(api.calls().every((call) => call.startsWith("GET /iam/clients"))).toBe(true);
  const refreshed = plain(await stack.users());
  const before = plain({ acme, small });
  // An output has the name of this input, so a refresh cannot see whether its default was declared.
  expect(before.acme?.inputs).toHaveProperty("userType", "common");
  delete before.acme?.inputs.userType;
  expect(refreshed).toEqual(before);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });

  await stack.destroy();
  expect(api.emails()).toEqual([]);
  expect(stack.exported().resources ?? []).toEqual([]);
});

test("state: every input and output by its own name, and no stack trace", async () => {
  const { stack } = await setUp({ acme: minimal });
  await stack.up();
  const { resources = [] } = stack.exported();
  const acme = resources.find(({ type }) => type.endsWith(":ClientUser"));
  const inputs = ["company", "customId", "email", "origin", "password"];
  const outputs = ["activated", "authTypes", "client", "clientAndRoles", "deleted", "groups", "isActive", "reseller"];
  expect(Object.keys(acme?.inputs ?? {}).sort()).toEqual(["__provider", ...inputs].sort());
  expect(Object.keys(acme?.outputs ?? {}).sort()).toEqual(
    ["__provider", ...inputs, ...outputs, "ssoAuth", "twoFa", "userId", "userType"].sort(),
  );
  expect(acme).not.toHaveProperty("stackTrace");
  expect(acme).not.toHaveProperty("sourcePosition");
});

test("each input changed: updated in place by its own calls only", async () => {
  const { api, stack } = await setUp({ acme: full });
  await stack.up();
  const { acme } = await stack.users();
  const { userId, client } = ids(acme);
  const token = `GET /iam/auth/jwt/users/${userId}/token`;
  const user = `/iam/users/${userId}`;
  const account = `PATCH /iam/clients/${client}`;
  const availability = `/iam/products/availability/clients/${client}`;
  api.calls();

  type Exchange = [call: string, body?: unknown];
  const changes: [Record<string, unknown>, Exchange[]][] = [
    // Each group of inputs has a call of its own, and only the inputs that differ are in its body.
    [
      {
        name: "Anna Graf",
        company: "Acme SE",
        services: [full.services[1], full.services[2], { productName: "CDN", available: false }],
      },
      [
        [token],
        [`PATCH ${user}`, { name: "Anna Graf" }],
        [account, { companyName: "Acme SE" }],
        [`PATCH ${availability}`, { product_name: "CDN", available: false }],
      ],
    ],
    [
      { phone: "+49 30 7654321", lang: "en", isTest: false, seller: 12, services: [full.services[1]] },
      [
        [token],
        [`PATCH ${user}`, { phone: "+49 30 7654321", lang: "en" }],
        [account, { is_test: false, seller: 12 }],
        [`DELETE ${availability}`, { product_names: ["CDN"] }],
      ],
    ],
    [
      { email: "admin@acme.example", customId: "crm-1" },
      [
        [token],
        [`PUT ${user}/email`, { new_email: "admin@acme.example", password }],
        [account, { custom_id: "crm-1" }],
      ],
    ],
    [
      { password: "another-W0rd", sendPasswordReset: "1" },
      [
        [token],
        [`PUT ${user}/password`, { old: password, new: "another-W0rd", double: "another-W0rd" }],
        ["POST /iam/auth/reset_password", { email: "admin@acme.example" }],
      ],
    ],
    [
      {
        forceDestroy: false,
        services: [full.services[1], { productName: "DNS", available: null }],
        email: "Admin@Acme.example",
        adoptId: "1/2",
      },
      [],
    ],
  ];
  const read = `GET /iam/clients/${client}`;
  let declared: Record<string, unknown> = full;
  for (const [change, exchanges] of changes) {
    declared = { ...declared, ...change };
    stack.write({ users: { acme: declared } });
    await stack.up();
    const seen = api.seen.splice(0).map(({ call, body }) => (body === undefined ? [call] : [call, body]));
    const expected = exchanges.length > 0 ? [[read], ...exchanges] : [];
    expect(seen, JSON.stringify(change)).toEqual(expected);
  }
  expect((await stack.users()).acme?.id).toBe(acme?.id);

  // An omitted input is cleared if the API has a value for "none", reset to our default if there is one, else unchanged.
  stack.write({
    users: { acme: { ...minimal, email: "admin@acme.example", password: "another-W0rd", countryCode: "DE" } },
  });
  await stack.up();
  expect(api.seen.splice(0).map(({ call, body }) => [call, body])).toEqual([
    [read, undefined],
    [token, undefined],
    [`PATCH ${user}`, { name: null, phone: null }],
    [account, { companyName: "Acme Ltd", seller: null, custom_id: "pulumi:shop/prod/acme" }],
    [`DELETE ${availability}`, { product_names: ["CLOUD"] }],
  ]);
  expect(await api.client(client)).toMatchObject({ is_test: false, seller: null });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("output changed at the API: refresh stores it in state and reports no drift", async () => {
  const { api, stack } = await setUp({ acme: minimal });
  await stack.up();
  const { userId } = ids((await stack.users()).acme);
  api.sandbox.updateUser(userId, { two_fa: true });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect((await stack.users()).acme?.outputs).toMatchObject({ twoFa: true });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("inputs changed outside Pulumi: refresh reports the drift, and up restores them", async () => {
  const { api, stack } = await setUp({ acme: full });
  await stack.up();
  const { userId, client } = ids((await stack.users()).acme);

  await api.sendAsUser(userId, "PATCH", `/iam/users/${userId}`, { name: "Mallory", phone: null, lang: "ru" });
  await api.sendAsUser(userId, "PUT", `/iam/users/${userId}/email`, { new_email: "mallory@acme.example", password });
  await api.send("PATCH", `/iam/clients/${client}`, {
    companyName: "M Corp",
    is_test: false,
    seller: 13,
    custom_id: "m",
  });
  await api.send("PATCH", `/iam/products/availability/clients/${client}`, { product_name: "CDN", available: false });
  api.calls();

  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(drift.code).not.toBe(0);
  for (const property of ["name", "phone", "lang", "email", "company", "isTest", "seller", "customId", "services"]) {
    expect(drift.output).toMatch(new RegExp(`[~+-] ${property}\\b`));
  }
  expect((await stack.refresh()).code).toBe(0);
  expect((await stack.users()).acme?.outputs).toMatchObject({ name: "Mallory", company: "M Corp", seller: 13 });
  api.calls();

  await stack.up();
  expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([
    `PATCH /iam/users/${userId}`,
    `PUT /iam/users/${userId}/email`,
    `PATCH /iam/clients/${client}`,
    `PATCH /iam/products/availability/clients/${client}`,
  ]);
  expect(await api.client(client)).toMatchObject({
    companyName: "Acme Ltd",
    is_test: true,
    seller: 11,
    custom_id: "pulumi:shop/prod/acme",
    users: [{ name: "Anna Berg", phone: "+49 30 1234567", lang: "de", email: "it@acme.example" }],
  });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("default customId: follows a renamed stack, shortened if too long; null sends none", async () => {
  const long = "a".repeat(120);
  const { api, stack } = await setUp({
    acme: minimal,
    none: { ...minimal, email: "none@acme.example", customId: null },
    [long]: { ...minimal, email: "long@acme.example" },
  });
  await stack.up();
  const accounts = api.sandbox.accounts();
  const marks = Object.fromEntries(accounts.map(({ email, custom_id }) => [email, custom_id]));
  expect(marks).toMatchObject({ "it@acme.example": "pulumi:shop/prod/acme", "none@acme.example": null });
  expect(marks["long@acme.example"]).toMatch(/^pulumi:shop\/prod\/a+~[0-9a-f]{16}$/);
  expect(marks["long@acme.example"]).toHaveLength(100);
  api.calls();

  await stack.ok("stack", "rename", "live");
  expect((await stack.preview("--diff")).output).toMatch(
    /~ customId: "pulumi:shop\/prod\/acme" => "pulumi:shop\/live\/acme"/,
  );
  await stack.up();
  const marked = accounts.filter(({ custom_id }) => custom_id !== null);
  expect(marked).toHaveLength(2);
  expect(
    api
      .calls()
      .filter((call) => !call.startsWith("GET "))
      .sort(),
  ).toEqual(marked.map(({ client }) => `PATCH /iam/clients/${client}`).sort());
  expect(api.sandbox.accounts().map(({ custom_id }) => custom_id?.slice(0, 16) ?? null)).toEqual(
    expect.arrayContaining(["pulumi:shop/live", null]),
  );
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("two explicit Providers and the default one: each user is created with the key of its own", async () => {
  const { api, stack } = await setUp();
  const second = await startApi();
  const users = {
    first: { ...minimal, $provider: "first" },
    second: { ...minimal, email: "it@other.example", $provider: "second" },
    byDefault: { ...minimal, email: "it@default.example" },
  };
  const providers = {
    first: { apiKey: "1234$sandbox-reseller-key", baseUrl: second.url },
    second: { apiKey: "5678$sandbox-second-key", baseUrl: second.url },
  };
  stack.write({ users, providers });
  await stack.up();
  expect(api.emails()).toEqual(["it@default.example"]);
  const byReseller = Object.fromEntries(second.sandbox.accounts().map(({ email, reseller }) => [email, reseller]));
  expect(byReseller).toEqual({ "it@acme.example": 1, "it@other.example": 2 });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(stack.visible()).not.toContain("sandbox-second-key");
  await stack.destroy();
  expect([...api.emails(), ...second.emails()]).toEqual([]);
});

test("get by either form of the ID: reads the user, and destroy deletes nothing", async () => {
  const { api, stack } = await setUp();
  const [first, second] = api.sandbox.seed(2);
  const [, account] = api.sandbox.accounts();
  stack.write({ get: { byUser: String(first), byClientAndUser: `${account?.client}/${second}` } });
  await stack.up();
  expect(api.calls().every((call) => call.startsWith("GET "))).toBe(true);
  const { byUser, byClientAndUser } = await stack.outputs();
  expect(byUser).toMatchObject({
    id: String(first),
    userId: first,
    email: "seed-1@sandbox.example",
    company: "Seed 1",
  });
  expect(byClientAndUser).toMatchObject({ userId: second, client: account?.client, email: "seed-2@sandbox.example" });
  await stack.destroy();
  expect(api.emails()).toHaveLength(2);
});

test("program deleted: refresh and destroy succeed", async () => {
  const { api, stack } = await setUp({ acme: minimal });
  await stack.up();
  stack.removeProgram();
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await stack.destroy();
  expect(api.emails()).toEqual([]);
});

test("input unknown during preview: accepted", async () => {
  const { api, stack } = await setUp({ acme: minimal, next: { ...minimal, $emailFromId: "acme" } });
  const preview = await stack.preview();
  expect(preview.output).toMatch(/2 to create|3 to create/);
  expect(preview.code).toBe(0);
  expect(api.calls()).toEqual([]);
  await stack.up();
  const { acme } = await stack.users();
  expect(api.emails().sort()).toEqual(["it@acme.example", `user-of-${ids(acme).userId}@example.com`]);
});
