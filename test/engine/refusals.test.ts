import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { ids, newStack, plain } from "../support/stack";

/** Invalid input: a clear error, no unnecessary request, and state unchanged. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };

describe("before any request", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["no key", { GCORE_API_KEY: "" }, /GCORE_API_KEY \(environment\): is missing/],
    ["a setting out of range", { GCORE_RESELLER_MAX_RETRIES: "-1" }, /GCORE_RESELLER_MAX_RETRIES/],
    ["unencrypted HTTP to another host", { GCORE_BASE_URL: "http://api.gcore.example" }, /GCORE_BASE_URL .*plain http/],
  ])("%s: preview fails, and nothing is sent", async (_what, env, text) => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, ...env });
    stack.write({ users: { acme } });
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(text);
    expect(preview.output).not.toMatch(/\bat .*\.js:\d+/);
    expect(api.calls()).toEqual([]);
  });

  test("several invalid properties: each is reported with its path", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({
      users: {
        acme: {
          email: "it.acme.example",
          password: "",
          company: " ",
          lang: "fr",
          countryCode: "Germany",
          seller: 1.5,
          customId: "",
          adoptId: "acme",
          services: [
            { productName: "CDN", available: true },
            { productName: "WAF", available: true },
            { productName: "CDN", available: false },
            { productName: "DNS", available: "yes" },
          ],
          typo: 1,
        },
      },
    });
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    for (const problem of [
      "email: must be an email address",
      "password: must not be empty",
      "company: must not be empty",
      "lang: must be one of de, en, ru, zh, az",
      "countryCode: must be two letters",
      "seller: must be a seller's ID",
      "customId: must not be empty",
      "adoptId: must be",
      "services[1].productName: must be one of CDN",
      "services[3].available: must be true, false or null",
      "typo: there is no such input",
    ]) {
      expect(preview.output).toContain(problem);
    }
    stack.write({
      users: {
        acme: {
          ...acme,
          email: "nobody",
          services: [
            { productName: "CDN", available: true },
            { productName: "CDN", available: false },
          ],
        },
      },
    });
    const twice = await stack.preview();
    expect(twice.output).toContain("services: CDN is listed twice");
    expect(twice.output).toContain("email: must be an email address");
    expect(api.calls()).toEqual([]);
  });

  test("immutable input changed: rejected at preview with advice, nothing is deleted, and the advice works [advice: immutable]", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: { ...acme, countryCode: "DE" } } });
    await stack.up();
    api.calls();
    stack.write({ users: { acme: { ...acme, countryCode: "FR", $options: { replaceOnChanges: ["countryCode"] } } } });
    for (const run of [await stack.preview(), await stack.pulumi("up", "--yes", "--skip-preview")]) {
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(/countryCode: cannot be changed.*pulumi destroy --target/);
    }
    expect(api.calls()).toEqual([]);
    expect(api.emails()).toEqual([acme.email]);

    // The advice of the error: destroy this resource on purpose, then create it again.
    const { acme: state } = await stack.users();
    await stack.destroy("--target", state?.urn ?? "");
    await stack.up();
    expect((await api.client((await stack.users()).acme?.outputs.client)).country_code).toBe("FR");
  });
});

describe("error replies of the API", () => {
  test("400: reported with the program's property names and the API's texts", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: { ...acme, password: "a-W0rd", seller: 999 } } });
    const run = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/POST \/iam\/users answered 400: .*password: /);
    expect(run.output).not.toContain("custom_id");
    expect(await stack.users()).toEqual({});
    expect(api.calls()).toEqual(["POST /iam/users"]);
  });

  test("second resource with the same email address: refused, and the first is unchanged", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme } });
    await stack.up();
    const before = plain(await stack.users());
    stack.write({ users: { acme, twin: { ...acme, company: "Twin" } } });
    const run = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/twin.*email: .*it belongs to the resource ClientUser acme of this program/);
    expect(plain(await stack.users())).toEqual(before);
    expect(api.sandbox.accounts()).toHaveLength(1);
    expect(await api.client(ids((await stack.users()).acme).client)).toMatchObject({ companyName: "Acme Ltd" });
  });

  test("key truncated by shell expansion: the error advises single quotes", async () => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, GCORE_API_KEY: "1234" });
    stack.write({ users: { acme } });
    const run = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(run.output).toMatch(/answered 401: .*GCORE_API_KEY.*single quotes/);
    expect(api.calls()).toEqual(["POST /iam/users"]);
  });

  const refreshFaults: [string, FaultInput, RegExp][] = [
    ["401", { kind: "unauthorized", times: "always" }, /answered 401: the API key is not accepted/],
    [
      "403",
      { kind: "status-before", status: 403, body: "empty", times: "always" },
      /answered 403: this API key has no permission/,
    ],
    ["500 with JSON", { kind: "status-before", status: 500, times: "always" }, /answered 500: the API failed/],
    ["502 with HTML", { kind: "status-before", status: 502, times: "always" }, /answered 502: the API failed/],
    ["an empty body", { kind: "unreadable", times: "always" }, /answered 200: the reply is not JSON/],
    ["JSON with wrong types", { kind: "wrong-type", times: "always" }, /answered 200: the reply is not as documented/],
  ];

  test("each during refresh: an error with method, path and status, and state unchanged", async () => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, GCORE_RESELLER_MAX_RETRIES: "1" });
    stack.write({ users: { acme } });
    await stack.up();
    const before = plain(await stack.users());
    for (const [what, fault, text] of refreshFaults) {
      api.sandbox.faults.add({ method: "GET", ...fault } as FaultInput);
      const refresh = await stack.refresh();
      expect(refresh.code, what).not.toBe(0);
      expect(refresh.output, what).toMatch(/GET \/iam\/clients/);
      expect(refresh.output, what).toMatch(text);
      expect(refresh.output, what).not.toMatch(/<html|\bat .*\.js:\d+/i);
      expect(plain(await stack.users()), what).toEqual(before);
      api.sandbox.faults.remove();
    }
  });
});

test("update fails after the first change: state has that change, and the next up makes only the others", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme } });
  await stack.up();
  const { userId, client } = ids((await stack.users()).acme);
  api.calls();
  api.sandbox.faults.add({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/clients/*" });
  stack.write({ users: { acme: { ...acme, name: "Anna", company: "Acme SE", password: "new-W0rd-of-acme" } } });
  const run = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(run.code).not.toBe(0);
  expect((await stack.users()).acme?.outputs).toMatchObject({ name: "Anna", company: "Acme Ltd", userId, client });
  api.calls();

  await stack.up();
  expect(api.calls()).toEqual([
    `GET /iam/clients/${client}`,
    `PATCH /iam/clients/${client}`,
    `GET /iam/auth/jwt/users/${userId}/token`,
    `PUT /iam/users/${userId}/password`,
  ]);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("debug log enabled: no secret in any output or in state", async () => {
  const api = await startApi();
  const stack = await newStack({ ...api.env, GCORE_RESELLER_DEBUG: "1" });
  stack.write({ users: { acme } });
  const up = await stack.up();
  expect(up.output).toMatch(/\{"method":"POST","path":"\/iam\/users","status":201,"ms":\d+,"attempt":1\}/);
  stack.write({ users: { acme: { ...acme, password: "other-W0rd-of-acme", email: "new@acme.example" } } });
  await stack.up();
  const { userId } = ids((await stack.users()).acme);
  await api.sendAsUser(userId, "PUT", `/iam/users/${userId}/password`, {
    old: "other-W0rd-of-acme",
    new: "users-own-W0rd",
    double: "users-own-W0rd",
  });
  stack.write({ users: { acme: { ...acme, password: "third-W0rd-of-acme", email: "new@acme.example" } } });
  const refused = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(refused.output).toMatch(
    /PUT \/iam\/users\/\d+\/password .*password: .*The user has changed the password: .*ignoreChanges: \["password"\]/,
  );
  stack.write({ users: { acme: { ...acme, password: "other-W0rd-of-acme", email: "third@acme.example" } } });
  const email = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(email.output).toMatch(
    /PUT \/iam\/users\/\d+\/email .*password: .*The user has changed the password: .*ignoreChanges: \["password"\]/,
  );
  await stack.ok("stack", "export");
  await stack.destroy();
  // newStack() searches the output of every run and every file of state for the key and the passwords.
  expect(stack.visible()).toMatch(/"\/iam\/users\/\d+\/password"/);
});
