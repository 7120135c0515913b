import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { apiFunctions } from "../../tools/contract/api-calls.mts";
import { contractFacts, contractOperations, sources } from "../../tools/contract/make.mts";
import { checkExchange, contractFetch, documentedExchanges, facts } from "../support/contract";
import operations from "./operations.json";

const json = "application/json";

const created = {
  id: 1001,
  email: "ops@example.com",
  name: null,
  lang: "en",
  phone: null,
  company: "Acme",
  reseller: 1,
  client: 501,
  deleted: false,
  groups: [{ id: 1, name: "Administrators" }],
  activated: true,
  sso_auth: false,
  two_fa: false,
  auth_types: ["password"],
  user_type: "common",
  is_active: true,
  client_and_roles: [{ client_id: 501, client_company_name: "Acme", user_id: 1001, user_roles: ["1"] }],
};

const declared = {
  email: "ops@example.com",
  password: "secret",
  company: "Acme",
  services: [
    { product_name: "CDN", available: true },
    { product_name: "DNS", available: null },
  ],
};

function create(request: object, reply: object = {}) {
  return checkExchange(
    { method: "POST", url: "/iam/users", contentType: json, body: { ...declared, ...request } },
    { status: 201, contentType: json, body: { ...created, ...reply } },
  );
}

function refused(status: number, body: unknown) {
  const request = { method: "POST", url: "/iam/users", contentType: json, body: { email: "invalid" } };
  return checkExchange(request, { status, contentType: json, body });
}

describe("the facts", () => {
  test("hold no descriptions", () => {
    const keys = new Set<string>();
    const longestText = { text: "" };
    const walk = (value: unknown, named = false): void => {
      if (typeof value === "string" && value.length > longestText.text.length) longestText.text = value;
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        // Under `properties` are names of the API; one of them is description.
        if (!named && !Array.isArray(value)) keys.add(key);
        walk(inner, key === "properties");
      }
    };
    walk(facts.paths);
    walk(facts.components.schemas);
    expect(longestText.text.length).toBeLessThanOrEqual(80);
    expect(
      [...keys].filter((key) => /^(description|summary|title|examples?|x-.*|tags|operationId|servers|info)$/.test(key)),
    ).toEqual([]);
    expect(keys).toContain("required");
  });

  test("cover the calls of the provider", () => {
    const documented = new Set(documentedExchanges.map((exchange) => exchange.replace(/ \d+$/, "")));
    const made = apiFunctions().flatMap((api) => api.operations);
    expect(made).toContain("POST /iam/users");
    const missing = made.filter((operation) => !documented.has(operation));
    expect(missing, "tools/contract/make.mts: add to operations, then `npm run contract`").toEqual([]);
  });

  test.skipIf(!existsSync(sources))("equal what the script extracts from Gcore's files", () => {
    expect(facts).toEqual(contractFacts());
    expect(operations).toEqual(contractOperations());
  });
});

describe("checkExchange", () => {
  test("accepts exchanges that match the contract", () => {
    expect(create({})).toEqual([]);
    expect(refused(400, { errors: { email: ["Enter a valid email address."] } })).toEqual([]);
    expect(refused(400, { message: "JSON parse error" })).toEqual([]);
    expect(refused(401, { detail: "anything" })).toEqual([]);
    expect(refused(429, undefined)).toEqual([]);
    expect(refused(503, "<html>")).toEqual([]);
    const deleted = { method: "DELETE", url: "http://localhost/iam/users/7" };
    expect(checkExchange(deleted, { status: 200 })).toEqual([]);
    expect(checkExchange(deleted, { status: 404, body: "gone" })).toEqual([]);
    const list = { method: "GET", url: "/iam/clients?limit=10&offset=0&created_at_gte=2026-01-01T00:00:00Z" };
    expect(checkExchange(list, { status: 200, contentType: json, body: { count: 0, results: [] } })).toEqual([]);
    expect(checkExchange({ ...list, url: "/iam/clients" }, { status: 200, contentType: json, body: [] })).toEqual([]);
  });

  test.each([
    ["a value outside an enum", create({ lang: "fr" }), "request/lang must be equal to one of the allowed values"],
    ["a missing property", create({ company: undefined }), "request must have required property 'company'"],
    ["an invented property", create({ plan: "big" }), "request must NOT have additional properties: plan"],
    ["a wrong type", create({ seller: "7" }), "request/seller must be integer"],
    ["a wrong format", create({ email: "nobody" }), 'request/email must match format "email"'],
    [
      "an inner wrong value",
      create({ services: [{ product_name: "WAF" }] }),
      "request/services/0/product_name must be",
    ],
    ["a reply without its id", create({}, { id: undefined }), "reply must have required property 'id'"],
    ["a reply of a wrong type", create({}, { client: "501" }), "reply/client must be number"],
    [
      "an invented property of a reply",
      create({}, { created: "now" }),
      "reply must NOT have additional properties: created",
    ],
    ["a refusal of another shape", refused(400, { errors: "no" }), "reply/errors must be object"],
    [
      "a refusal of two shapes",
      refused(400, { errors: {}, message: "" }),
      "reply must match exactly one schema in oneOf",
    ],
    ["an undocumented status", refused(409, undefined), "the contract has no such status"],
  ])("finds %s", (_, violations, expected) => {
    expect(violations.join("\n")).toContain(expected);
  });

  test("a schema of request and reply: what only the reply has is neither required nor allowed in the request", () => {
    const seller = { email: "anna@example.com", full_name: "Anna" };
    const reply = { id: 1, reseller_name: "R", company: "R", date_joined: "2026", activated: false, deleted: false };
    const post = (body: object) =>
      checkExchange(
        { method: "POST", url: "/iam/admin/sellers", contentType: json, body },
        { status: 200, contentType: json, body: { ...seller, ...reply } },
      );
    expect(post(seller)).toEqual([]);
    expect(post({ ...seller, activated: true }).join()).toContain("additional properties: activated");
    expect(post({ email: seller.email }).join()).toContain("required property 'full_name'");
    expect(post({ ...seller, phone: "A" }).join()).toContain("request/phone must match pattern");
  });

  test.each([
    ["an unknown path", "GET", "/iam/accounts", undefined, "the contract has no such call"],
    ["an unknown method", "PUT", "/iam/users/7", {}, "the contract has no such call"],
    ["a path of a wrong type", "DELETE", "/iam/users/seven", undefined, "path/userId must be integer"],
    ["an unknown query", "GET", "/iam/clients?page=2", undefined, "query must NOT have additional properties: page"],
    ["a query of a wrong type", "GET", "/iam/clients?limit=ten", undefined, "query/limit must be integer"],
    ["a body where none is allowed", "DELETE", "/iam/users/7", { force: true }, "a body was sent"],
    ["a missing body", "PATCH", "/iam/products/availability/clients/7", undefined, "request must have required"],
    ["a read-only property", "PATCH", "/iam/users/7", { is_active: false }, "additional properties: is_active"],
    [
      "one whose type is read-only",
      "PATCH",
      "/iam/users/7",
      { user_type: "common" },
      "additional properties: user_type",
    ],
  ])("finds %s", (_, method, url, body, expected) => {
    const violations = checkExchange({ method, url, contentType: json, body }, { status: 200, contentType: json });
    expect(violations.join("\n")).toContain(expected);
  });

  test("finds a body with another content type, and one that comes with 204", () => {
    const text = "text/plain";
    expect(
      checkExchange(
        { method: "POST", url: "/iam/users", contentType: text, body: declared },
        { status: 201, contentType: text, body: created },
      ),
    ).toEqual([
      "POST /iam/users 201: the body sent is not declared as JSON",
      "POST /iam/users 201: the reply is not declared as JSON",
    ]);
    const reset = { method: "DELETE", url: "/iam/products/availability/clients/7", contentType: json };
    const body = { product_names: ["CDN"] };
    expect(checkExchange({ ...reset, body }, { status: 204, body: {} })).toHaveLength(1);
    expect(checkExchange({ ...reset, body }, { status: 204 })).toEqual([]);
  });

  test("violations contain no value that was sent", () => {
    expect(create({ email: "hunter2", lang: "hunter2", seller: "hunter2" }).join("\n")).not.toContain("hunter2");
  });
});

describe("contractFetch", () => {
  test("passes exchanges through, and collects violations outside the control API", async () => {
    const checked = contractFetch(async (request) => Response.json(await request.json(), { status: 418 }));
    const send = (path: string) =>
      checked.fetch(new Request(`http://localhost${path}`, { method: "POST", body: '{"a":1}' }));
    expect(await (await send("/_sandbox/reset")).json()).toEqual({ a: 1 });
    expect(checked.violations).toEqual([]);
    expect(await (await send("/iam/users")).json()).toEqual({ a: 1 });
    expect(checked.violations).toEqual(["POST /iam/users 418: the contract has no such status"]);
    expect(checked.exchanges).toEqual(["POST /iam/users 418"]);
  });
});
