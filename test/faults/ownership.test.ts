import { describe, expect, test } from "vitest";
import { changes } from "../support/api";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";

/** No verb changes or deletes a user whose account another declaration manages. */

/** An account of this declaration whose mark at Gcore is another one by now. */
async function withMark(custom_id: string | null, more: Declared = {}) {
  const world = await startWorld();
  const declared = world.declare("acme", more);
  const { id, outs } = await world.start().create(declared);
  await world.api.send("PATCH", "/iam/clients/50001", { custom_id });
  world.api.calls();
  return { ...world, declared, id, outs: outs as Declared };
}

describe.each<[string, Declared]>([
  ["the default customId", {}],
  ["a declared customId", { customId: "crm-7" }],
  ["no customId", { customId: null }],
])("account that another stack has adopted, %s in state", (_what, more) => {
  const foreign = "pulumi:shop/dev/acme";

  test("refresh: warns each time, and the other mark never enters state", async () => {
    const acme = await withMark(foreign, more);
    const provider = acme.start();
    let state = acme.outs;
    for (const times of [1, 2]) {
      const { props, inputs } = (await provider.read(acme.id, state)) as { props: Declared; inputs: Declared };
      expect(JSON.stringify([props, inputs])).not.toContain(foreign);
      expect(acme.logged).toHaveLength(times);
      expect(acme.logged.at(-1)).toMatch(
        /ClientUser acme: client account 50001 \(acme Ltd\) is managed by pulumi:shop\/dev/,
      );
      state = props;
    }
  });

  test("update: refused, and nothing is changed", async () => {
    const acme = await withMark(foreign, more);
    const update = acme.start().update(acme.id, acme.outs, { ...acme.declared, company: "New" });
    await expect(update).rejects.toThrow(/is managed by pulumi:shop\/dev\/acme/);
    expect(changes(acme.api.calls())).toEqual([]);
  });

  test("delete: leaves state without a call that changes anything, in one line", async () => {
    const acme = await withMark(foreign, more);
    await acme.start().delete(acme.id, acme.outs);
    expect(changes(acme.api.calls())).toEqual([]);
    expect(acme.logged).toEqual([
      "ClientUser acme: client account 50001 (acme Ltd) is managed by pulumi:shop/dev/acme: nothing is deleted.",
    ]);
    expect(acme.api.emails()).toEqual(["acme@acme.example"]);
  });
});

test("customId edited outside Pulumi: delete is refused and names both, update and refresh treat it as drift", async () => {
  const acme = await withMark("crm-9");
  await expect(acme.start().delete(acme.id, acme.outs)).rejects.toThrow(
    /customId is crm-9, state has pulumi:shop\/prod\/acme.*nothing was deleted\. Run `pulumi refresh`/,
  );
  expect(changes(acme.api.calls())).toEqual([]);
  const { props } = (await acme.start().read(acme.id, acme.outs)) as { props: Declared };
  expect(props.customId).toBe("crm-9");
  await acme.start().update(acme.id, props, acme.declared);
  expect(acme.api.sandbox.accounts()).toMatchObject([{ custom_id: "pulumi:shop/prod/acme" }]);
});

test("no customId declared, and one set in the portal: not managed, so the user is deleted", async () => {
  const acme = await withMark("crm-9", { customId: null });
  const { props } = (await acme.start().read(acme.id, acme.outs)) as { props: Declared };
  expect(await acme.start().diff(acme.id, props, acme.declared)).toEqual({ changes: false });
  await acme.start().delete(acme.id, props);
  expect(acme.api.emails()).toEqual([]);
});

test("no customId in state, and another user's email address at Gcore: delete is refused", async () => {
  const acme = await withMark(null, { customId: null });
  acme.api.sandbox.updateUser(8001, { email: "other@acme.example" });
  await expect(acme.start().delete(acme.id, acme.outs)).rejects.toThrow(
    /email is other@acme.example, state has acme@acme.example/,
  );
  expect(acme.api.emails()).toEqual(["other@acme.example"]);
});

test.each([
  [
    "user, by the mark of the account",
    { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" },
  ],
  ["seller, by their ID", { kind: "Seller", email: "it@acme.example", fullName: "Anna Berg" }],
])("email address changed outside, the state not refreshed: the %s, is known and deleted", async (_who, declared) => {
  const world = await startWorld();
  const stack = memoryStack(world);
  await stack.up({ acme: declared });
  world.api.sandbox.updateUser(8001, { email: "new@acme.example" });
  const existing = () => world.api.sandbox.sellers().filter(({ id, deleted }) => id === 301 && !deleted);
  for (const { id, full_name } of existing())
    await world.api.send("PATCH", `/iam/admin/sellers/${id}`, { email: "new@acme.example", full_name });
  await stack.destroy();
  expect([stack.ids(), world.api.emails(), existing()]).toEqual([{}, [], []]);
});

describe("two resources of one program, one account", () => {
  test("claimed by a resource of this run: deleted for none of the others", async () => {
    const world = await startWorld();
    const { id, outs } = await world.start().create(world.declare("acme"));
    const provider = world.start();
    const gmbh = world.declare("gmbh", { email: "acme@acme.example", adoptId: id });
    await provider.check({}, gmbh);
    await provider.create(gmbh);
    world.api.calls();
    await provider.delete(id, outs);
    expect(world.api.calls()).toEqual([]);
    expect(world.logged.at(-1)).toMatch(
      /acme: client account 50001 .* now belongs to ClientUser gmbh: nothing is deleted/,
    );
  });

  test("adopted by two at once: one gets it, the other is refused and names the first", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const provider = world.start();
    const seed = { email: "seed-1@sandbox.example", adoptId: "8001" };
    const results = await Promise.allSettled(
      ["acme", "twin"].map((name) => provider.create(world.declare(name, { ...seed, adoptId: "50001/8001" }))),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason.message).toMatch(/adoptId: it belongs to the resource ClientUser (acme|twin)/);
    expect(changes(world.api.calls())).toEqual(["PATCH /iam/clients/50001"]);
  });

  test("in state of the first, whose diff comes after the second's check: the create of the second is refused", async () => {
    const world = await startWorld();
    const acme = world.declare("acme");
    const { id, outs } = await world.start().create(acme);
    const provider = world.start();
    const twin = world.declare("twin", { email: "acme@acme.example", adoptId: id });
    const checkedTwin = await provider.check({}, twin);
    expect(checkedTwin.failures).toEqual([]);
    await provider.check(outs, { ...acme, email: "new@acme.example" });
    await provider.diff(id, outs, acme);
    await expect(provider.create(twin)).rejects.toThrow(/belongs to the resource ClientUser acme/);
  });
});

test.each([
  ["renamed with an alias", "pulumi:shop/prod/gmbh"],
  ["moved to another stack", "pulumi:shop/live/acme"],
])("%s and replaced in one run: the old user is deleted, and a new account is created", async (_what, mark) => {
  const world = await startWorld();
  const { id, outs } = await world.start().create(world.declare("acme"));
  const provider = world.start();
  const renamed = world.declare("acme", { customId: mark, origin: mark });
  await provider.check(outs, renamed);
  await provider.diff(id, outs, renamed);
  await provider.delete(id, outs);
  expect(world.logged).toContainEqual(expect.stringMatching(/is replaced: client account 50001 .* stays at Gcore/));
  expect(await provider.create(renamed)).toMatchObject({ id: "50002/8002" });
  expect(world.api.emails()).toEqual(["acme@acme.example"]);
});

describe("key of another reseller, where Gcore may not show resellers", () => {
  const foreign = { GCORE_API_KEY: "5678$sandbox-second-key" };

  describe.each([
    ["users and accounts show it", {}],
    ["users do not", { omitUserReseller: true }],
    ["accounts do not", { omitClientResellers: true }],
    ["neither does", { omitUserReseller: true, omitClientResellers: true }],
  ])("%s", (_what, assumptions) => {
    test.each([0, 3])("the key's reseller has %i accounts: read, update and delete are errors", async (accounts) => {
      const world = await startWorld();
      world.api.sandbox.setAssumptions(assumptions);
      const declared = world.declare("acme");
      const { id, outs } = await world.start().create(declared);
      const { props } = (await world.start().read(id, outs)) as { props: Declared };
      world.api.sandbox.seed(accounts, 2);
      world.api.calls();
      const start = () => world.start({ ...world.api.env, ...foreign });
      const text = /its client account (was not found, and .*pulumi state delete|belongs to reseller 1)/;
      await expect(start().read(id, props)).rejects.toThrow(text);
      await expect(start().update(id, props, { ...declared, company: "New" })).rejects.toThrow(text);
      await expect(start().delete(id, props)).rejects.toThrow(text);
      expect(changes(world.api.calls())).toEqual([]);
      expect(world.api.emails()).toContain("acme@acme.example");
    });
  });

  test("the first accounts show no reseller, a later one does: known", async () => {
    const world = await startWorld();
    const { id, outs } = await world.start().create(world.declare("acme"));
    const user = { id: 1, email: "a@b.example" };
    const results = [
      { id: 1, users: [user] },
      { id: 2, users: [user, { ...user, reseller: 2 }] },
    ];
    world.api.sandbox.seed(1, 2);
    const body = JSON.stringify({ count: 2, results });
    world.fault({ kind: "unreadable", method: "GET", path: "/iam/clients", times: "always", body });
    await expect(world.start({ ...world.api.env, ...foreign }).delete(id, outs)).rejects.toThrow(
      /belongs to reseller 1, and the API key to reseller 2/,
    );
  });
});

test("forceDestroy and a user of several accounts with tokens: removed from this account in one run", async () => {
  const world = await startWorld();
  world.api.sandbox.seed(1);
  const { id, outs } = await world.start().create(world.declare("acme", { forceDestroy: true }));
  const { client, userId } = outs as { client: number; userId: number };
  world.api.sandbox.updateUser(userId, { clients: [50001, client] });
  const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
  await world.api.sendAsUser(userId, "POST", `/iam/v2/clients/${client}/tokens`, token);
  world.api.calls();
  await world.start().delete(id, outs);
  expect(changes(world.api.calls())).toEqual([
    `DELETE /iam/users/${userId}`,
    expect.stringMatching(`^DELETE /iam/v2/clients/${client}/tokens/\\d+$`),
    `DELETE /iam/users/${userId}`,
    `DELETE /iam/clients/${client}/client-users/${userId}`,
  ]);
  const remaining = Object.fromEntries(world.api.sandbox.accounts().map(({ client, users }) => [client, users.length]));
  expect(remaining).toEqual({ 50001: 2, [client]: 0 });
});
