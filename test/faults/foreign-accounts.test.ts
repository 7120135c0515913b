import { describe, expect, test } from "vitest";
import { type Declared, idOf, startWorld } from "../support/process";

/** An existing account that a create finds under its email address is recovered only if it is proved to be owned. */

const post = { method: "POST", path: "/iam/users" } as const;
const lookups = { method: "GET", path: "/iam/clients" } as const;

describe("foreign account", () => {
  const adopt = /To adopt it on purpose, set adoptId: "50001\/8001"/;
  test.each<[string, Declared, Declared, RegExp[]]>([
    [
      "another stack's mark",
      { customId: "pulumi:shop/dev/acme" },
      {},
      [/with customId "pulumi:shop\/dev\/acme"/, /in the stack shop\/dev, `pulumi state delete.*"50001\/8001" here/],
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
      [/crm-1/, /Another stack that declares the same customId .* set adoptId: "50001\/8001"/],
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
    const started = world.clock.now();
    await expect(world.start().create(declared)).rejects.toThrow(/not proved/);
    expect(world.clock.now() - started).toBeLessThan(1_000);
  });

  test.each([[[]], [["drop-before"]]] as const)(
    "same customId and password, within the recovery window, POST %j: recovered",
    async (faults) => {
      const world = await startWorld({ recoveryWindowMinutes: "60" });
      const declared = world.declare("acme", { customId: "crm-1" });
      const { id } = await world.start().create(declared);
      const created_at = new Date(world.clock.now() - 3_500_000).toISOString();
      world.api.sandbox.updateClient(50001, { created_at });
      for (const kind of faults) world.fault({ kind, ...post });
      expect(await world.start().create(declared)).toMatchObject({ id });
      expect(world.api.sandbox.accounts()).toHaveLength(1);
    },
  );

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

  test("user just deleted, but still in stale reads, and the email address taken by another run: refused", async () => {
    const world = await startWorld();
    const declared = world.declare("acme");
    const old = await world.start().create(declared);
    await world.clock.sleep(60_000);
    const provider = world.start();
    world.fault({ kind: "stale-reads", ms: 3_000, times: "always" });
    await provider.delete(old.id, old.outs);
    await world.start().create({ ...declared, customId: null });
    const failure = await provider.create(declared).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(/belongs to client account 50002 .*not proved/) });
  });

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
