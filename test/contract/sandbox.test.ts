import { createSandbox, defaultApiKeys, type Sandbox } from "gcore-reseller-sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { contractFetch, documentedExchanges } from "../support/contract";

// Every call with its success and each of its documented errors: replies are checked against the contract, and every
// documented status must occur.

const [key = ""] = Object.keys(defaultApiKeys);
const reseller = `apikey ${key}`;
const password = "first-password";
const unknown = 999_999;

let sandbox: Sandbox;
let checked: ReturnType<typeof contractFetch>;

beforeEach(() => {
  sandbox = createSandbox();
  checked = contractFetch(sandbox.fetch);
});

afterEach(() => sandbox.close());

async function call(method: string, path: string, authorization: string | undefined, body?: unknown) {
  const response = await checked.fetch(
    new Request(`http://127.0.0.1/iam${path}`, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

async function createUser(name: string) {
  const account = { email: `${name}@example.com`, password, company: name };
  const { body } = await call("POST", "/users", reseller, account);
  const id: number = body.id;
  const client: number = body.client;
  const token = await call("GET", `/auth/jwt/users/${id}/token`, reseller);
  return { id, client, email: account.email, authorization: `Bearer ${token.body.access}` };
}

type Account = Awaited<ReturnType<typeof createUser>>;

const newToken = { name: "deploy", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };

async function createToken(account: Account): Promise<number> {
  return (await call("POST", `/v2/clients/${account.client}/tokens`, account.authorization, newToken)).body.id;
}

async function login() {
  const { email } = await createUser("acme");
  await call("POST", "/auth/jwt/login", undefined, { username: email, password });
  await call("POST", "/auth/jwt/login", undefined, { username: email, password: "another password" });
  await call("POST", "/auth/jwt/login", undefined, { username: email });
}

async function actAsUser() {
  const acme = await createUser("acme");
  await call("GET", `/auth/jwt/users/${acme.id}/token`, undefined);
  await call("GET", `/auth/jwt/users/${acme.id}/token`, acme.authorization);
  await call("GET", `/auth/jwt/users/${unknown}/token`, reseller);
}

async function createUsers() {
  const full = {
    email: "full@example.com",
    password,
    company: "Full",
    user_type: "common",
    name: "Ada",
    phone: "+352 208",
    seller: 11,
    services: [
      { product_name: "CDN", available: true },
      { product_name: "DNS", available: false },
      { product_name: "CLOUD", available: null },
    ],
    lang: "de",
    custom_id: "pulumi:shop/prod/full",
    country_code: "LU",
    is_test: true,
  };
  expect((await call("POST", "/users", reseller, full)).status).toBe(201);
  expect((await call("POST", "/users", reseller, full)).status).toBe(400);
  await call("POST", "/users", reseller, { email: "nobody" });
  await call("POST", "/users", undefined, full);
}

async function readClients() {
  const acme = await createUser("acme");
  await createUser("bolt");
  await call("PATCH", `/clients/${acme.client}`, reseller, { custom_id: "mark", seller: 12 });
  for (const query of [
    "",
    "?limit=1",
    "?limit=1&offset=1",
    "?limit=10&offset=10",
    "?users_email=acme%40example.com",
    "?custom_id=mark&seller_id=12&deleted=false",
    "?created_at_gte=2020-01-01T00:00:00Z&ordering=-id",
  ]) {
    await call("GET", `/clients${query}`, reseller);
  }
  await call("GET", "/clients", undefined);
  await call("GET", `/clients/${acme.client}`, reseller);
  await call("GET", `/clients/${acme.client}`, undefined);
  await call("GET", `/clients/${unknown}`, reseller);
}

async function updateClients() {
  const { client } = await createUser("acme");
  await call("PATCH", `/clients/${client}`, reseller, {
    companyName: "Acme II",
    custom_id: null,
    is_test: true,
    seller: 11,
  });
  await call("PATCH", `/clients/${client}`, reseller, { seller: null, name: null, phone: null });
  await call("PATCH", `/clients/${client}`, reseller, { companyName: "" });
  await call("PATCH", `/clients/${client}`, undefined, {});
  await call("PATCH", `/clients/${unknown}`, reseller, {});
}

async function users() {
  const acme = await createUser("acme");
  const bolt = await createUser("bolt");
  for (const authorization of [reseller, acme.authorization, undefined]) {
    await call("GET", `/users/${acme.id}`, authorization);
  }
  await call("GET", `/users/${unknown}`, reseller);
  await call("PATCH", `/users/${acme.id}`, acme.authorization, { name: "Ada", phone: null, lang: "zh" });
  await call("PATCH", `/users/${acme.id}`, acme.authorization, { lang: "fr" });
  await call("PATCH", `/users/${acme.id}`, bolt.authorization, { name: "Eve" });
  await call("PATCH", `/users/${unknown}`, acme.authorization, { name: "Eve" });

  await call("PUT", `/users/${acme.id}/email`, acme.authorization, { new_email: "new@example.com", password });
  for (const body of [
    { new_email: "new@example.com", password },
    { new_email: "nobody", password },
    { new_email: bolt.email, password },
    { new_email: "other@example.com", password: "another password" },
  ]) {
    expect((await call("PUT", `/users/${acme.id}/email`, acme.authorization, body)).status).toBe(400);
  }
  await call("PUT", `/users/${acme.id}/email`, undefined, { new_email: "x@example.com", password });

  const change = { old: password, new: "second-password", double: "second-password" };
  for (const email of ["new@example.com", "nobody@example.com", "nobody"]) {
    await call("POST", "/auth/reset_password", reseller, { email });
  }
  await call("PUT", `/users/${acme.id}/password`, bolt.authorization, change);
  await call("PUT", `/users/${acme.id}/password`, undefined, change);
  await call("PUT", `/users/${acme.id}/password`, acme.authorization, change);
  await call("PUT", `/users/${acme.id}/password`, acme.authorization, change);
}

async function availability() {
  const { client } = await createUser("acme");
  const path = `/products/availability/clients/${client}`;
  for (const authorization of [reseller, undefined]) {
    await call("GET", "/products/availability/defaults", authorization);
    await call("GET", path, authorization);
    await call("PATCH", path, authorization, { product_name: "CLOUD", available: true });
    await call("DELETE", path, authorization, { product_names: ["CLOUD"] });
  }
  await call("GET", `/products/availability/clients/${unknown}`, reseller);
  await call("PATCH", path, reseller, { product_name: "WAF", available: true });
  await call("DELETE", path, reseller, {});
  sandbox.updateClient(client, { services: { DNS: "trial", DDOS: "active" } });
  await call("PATCH", path, reseller, { product_name: "DNS", available: false });
  await call("DELETE", path, reseller, { product_names: ["DDOS"] });
}

async function tokens() {
  const acme = await createUser("acme");
  const bolt = await createUser("bolt");
  const path = `/v2/clients/${acme.client}/tokens`;
  const token = await createToken(acme);
  await call("POST", path, acme.authorization, { ...newToken, client_user: { role: { id: 77, name: "Users" } } });
  await call("GET", path, acme.authorization);
  await call("GET", `${path}?issued_by=${acme.id}`, acme.authorization);
  await call("GET", path, bolt.authorization);
  await call("GET", `/v2/clients/${unknown}/tokens`, acme.authorization);
  for (const method of ["GET", "DELETE"]) {
    await call(method, `${path}/${token}`, bolt.authorization);
    await call(method, `${path}/${token}`, acme.authorization);
  }
  for (const method of ["GET", "DELETE"]) await call(method, `${path}/${token}`, acme.authorization);
}

async function deletions() {
  const acme = await createUser("acme");
  const bolt = await createUser("bolt");
  const membership = `/clients/${bolt.client}/client-users/${acme.id}`;
  expect((await call("DELETE", membership, reseller)).status).toBe(404);
  sandbox.updateUser(acme.id, { clients: [acme.client, bolt.client] });
  expect((await call("DELETE", `/users/${acme.id}`, reseller)).status).toBe(403);
  expect((await call("DELETE", membership, reseller)).status).toBe(200);

  const token = await createToken(acme);
  expect((await call("DELETE", `/users/${acme.id}`, reseller)).status).toBe(403);
  expect((await call("DELETE", `/clients/${acme.client}/client-users/${acme.id}`, reseller)).status).toBe(403);
  await call("DELETE", `/v2/clients/${acme.client}/tokens/${token}`, acme.authorization);
  await call("DELETE", `/users/${acme.id}`, undefined);
  expect((await call("DELETE", `/users/${acme.id}`, reseller)).status).toBe(200);
  expect((await call("DELETE", `/users/${acme.id}`, reseller)).status).toBe(404);
  await call("PATCH", `/users/${acme.id}`, acme.authorization, { name: "Ada" });
  await call("GET", `/clients/${acme.client}`, reseller);
}

async function sellers() {
  const anna = { email: "anna@seller.example", full_name: "Anna", phone: "+352 208" };
  const { body } = await call("POST", "/admin/sellers", reseller, anna);
  await call("POST", "/admin/sellers", reseller, anna);
  await call("POST", "/admin/sellers", undefined, anna);
  for (const query of ["", "?limit=1", "?limit=1&offset=1", "?email=anna@seller.example&deleted=false&ordering=id"]) {
    await call("GET", `/admin/sellers${query}`, reseller);
  }
  await call("GET", "/admin/sellers", undefined);
  const path = `/admin/sellers/${body.id}`;
  await call("GET", path, reseller);
  await call("PATCH", path, reseller, { ...anna, full_name: "Anna B." });
  await call("PATCH", path, reseller, { ...anna, email: "nobody" });
  await call("PATCH", path, undefined, anna);

  await call("POST", "/auth/renew_invitation", reseller, { email: anna.email });
  await call("POST", "/auth/renew_invitation", undefined, { email: anna.email });
  await call("POST", "/auth/renew_invitation", reseller, { email: "nobody@seller.example" });
  sandbox.updateSeller(body.id, { activated: true });
  expect((await call("POST", "/auth/renew_invitation", reseller, { email: anna.email })).status).toBe(400);

  await call("DELETE", path, reseller);
  await call("DELETE", path, reseller);
  await call("GET", path, reseller);
  await call("GET", `/admin/sellers/${unknown}`, reseller);
  await call("PATCH", `/admin/sellers/${unknown}`, reseller, anna);
}

async function services() {
  const { client } = await createUser("acme");
  const path = `/clients/${client}/services`;
  const all = (await call("GET", path, reseller)).body;
  await call("GET", path, undefined);
  await call("GET", `/clients/${unknown}/services`, reseller);
  for (const { id, options } of all) {
    await call("GET", `${path}/${id}`, reseller);
    await call("PUT", `${path}/${id}`, reseller, { status: "trial", enabled: true, options });
    await call("PUT", `${path}/${id}`, reseller, { status: "new" });
  }
  await call("GET", path, reseller);
  await call("GET", `/clients/${client}`, reseller);
  await call("GET", `${path}/${all[0].id}`, undefined);
  await call("PUT", `${path}/${all[0].id}`, undefined, { status: "trial" });
  await call("GET", `${path}/${unknown}`, reseller);
  await call("PUT", `${path}/${unknown}`, reseller, { status: "trial" });
}

async function defaultAvailability() {
  const path = "/products/availability/defaults";
  const { client } = await createUser("acme");
  for (const available of [true, false]) await call("PATCH", path, reseller, { product_name: "CLOUD", available });
  await call("PATCH", path, reseller, { product_name: "WAF", available: true });
  await call("PATCH", path, undefined, { product_name: "CLOUD", available: true });
  sandbox.updateClient(client, { services: { DNS: "trial" } });
  await call("PATCH", path, reseller, { product_name: "DNS", available: false });
}

async function features() {
  const { client } = await createUser("acme");
  const catalogue = (await call("GET", "/admin/feature", reseller)).body;
  await call("GET", "/admin/feature", undefined);
  await call("GET", `/admin/feature/${catalogue[0].id}`, reseller);
  await call("GET", `/admin/feature/${catalogue[0].id}`, undefined);
  await call("GET", `/admin/feature/${unknown}`, reseller);
  for (const kind of ["free", "paid"]) {
    const path = `/admin/${kind}_features`;
    const [feature, other] = ["free", "paid"].map((one) =>
      catalogue.find(({ is_free }: { is_free: boolean }) => is_free === (one === kind)),
    );
    const { body } = await call("POST", path, reseller, { client_id: client, feature_id: feature.id });
    await call("POST", path, reseller, { client_id: client, feature_id: other.id });
    await call("POST", path, undefined, { client_id: client, feature_id: feature.id });
    await call("GET", `/clients/${client}`, reseller);
    for (const authorization of [undefined, reseller]) {
      await call("GET", path, authorization);
      await call("GET", `${path}/${body.id}`, authorization);
      await call("DELETE", `${path}/${body.id}`, authorization);
    }
    await call("GET", `${path}/${body.id}`, reseller);
    await call("DELETE", `${path}/${body.id}`, reseller);
  }
}

const scenarios = {
  ...{ login, actAsUser, createUsers, readClients, updateClients, users, availability, tokens, deletions },
  ...{ sellers, services, defaultAvailability, features },
};

test.each(Object.entries(scenarios))("%s: every exchange matches the contract", async (_, scenario) => {
  await scenario();
  expect(checked.violations).toEqual([]);
});

test("every documented status of every call occurs", async () => {
  for (const scenario of Object.values(scenarios)) {
    sandbox.reset();
    await scenario();
  }
  const seen = new Set(checked.exchanges);
  // Users may only call for themselves, so an unknown id is refused like another user's.
  expect(documentedExchanges.filter((exchange) => !seen.has(exchange))).toEqual(["PATCH /iam/users/{userId} 404"]);
});
