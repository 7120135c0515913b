import { describe, expect, test } from "vitest";
import { type Declared, idOf, startWorld } from "../support/process";

/**
 * Ownership on every verb: an existing account is recovered only if it is proved to be owned, and no other verb changes or
 * deletes a user whose account another declaration manages.
 */

const post = { method: "POST", path: "/iam/users" } as const;
const lookups = { method: "GET", path: "/iam/clients" } as const;

describe("foreign account", () => {
  const adopt = /set adoptId: "50001\/8001"/;
  test.each<[string, Declared, Declared, RegExp[]]>([
    [
      "another stack's mark",
      { customId: "pulumi:shop/dev/acme" },
      {},
      [/with customId "pulumi:shop\/dev\/acme"/, /in the stack shop\/dev, `pulumi state delete/, adopt],
    ],
    [
      "the mark of another resource of this stack",
      { customId: "pulumi:shop/prod/my:index:Team$acme" },
      {},
      [/aliases: \["urn:pulumi:prod::shop::my:index:Team\$pulumi-nodejs:dynamic\/gcore-reseller:ClientUser::acme"\]/],
    ],
    ["another customId", { customId: "crm-1" }, { customId: "crm-2" }, [/with customId "crm-1"/, adopt]],
    ["no customId", { customId: null }, {}, [/client account 50001/, adopt]],
    ["no customId on both sides", { customId: null }, { customId: null }, [/client account 50001/, adopt]],
    [
      "the same customId, another password",
      { customId: "crm-1", password: "another-W0rd" },
      { customId: "crm-1" },
      [/crm-1/, adopt],
    ],
  ])("%s: refused, and unchanged", async (_what, existing, declared, texts) => {
    const world = await startWorld({ recoveryWindowMinutes: "60" });
    await world.start().create(world.declare("acme", existing));
    const before = JSON.stringify(world.api.sandbox.accounts());
    world.api.calls();
    const failure = await world
      .start()
      .create(world.declare("acme", { company: "Other", ...declared }))
      .catch((error) => error);
    for (const text of texts) expect(failure.message).toMatch(text);
    expect(failure.message).not.toContain("W0rd");
    expect(failure.id).toBeUndefined();
    const calls = world.api.calls();
    expect(calls.filter((call) => call === "POST /iam/users")).toHaveLength(1);
    expect(calls.filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call))).toEqual([]);
    expect(JSON.stringify(world.api.sandbox.accounts())).toBe(before);
  });

  test.each<[string, (world: Awaited<ReturnType<typeof startWorld>>) => unknown]>([
    ["two-step verification is enabled", (world) => world.api.sandbox.updateUser(8001, { two_fa: true })],
    [
      "it is older than the recovery window",
      (world) =>
        world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - 3_700_000).toISOString() }),
    ],
  ])("same customId and password, but %s: refused", async (_what, prepare) => {
    const world = await startWorld({ recoveryWindowMinutes: "60" });
    const declared = world.declare("acme", { customId: "crm-1" });
    await world.start().create(declared);
    prepare(world);
    await expect(world.start().create(declared)).rejects.toThrow(/not proved/);
  });

  test("recoveryWindowMinutes not set: a customId is no proof, refused", async () => {
    const world = await startWorld();
    const declared = world.declare("acme", { customId: "crm-1" });
    await world.start().create(declared);
    await expect(world.start().create(declared)).rejects.toThrow(/not proved/);
  });

  test("same email address and password, created long before the lost POST: refused", async () => {
    const world = await startWorld();
    const declared = world.declare("acme", { customId: null });
    await world.start().create(declared);
    world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - 600_000).toISOString() });
    world.fault({ kind: "drop-before", ...post });
    await expect(world.start().create(declared)).rejects.toThrow(/not proved/);
    expect(world.api.calls().filter((call) => call.endsWith("/login"))).toEqual([]);
  });

  test("new resource with the email address of one in state, checked first: the error names the one in state", async () => {
    const world = await startWorld();
    const acme = world.declare("acme");
    const { id, outs } = await world.start().create(acme);
    const provider = world.start();
    const twin = world.declare("twin", { email: acme.email });
    expect(await provider.check({}, twin)).toMatchObject({ failures: [] });
    expect(await provider.check(outs, acme)).toMatchObject({ failures: [] });
    await provider.diff(id, outs, acme);
    await expect(provider.create(twin)).rejects.toThrow(/belongs to the resource ClientUser acme of this program/);
    expect(await provider.check({}, twin)).toMatchObject({
      failures: [{ reason: expect.stringMatching(/belongs to the resource ClientUser acme of this program/) }],
    });
  });

  test("two resources of one program with the same email address, customId and password: the second is refused", async () => {
    const world = await startWorld();
    const provider = world.start();
    const more = { email: "it@acme.example", customId: "crm-7" };
    await provider.create(world.declare("acme", more));
    await expect(provider.create(world.declare("twin", more))).rejects.toThrow(
      /belongs to the resource ClientUser acme/,
    );
  });

  test.each([1, 2])(
    "both created concurrently, %i replies lost: one gets the account, the other is refused",
    async (times) => {
      const world = await startWorld();
      const provider = world.start();
      const more = { email: "it@acme.example", customId: "crm-7" };
      world.fault({ kind: "drop-after", ...post, times });
      const results = await Promise.allSettled(
        ["acme", "twin"].map((name) => provider.create(world.declare(name, more))),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    },
  );

  test.each(["drop-before", "drop-after"] as const)(
    "user just deleted, but still in stale reads, %s: a new account is created",
    async (kind) => {
      const world = await startWorld();
      const declared = world.declare("acme");
      const old = await world.start().create(declared);
      await world.clock.sleep(60_000);
      const provider = world.start();
      world.fault({ kind, ...post });
      world.fault({ kind: "stale-reads", ms: 3_000, times: "always" });
      await provider.delete(old.id, old.outs);
      const created = await provider.create(declared);
      expect(
        world.api.sandbox
          .accounts()
          .filter(({ users }) => users.length > 0)
          .map(idOf),
      ).toEqual([created.id]);
    },
  );

  test("account managed by another resource of this program, with the origin mark of this one: refused", async () => {
    const world = await startWorld();
    const provider = world.start();
    const declared = world.declare("acme");
    const { id, outs } = await world.start().create(declared);
    const gmbh = { ...declared, email: "gmbh@acme.example", origin: "pulumi:shop/prod/gmbh" };
    await provider.check(outs, gmbh);
    await provider.diff(id, outs, gmbh);
    await expect(provider.create(declared)).rejects.toThrow(/belongs to the resource ClientUser gmbh/);
  });

  test("the owned account is unreadable, and the user belongs to another one: an error, the outcome is unknown", async () => {
    const world = await startWorld();
    const { outs } = await world.start().create(world.declare("acme"));
    const owned = await world.api.client(outs.client);
    const other = { ...owned, id: 7, custom_id: null };
    const body = JSON.stringify({ count: 2, results: [other, { ...owned, users: null }] });
    world.fault({ kind: "unreadable", ...lookups, body, times: "always" });
    const failure = await world
      .start()
      .create(world.declare("acme"))
      .catch((error) => error);
    expect(failure.message).toMatch(/outcome is unknown.*not as documented/);
  });

  test("user of several accounts: the one with the origin mark is recovered, the other is unchanged", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const [foreign] = world.api.sandbox.accounts();
    const { outs } = await world.start().create(world.declare("acme"));
    world.api.sandbox.updateUser(Number(outs.userId), { clients: [Number(foreign?.client), Number(outs.client)] });
    expect((await world.start().create(world.declare("acme"))).outs.client).toBe(outs.client);
    expect(await world.api.client(foreign?.client)).toMatchObject({ companyName: "Seed 1", custom_id: null });
  });

  test("owned account with another immutable value: an error, and nothing in state", async () => {
    const world = await startWorld();
    await world.start().create(world.declare("acme", { countryCode: "DE" }));
    const failure = await world
      .start()
      .create(world.declare("acme", { countryCode: "FR" }))
      .catch((error) => error);
    expect(failure.message).toMatch(/client account 50001 .*countryCode is "DE" at Gcore and "FR" in the program/);
    expect(failure.id).toBeUndefined();
  });

  test("account of another reseller: not visible, so the API's 400 is reported", async () => {
    const world = await startWorld();
    await world.start({ ...world.api.env, GCORE_API_KEY: "5678$sandbox-second-key" }).create(world.declare("acme"));
    await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/answered 400: email: /);
    expect(world.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(5_500);
    expect(world.api.sandbox.accounts()).toHaveLength(1);
  });
});

describe("customId compared by one normal form in the proof and in the diff", () => {
  test.each<[string, Declared, string | null]>([
    ["declared with blanks, stored without", { customId: " crm-7 " }, "crm-7"],
    ["declared without blanks, stored with", { customId: "crm-7" }, "crm-7 "],
    ["null declared, an empty text stored", { customId: null }, ""],
    ["the origin mark, stored with a blank", {}, "pulumi:shop/prod/acme "],
  ])("%s: recovered after a lost reply, and no difference afterwards", async (_what, more, stored) => {
    const world = await startWorld();
    const declared = world.declare("acme", more);
    world.fault({ kind: "drop-after", ...post });
    world.api.onRequest((nth) => {
      if (nth === 1) world.api.sandbox.updateClient(50001, { custom_id: stored });
    });
    const { id, outs } = await world.start().create(declared);
    expect(id).toBe(idOf(world.api.sandbox.accounts()[0]));
    expect(world.api.calls().filter((call) => !/^GET |^POST /.test(call))).toEqual([]);
    const { props, inputs } = (await world.start().read(id, outs)) as { props: Declared; inputs: Declared };
    expect(await world.start().diff(id, props, inputs)).toEqual({ changes: false });
    expect(await world.start().diff(id, props, declared)).toEqual({ changes: false });
    await world.start().delete(id, props);
    expect(world.api.emails()).toEqual([]);
  });
});

/** An account of this declaration whose mark at Gcore is another one by now. */
async function withMark(custom_id: string | null, more: Declared = {}) {
  const world = await startWorld();
  const declared = world.declare("acme", more);
  const { id, outs } = await world.start().create(declared);
  await world.api.send("PATCH", "/iam/clients/50001", { custom_id });
  world.api.calls();
  return { ...world, declared, id, outs: outs as Declared };
}
const changes = (calls: string[]) => calls.filter((call) => !call.startsWith("GET "));

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

describe("adoption", () => {
  const seeded = { email: "seed-1@sandbox.example", company: "Acme", adoptId: "50001/8001" };
  const line = (company: string) =>
    `ClientUser acme: adopts client account 50001 (${company}): company "${company}" => "Acme", ` +
    'customId none => "pulumi:shop/prod/acme", password stays';

  test("unchanged between check and create: logged once", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const provider = world.start();
    const declared = world.declare("acme", seeded);
    await provider.check({}, declared);
    await provider.create(declared);
    expect(world.logged).toEqual([line("Seed 1")]);
  });

  test("changed between check and create: create logs what it really changes", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const provider = world.start();
    const declared = world.declare("acme", seeded);
    await provider.check({}, declared);
    world.api.sandbox.updateClient(50001, { companyName: "Other" });
    await provider.create(declared);
    expect(world.logged).toEqual([line("Seed 1"), line("Other")]);
  });

  test("email unknown at preview: no conflict", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const email = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect((await world.start().check({}, world.declare("acme", { ...seeded, email }))).failures).toEqual([]);
    expect(world.logged).toEqual([expect.stringContaining(': email "seed-1@sandbox.example" => unknown, company')]);
  });

  test("no reply within 5 s at check: not read, and on", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const provider = world.start();
    world.fault({ kind: "rate-limit", method: "GET", seconds: 20 });
    const started = world.clock.now();
    expect((await provider.check({}, world.declare("acme", seeded))).failures).toEqual([]);
    expect(world.clock.now() - started).toBeLessThanOrEqual(5_000);
    expect(world.logged).toContainEqual(expect.stringMatching(/^ClientUser acme: adopts 50001\/8001, not read: /));
  });

  test("user deleted before the adoption: refused", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    await world.api.send("DELETE", "/iam/users/8001");
    const declared = world.declare("acme", seeded);
    const text = /adoptId: 50001\/8001 is no ClientUser of this reseller/;
    expect((await world.start().check({}, declared)).failures).toEqual([
      { property: "", reason: expect.stringMatching(text) },
    ]);
    await expect(world.start().create(declared)).rejects.toThrow(text);
  });

  test.each(["4711", "4711/8001"])(
    "adoptId %s, which does not exist: refused at preview and at create",
    async (adoptId) => {
      const world = await startWorld();
      const declared = world.declare("acme", { ...seeded, adoptId });
      const text = `adoptId: ${adoptId} is no ClientUser of this reseller. Remove adoptId to create a new client account, or correct it.`;
      expect((await world.start().check({}, declared)).failures).toEqual([{ property: "", reason: text }]);
      await expect(world.start().create(declared)).rejects.toThrow(text);
      await expect(world.start().read(adoptId, {})).rejects.toThrow(
        `id: ${adoptId} is no ClientUser of this reseller.`,
      );
    },
  );

  test("replaced, and the ID that it adopted still declared: refused before the delete; another ID is adopted", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(2);
    const declared = world.declare("acme", seeded);
    const { id, outs } = await world.start().create(declared);
    world.api.calls();
    // The engine checks a resource that is to be replaced as a new one.
    const replacing = world.start();
    await replacing.check({}, declared);
    await expect(replacing.delete(id, outs)).rejects.toThrow(/cannot be replaced while adoptId names its user/);
    expect(changes(world.api.calls())).toEqual([]);

    const other = world.declare("acme", { ...seeded, email: "seed-2@sandbox.example", adoptId: "50002/8002" });
    const provider = world.start();
    expect((await provider.check({}, other)).failures).toEqual([]);
    await provider.delete(id, outs);
    expect(await provider.create(other)).toMatchObject({ id: "50002/8002" });
  });

  test("a resource in state: adoptId is ignored, and nothing is read", async () => {
    const world = await startWorld();
    const declared = world.declare("acme");
    const { outs } = await world.start().create(declared);
    world.api.calls();
    expect((await world.start().check(outs, { ...declared, adoptId: "4711" })).failures).toEqual([]);
    expect(world.api.calls()).toEqual([]);
  });
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
    world.fault({ kind: "unreadable", ...lookups, times: "always", body });
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
