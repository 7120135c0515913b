import { describe, expect, test } from "vitest";
import { type Declared, startWorld } from "../support/process";

/** The create protocol's proof of ownership: what is found in the way is ours only when it is proved to be. */

const post = { method: "POST", path: "/iam/users" } as const;
const lookUps = { method: "GET", path: "/iam/clients" } as const;

describe("somebody else's account is never taken", () => {
  test.each<[string, Declared, Declared, RegExp]>([
    ["another stack's mark", { customId: "pulumi:shop/dev/acme" }, {}, /managed by pulumi:shop\/dev\/acme/],
    ["another customId", { customId: "crm-1" }, { customId: "crm-2" }, /with customId "crm-1"/],
    ["no customId", { customId: null }, {}, /client account 50001/],
    ["no customId on either side", { customId: null }, { customId: null }, /client account 50001/],
    [
      "the same customId, another password",
      { customId: "crm-1", password: "his-own-W0rd" },
      { customId: "crm-1" },
      /crm-1/,
    ],
  ])("%s", async (_what, theirs, ours, text) => {
    const world = await startWorld();
    await world.start().create(world.declare("acme", theirs));
    const before = JSON.stringify(world.api.sandbox.accounts());
    world.api.calls();
    const failure = await world
      .start()
      .create(world.declare("acme", { company: "Ours", ...ours }))
      .catch((error) => error);
    expect(failure.message).toMatch(text);
    expect(failure.message).toMatch(/set adoptId: "50001\/8001"/);
    expect(failure.message).not.toContain("W0rd");
    expect(failure.id).toBeUndefined();
    const calls = world.api.calls();
    expect(calls.filter((call) => call === "POST /iam/users")).toHaveLength(1);
    expect(calls.filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call))).toEqual([]);
    expect(JSON.stringify(world.api.sandbox.accounts())).toBe(before);
  });

  test.each<[string, (world: Awaited<ReturnType<typeof startWorld>>) => unknown]>([
    ["two-step verification is on", (world) => world.api.sandbox.updateUser(8001, { two_fa: true })],
    [
      "it is older than the recovery window",
      (world) =>
        world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - 3_700_000).toISOString() }),
    ],
  ])("the same customId and password, but %s", async (_what, prepare) => {
    const world = await startWorld();
    const declared = world.declare("acme", { customId: "crm-1" });
    await world.start().create(declared);
    prepare(world);
    await expect(world.start().create(declared)).rejects.toThrow(/cannot be proved/);
  });

  test("with a window of 0 a customId is never a proof", async () => {
    const world = await startWorld({ recoveryWindowMinutes: "0" });
    const declared = world.declare("acme", { customId: "crm-1" });
    await world.start().create(declared);
    await expect(world.start().create(declared)).rejects.toThrow(/cannot be proved/);
  });

  test("a stranger's account of the same e-mail and password, made long before our lost POST", async () => {
    const world = await startWorld();
    const declared = world.declare("acme", { customId: null });
    await world.start().create(declared);
    world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - 600_000).toISOString() });
    world.fault({ kind: "drop-before", ...post });
    await expect(world.start().create(declared)).rejects.toThrow(/cannot be proved/);
    expect(world.api.calls().filter((call) => call.endsWith("/login"))).toEqual([]);
  });

  test("two resources of one program with the same e-mail, customId and password: the second is refused", async () => {
    const world = await startWorld();
    const provider = world.start();
    const declared = world.declare("acme", { customId: "crm-7" });
    await provider.create(declared);
    await expect(provider.create(declared)).rejects.toThrow(/cannot be proved/);
  });

  test.each([1, 2])("the same at once, %i replies lost: one has it, the other is refused", async (times) => {
    const world = await startWorld();
    const provider = world.start();
    const declared = world.declare("acme", { customId: "crm-7" });
    world.fault({ kind: "drop-after", ...post, times });
    const both = await Promise.allSettled([provider.create(declared), provider.create(declared)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test.each(["drop-before", "drop-after"] as const)("a user who was just deleted, still shown, %s", async (kind) => {
    const world = await startWorld();
    const declared = world.declare("acme");
    const old = await world.start().create(declared);
    await world.clock.sleep(60_000);
    const provider = world.start();
    world.fault({ kind, ...post });
    world.fault({ kind: "stale-reads", ms: 3_000, times: "always" });
    await provider.delete(old.id, old.outs);
    const made = await provider.create(declared);
    expect(world.api.sandbox.accounts().flatMap(({ users }) => users.map(({ id }) => String(id)))).toEqual([made.id]);
  });

  test("an account that another resource of this program manages, though it has the mark of this one", async () => {
    const world = await startWorld();
    const provider = world.start();
    const declared = world.declare("acme");
    const { id, outs } = await world.start().create(declared);
    await provider.diff(id, outs, { ...declared, customId: "pulumi:shop/prod/gmbh" });
    await expect(provider.create(declared)).rejects.toThrow(/cannot be proved/);
  });

  test("a guest's account while our own record cannot be read", async () => {
    const world = await startWorld();
    const { outs } = await world.start().create(world.declare("acme"));
    const ours = await world.api.client(outs.client);
    const guest = { ...ours, id: 7, custom_id: null };
    const body = JSON.stringify({ count: 2, results: [guest, { ...ours, companyName: null }] });
    world.fault({ kind: "unreadable", ...lookUps, body, times: "always" });
    const failure = await world
      .start()
      .create(world.declare("acme"))
      .catch((error) => error);
    expect(failure.message).toMatch(/outcome is unknown.*not as documented/);
  });

  test("an account that the user is only a guest of is passed over for the one with our mark", async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const [foreign] = world.api.sandbox.accounts();
    const { id, outs } = await world.start().create(world.declare("acme"));
    world.api.sandbox.updateUser(Number(id), { clients: [Number(foreign?.client), Number(outs.client)] });
    expect((await world.start().create(world.declare("acme"))).outs.client).toBe(outs.client);
    expect(await world.api.client(foreign?.client)).toMatchObject({ companyName: "Seed 1", custom_id: null });
  });

  test("an account of ours that cannot become what is declared: said, and nothing recorded", async () => {
    const world = await startWorld();
    await world.start().create(world.declare("acme", { countryCode: "DE" }));
    const failure = await world
      .start()
      .create(world.declare("acme", { countryCode: "FR" }))
      .catch((error) => error);
    expect(failure.message).toMatch(/client account 50001 .*countryCode: it has DE/);
    expect(failure.id).toBeUndefined();
  });

  test("another reseller's: invisible, so the API's refusal stands", async () => {
    const world = await startWorld();
    await world.start({ ...world.api.env, GCORE_API_KEY: "5678$sandbox-second-key" }).create(world.declare("acme"));
    await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/answered 400: email: /);
    expect(world.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(5_500);
    expect(world.api.sandbox.accounts()).toHaveLength(1);
  });
});
