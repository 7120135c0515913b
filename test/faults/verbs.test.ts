import { describe, expect, test } from "vitest";
import type { FaultInput } from "../../dist/sandbox";
import { type Declared, startWorld } from "../support/process";

/** Every fault on reading, updating and deleting: what is in state exists, and what exists is in state. */

const faults: [string, FaultInput][] = [
  ["dropped before", { kind: "drop-before" }],
  ["handled, then dropped", { kind: "drop-after" }],
  ["500 before", { kind: "status-before", status: 500 }],
  ["handled, then 500", { kind: "status-after", status: 500 }],
  ["handled, then 502 with HTML", { kind: "status-after", status: 502 }],
  ["handled, then truncated JSON", { kind: "truncated-json" }],
  ["429 in seconds", { kind: "rate-limit", retryAfter: "seconds", seconds: 2 }],
  ["429 as a date", { kind: "rate-limit", retryAfter: "date", seconds: 2 }],
  ["429 without a word", { kind: "rate-limit", retryAfter: "absent" }],
  ["429 with garbage", { kind: "rate-limit", retryAfter: "garbage" }],
];
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
  test.each(faults)("%s: answered at last", async (_what, fault) => {
    const { start, fault: inject, id, state } = await withAcme();
    inject({ method: "GET", ...fault } as FaultInput);
    expect(await start().read(id, state)).toMatchObject({ id, props: { client: state.client } });
  });

  test.each(failures)("%s: an error, never gone", async (_what, fault, text) => {
    const { start, fault: inject, id, state } = await withAcme();
    inject(fault);
    await expect(start().read(id, state)).rejects.toThrow(text);
  });

  test("a record without its users is unreadable, not an account without users", async () => {
    const { start, fault: inject, id, state } = await withAcme();
    inject({ kind: "unreadable", body: JSON.stringify({ id: state.client, companyName: "Acme" }), times: "always" });
    await expect(start().read(id, state)).rejects.toThrow(/not as documented/);
  });

  test("gone: the user is deleted, the account is deleted, or neither is there", async () => {
    const first = await withAcme();
    first.api.sandbox.updateClient(Number(first.state.client), { deleted: true });
    expect(await first.start().read(first.id, first.state)).toMatchObject({ id: "" });
    const second = await withAcme();
    await second.api.send("DELETE", `/iam/users/${second.id}`);
    expect(await second.start().read(second.id, second.state)).toMatchObject({ id: "" });
    expect(await second.start().read(second.id, { ...second.state, client: 4711 })).toMatchObject({ id: "" });
  });
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
  const asDeclared = async ({ api, state }: Awaited<ReturnType<typeof withAcme>>) => {
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
    test.each(faults)("%s: done at last, once", async (_what, fault) => {
      const acme = await withAcme();
      acme.fault({ ...fault, method, path } as FaultInput);
      await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
      await asDeclared(acme);
    });

    test.each(failures)(
      "%s: what was done is recorded, and the next up does only the rest",
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
        // Nothing done yet: the plain error, state as it was. Else: what was reached, under the same id.
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
        await asDeclared(acme);
      },
    );
  });

  test("killed before the state was written: the same update once more converges", async () => {
    const acme = await withAcme();
    await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
    await acme.start().update(acme.id, acme.state, { ...acme.declared, ...news });
    await asDeclared(acme);
  });

  test("of a user who is gone: 404 says to refresh", async () => {
    const acme = await withAcme();
    await acme.api.send("DELETE", `/iam/users/${acme.id}`);
    const update = acme.start().update(acme.id, acme.state, { ...acme.declared, name: "Anna" });
    await expect(update).rejects.toThrow(/answered 404: [^.]*\. Run `pulumi refresh` to bring the state up to date\.$/);
  });
});

describe("delete", () => {
  test.each(faults)("%s: gone at last", async (_what, fault) => {
    const { start, fault: inject, id, state, api } = await withAcme();
    inject({ method: "DELETE", ...fault } as FaultInput);
    await start().delete(id, state);
    expect(api.emails()).toEqual([]);
  });

  test.each(failures)("%s: an error, and the user stays in state", async (_what, fault, text) => {
    const { start, fault: inject, id, state, api } = await withAcme();
    inject(fault);
    await expect(start().delete(id, state)).rejects.toThrow(text);
    expect(api.emails()).toEqual(["acme@acme.example"]);
  });
});
