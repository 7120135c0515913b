import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { answeringAlways } from "../support/api";
import { transientFaults } from "../support/faults";
import { type Declared, startWorld } from "../support/process";

/** Every fault on read, update and delete: every account in state exists, and every existing account is in state. */

const failures: [string, FaultInput, RegExp][] = [
  ["401", { kind: "unauthorized", times: "always" }, /401/],
  ["403", { kind: "status-before", status: 403, times: "always" }, /403/],
  ["500", { kind: "status-before", status: 500, times: "always" }, /500/],
];

async function withAcme(more: Declared = {}) {
  const world = await startWorld({ maxRetries: "2" });
  const declared = world.declare("acme", more);
  const { id, outs } = await world.start().create(declared);
  world.api.calls();
  return { ...world, declared, id, state: { ...outs, __provider: declared.__provider } as Declared };
}

describe("read", () => {
  test.each(transientFaults)("%s: retried, and read", async (_what, fault) => {
    const { start, fault: inject, id, state } = await withAcme();
    inject({ method: "GET", ...fault } as FaultInput);
    expect(await start().read(id, state)).toMatchObject({ id, props: { client: state.client } });
  });

  test.each(failures)("%s: an error, not reported as gone", async (_what, fault, text) => {
    const { start, fault: inject, id, state } = await withAcme();
    inject(fault);
    await expect(start().read(id, state)).rejects.toThrow(text);
  });

  test("record without users: an error, not an account without users", async () => {
    const { start, fault: inject, id, state } = await withAcme();
    inject({ kind: "unreadable", body: JSON.stringify({ id: state.client, companyName: "Acme" }), times: "always" });
    await expect(start().read(id, state)).rejects.toThrow(/not as documented/);
  });

  test("account deleted, user deleted, or neither exists: reported as gone", async () => {
    const first = await withAcme();
    first.api.sandbox.updateClient(Number(first.state.client), { deleted: true });
    expect(await first.start().read(first.id, first.state)).toMatchObject({ id: "" });
    const second = await withAcme();
    expect(await second.start().read("4711/8001", { ...second.state, client: 4711 })).toMatchObject({ id: "" });
  });
});

test("input of another type than the old one: a failure of check, no exception", async () => {
  const { start, declared } = await withAcme();
  const { failures } = await start().check({ ...declared, countryCode: "DE" }, { ...declared, countryCode: 49 });
  expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^countryCode: /) }]);
});

describe("update", () => {
  const news = {
    name: "Anna",
    email: "new@acme.example",
    company: "Acme SE",
    services: [{ productName: "CLOUD", available: true }],
    password: "new-W0rd-of-acme",
  };
  const targets: [string, string][] = [
    ["PATCH", "/iam/users/*"],
    ["PUT", "/iam/users/*/email"],
    ["PUT", "/iam/users/*/password"],
    ["PATCH", "/iam/clients/*"],
    ["PATCH", "/iam/products/availability/clients/*"],
    ["GET", "/iam/auth/jwt/users/*/token"],
  ];
  const expectDeclared = async ({ api, state }: Awaited<ReturnType<typeof withAcme>>) => {
    expect(await api.client(state.client)).toMatchObject({
      companyName: "Acme SE",
      capabilities: expect.arrayContaining(["CLOUD"]),
      users: [{ name: "Anna", email: "new@acme.example" }],
    });
    const login = { username: "new@acme.example", password: "new-W0rd-of-acme" };
    expect((await api.send("POST", "/iam/auth/jwt/login", login)).status).toBe(200);
    expect(api.sandbox.accounts()).toHaveLength(1);
  };

  describe.each(targets)("%s %s", (method, path) => {
    test.each(transientFaults)("%s: retried, and every change is made", async (_what, fault) => {
      const acme = await withAcme();
      acme.fault({ ...fault, method, path } as FaultInput);
      await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
      await expectDeclared(acme);
    });

    test.each(failures)(
      "%s: the changes made are in state, and the next up makes only the others",
      async (_what, fault, text) => {
        const acme = await withAcme();
        acme.fault({ ...fault, method, path } as FaultInput);
        const failure = await acme
          .start()
          .update(acme.id, acme.state, { ...acme.declared, ...news })
          .catch((error) => error);
        expect(failure.message).toMatch(text);
        const succeeded = acme.api.seen
          .splice(0)
          .filter(({ call, status }) => !call.startsWith("GET ") && status < 300);
        // No change made: the plain error and the old state. Otherwise: the reached properties under the same ID.
        const reached: Declared = failure.properties ?? acme.state;
        if (failure.properties)
          expect(failure).toMatchObject({ id: acme.id, properties: { __provider: acme.declared.__provider } });
        acme.api.sandbox.faults.remove();
        acme.api.calls();
        await acme.start().update(acme.id, reached, { ...acme.declared, ...news });
        const repeated = acme.api.calls().filter((call) => !call.startsWith("GET "));
        const done = Object.keys(news).filter(
          (name) => JSON.stringify(reached[name]) === JSON.stringify(news[name as keyof typeof news]),
        );
        expect(done).toHaveLength(succeeded.length);
        expect(repeated).toHaveLength(5 - done.length);
        await expectDeclared(acme);
      },
    );
  });

  test("services, failure after the first product: state has the first, and the next up resets it", async () => {
    const services = [
      { productName: "CDN", available: false },
      { productName: "DNS", available: false },
    ];
    const acme = await withAcme();
    acme.fault({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/products/*", skip: 1 });
    const failure = await acme
      .start()
      .update(acme.id, acme.state, { ...acme.declared, services })
      .catch((error) => error);
    expect(failure).toMatchObject({
      id: acme.id,
      properties: { services: [{ productName: "CDN", available: false }] },
    });
    // The program no longer declares it: the next up resets what was set.
    acme.api.calls();
    await acme.start().update(acme.id, failure.properties, acme.declared);
    expect(acme.api.calls()).toEqual([
      `GET /iam/clients/${acme.state.client}`,
      `DELETE /iam/products/availability/clients/${acme.state.client}`,
    ]);
  });

  test("email address and password changed together, password already the new one: both are in place", async () => {
    const acme = await withAcme();
    acme.api.sandbox.updateUser(Number(acme.state.userId), { password: "new-W0rd-of-acme" });
    const changes = { email: "new@acme.example", password: "new-W0rd-of-acme" };
    await acme.start().update(acme.id, acme.state, { ...acme.declared, ...changes });
    expect(acme.api.emails()).toEqual(["new@acme.example"]);
  });

  test("password changed, reply lost, login blocked by two-step verification: success", async () => {
    const acme = await withAcme();
    acme.api.sandbox.updateUser(Number(acme.state.userId), { two_fa: true });
    acme.fault({ kind: "drop-after", method: "PUT", path: "/iam/users/*/password" });
    const changed = { ...acme.declared, password: "new-W0rd-of-acme" };
    expect(await acme.start().update(acme.id, acme.state, changed)).toMatchObject({
      outs: { password: changed.password },
    });
  });

  test("HTML instead of the API's reply: an error, not a success", async () => {
    const acme = await withAcme();
    const GCORE_BASE_URL = await answeringAlways(200, { "content-type": "text/html" }, "<html>Log in</html>");
    const start = () => acme.start({ ...acme.api.env, GCORE_BASE_URL });
    const update = start().update(acme.id, acme.state, { ...acme.declared, company: "New" });
    await expect(update).rejects.toThrow(/not JSON/);
    await expect(start().delete(acme.id, acme.state)).rejects.toThrow(/not JSON/);
  });

  test("update repeated, as after a kill before state was written: converges", async () => {
    const acme = await withAcme();
    await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
    await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
    await expectDeclared(acme);
  });

  test("user is gone: refused with the choices, nothing is changed", async () => {
    const acme = await withAcme();
    await acme.api.send("DELETE", `/iam/users/${acme.state.userId}`);
    const update = acme.start().update(acme.id, acme.state, { ...acme.declared, name: "Anna" });
    await expect(update).rejects.toThrow(
      /user of client account 50001 \(acme Ltd\) was deleted outside Pulumi.*`pulumi up --replace <urn>`/,
    );
    expect(acme.api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  });
});

describe("404 of a call that is not about the user", () => {
  const withToken = async () => {
    const acme = await withAcme({ forceDestroy: true });
    const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
    await acme.api.sendAsUser(acme.state.userId, "POST", `/iam/v2/clients/${acme.state.client}/tokens`, token);
    return acme;
  };

  test("token already deleted by a lost request: the user is deleted", async () => {
    const acme = await withToken();
    acme.fault({ kind: "drop-after", method: "DELETE", path: "/iam/v2/clients/*" });
    await acme.start().delete(acme.id, acme.state);
    expect(acme.api.emails()).toEqual([]);
  });

  test("a list that shows deleted tokens: they are not deleted again", async () => {
    const acme = await withToken();
    const path = `/iam/v2/clients/${acme.state.client}/tokens`;
    const { body: tokens } = await acme.api.sendAsUser(acme.state.userId, "GET", path);
    const body = JSON.stringify([{ ...tokens[0], id: 99, deleted: true }, ...tokens]);
    acme.fault({ kind: "unreadable", method: "GET", path: `${path}*`, body });
    acme.api.calls();
    await acme.start().delete(acme.id, acme.state);
    const ofTokens = acme.api.calls().filter((call) => call.includes(path));
    expect(ofTokens).toEqual([`GET ${path}`, `DELETE ${path}/${tokens[0].id}`]);
    expect(acme.api.emails()).toEqual([]);
  });

  test.each(["/iam/auth/jwt/users/*/token", "/iam/v2/clients/*/tokens*"])(
    "%s: an error, and the user is not deleted",
    async (path) => {
      const acme = await withToken();
      acme.fault({ kind: "status-before", status: 404, body: "empty", method: "GET", path });
      await expect(acme.start().delete(acme.id, acme.state)).rejects.toThrow(/404/);
      expect(acme.api.emails()).toEqual(["acme@acme.example"]);
    },
  );

  test("availability at refresh: an error, not a deleted user", async () => {
    const acme = await withAcme({ services: [{ productName: "CDN", available: false }] });
    const availability = `/iam/products/availability/clients/${acme.state.client}`;
    await acme.api.send("PATCH", availability, { product_name: "CDN", available: true });
    acme.fault({ kind: "status-before", status: 404, body: "empty", method: "GET", path: availability });
    await expect(acme.start().read(acme.id, acme.state)).rejects.toThrow(/404/);
  });

  test("another reseller's key at delete: an error, and the user is not deleted", async () => {
    const acme = await withAcme();
    acme.api.sandbox.seed(1, 2);
    const other = acme.start({ ...acme.api.env, GCORE_API_KEY: "5678$sandbox-second-key" });
    await expect(other.delete(acme.id, acme.state)).rejects.toThrow(/belongs to reseller 1, and the API key/);
    expect(acme.api.emails()).toContain("acme@acme.example");
  });

  test("another reseller's key at refresh, first account unreadable: an error", async () => {
    const acme = await withAcme();
    const body = JSON.stringify({ count: 1, results: [{ id: "1", companyName: "x", users: [], resellers: 2 }] });
    acme.fault({ kind: "unreadable", method: "GET", path: "/iam/clients", times: "always", body });
    const other = acme.start({ ...acme.api.env, GCORE_API_KEY: "5678$sandbox-second-key" });
    await expect(other.read(acme.id, acme.state)).rejects.toThrow(/not as documented/);
  });

  test("another reseller's key at refresh: an error, not reported as gone", async () => {
    const acme = await withAcme();
    acme.api.sandbox.seed(1, 2);
    const other = acme.start({ ...acme.api.env, GCORE_API_KEY: "5678$sandbox-second-key" });
    await expect(other.read(acme.id, acme.state)).rejects.toThrow(
      /belongs to reseller 1, and the API key to reseller 2/,
    );
  });
});

test("origin mark of another stack at refresh: logged", async () => {
  const acme = await withAcme();
  await acme.api.send("PATCH", `/iam/clients/${acme.state.client}`, { custom_id: "pulumi:shop/dev/acme" });
  await acme.start().read(acme.id, acme.state);
  expect(acme.logged).toEqual([expect.stringMatching(/is managed by pulumi:shop\/dev\/acme.*pulumi state delete/)]);
});

test("another user of the account has only an ID: the account is read", async () => {
  const acme = await withAcme();
  const record = await acme.api.client(acme.state.client);
  const body = JSON.stringify({ ...record, users: [...record.users, { id: 4711 }] });
  acme.fault({ kind: "unreadable", body, method: "GET", path: "/iam/clients/*", times: "always" });
  expect(await acme.start().read(acme.id, acme.state)).toMatchObject({
    id: acme.id,
    props: { client: acme.state.client },
  });
});

describe("delete", () => {
  test.each(transientFaults)("%s: retried, and the user is deleted", async (_what, fault) => {
    const { start, fault: inject, id, state, api } = await withAcme();
    inject({ method: "DELETE", ...fault } as FaultInput);
    await start().delete(id, state);
    expect(api.emails()).toEqual([]);
  });

  test.each(failures)("%s: an error, and the user is not deleted", async (_what, fault, text) => {
    const { start, fault: inject, id, state, api } = await withAcme();
    inject(fault);
    await expect(start().delete(id, state)).rejects.toThrow(text);
    expect(api.emails()).toEqual(["acme@acme.example"]);
  });

  test("500 for each attempt: what was read before is not read again", async () => {
    const { start, fault: inject, id, state, api } = await withAcme();
    inject({ kind: "status-before", status: 500, method: "DELETE", times: "always" });
    await expect(start().delete(id, state)).rejects.toThrow(/answered 500/);
    expect(api.calls()).toEqual(["GET /iam/clients/50001", ...Array(3).fill("DELETE /iam/users/8001")]);
  });
});
