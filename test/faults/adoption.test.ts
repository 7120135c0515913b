import { describe, expect, test } from "vitest";
import { holdBack } from "../support/network";
import { fakeClock, idOf, startWorld } from "../support/process";
import { register, unmarked, withAcme } from "../support/registration";

/** Adoption: what a preview reads and logs of the account, and what the create then takes over. */

const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

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
    await expect(replacing.delete(id, outs)).rejects.toThrow(/cannot be replaced while adoptId names it/);
    expect(world.api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);

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

const setUp = async (settings: Record<string, string> = {}) => {
  const world = await startWorld(settings);
  world.api.sandbox.seed(1);
  const adoption = { email: "seed-1@sandbox.example", company: "Seed 1", adoptId: "50001/8001" };
  return { world, inputs: world.declare("acme", adoption) };
};

test("the turn of the request comes later, because of requestsPerSecond: waited for, and read", async () => {
  const { world, inputs } = await setUp({ requestsPerSecond: "1" });
  const provider = world.start();
  await provider.create(world.declare("other"));
  await provider.check({}, inputs);
  expect(world.logged).toEqual([expect.stringMatching(/^ClientUser acme: adopts client account 50001 \(Seed 1\): /)]);
});

test("no reply within 5 s, and the request is still under way: not waited for", async () => {
  const base = fakeClock();
  const sleep: typeof base.sleep = (ms, signal) => (ms === 5_000 ? Promise.resolve() : base.sleep(ms, signal));
  const world = await startWorld({}, { ...base, sleep });
  world.api.sandbox.seed(1);
  const read = holdBack(world, "GET");
  const declared = { email: "seed-1@sandbox.example", company: "Seed 1", adoptId: "50001/8001" };
  expect(await world.start().check({}, world.declare("acme", declared))).toMatchObject({ failures: [] });
  expect(world.logged).toEqual(["ClientUser acme: adopts 50001/8001, not read: no reply within 5 s"]);
  await read.arrived;
  read.release();
});

test("the API fails: one request, no retry, and the preview goes on", async () => {
  const { world, inputs } = await setUp();
  world.fault({ kind: "status-before", status: 500, method: "GET", times: "always" });
  expect(await world.start().check({}, inputs)).toMatchObject({ failures: [] });
  expect(world.api.calls()).toEqual(["GET /iam/clients/50001"]);
  expect(world.logged).toEqual([
    expect.stringMatching(/^ClientUser acme: adopts 50001\/8001, not read: .*answered 500/),
  ]);
});

test("a country is declared, and the account has none: adopted, and no drift", async () => {
  const { world, inputs } = await setUp();
  const declared = { ...inputs, countryCode: "DE" };
  const { id, state } = await register(world.start(), declared);
  expect(world.logged).toEqual([expect.not.stringContaining("countryCode")]);
  const { props } = await world.start().read(id, state);
  expect(props).toMatchObject({ countryCode: "DE" });
  expect(await world.start().diff(id, props, declared)).toEqual({ changes: false });
});

describe("values that preview does not know yet", () => {
  test("adoption with an unknown email address: no failure", async () => {
    const { world, acme } = await withAcme({ customId: null });
    const declared = unmarked(world, "acme", { adoptId: acme.id, email: UNKNOWN_TEXT });
    expect((await world.start().check({}, declared)).failures).toEqual([]);
  });

  test("adopted without a password, email address unknown: no failure", async () => {
    const { world, acme } = await withAcme({ customId: null });
    const { password: _, ...declared } = unmarked(world, "acme", { adoptId: acme.id });
    const { state } = await register(world.start(), declared);
    expect((await world.start().check(state, { ...declared, email: UNKNOWN_TEXT })).failures).toEqual([]);
  });
});

test("requestsPerSecond is set, several adoptions previewed at once: each is read", async () => {
  const world = await startWorld({ requestsPerSecond: "5" });
  world.api.sandbox.seed(2);
  const provider = world.start();
  const checks = world.api.sandbox.accounts().map((account, index) =>
    provider.check(
      {},
      unmarked(world, `user-${index}`, {
        email: account.email,
        company: account.companyName,
        adoptId: idOf(account),
      }),
    ),
  );
  await Promise.all(checks);
  expect(world.logged.filter((line) => line.includes("not read"))).toEqual([]);
});

test("adoption previewed on a clock that passes between two statements: read", async () => {
  const base = fakeClock();
  let passed = 0;
  const world = await startWorld({}, { ...base, now: () => base.now() + passed++ });
  world.api.sandbox.seed(1);
  const [account] = world.api.sandbox.accounts();
  const declared = { email: account?.email, company: account?.companyName, adoptId: idOf(account) };
  await world.start().check({}, unmarked(world, "acme", declared));
  expect(world.logged.join()).toMatch(/adopts client account 50001/);
});
