import { describe, expect, test } from "vitest";
import { idOf, startWorld } from "../support/process";

/** The limits of the create protocol, each from both sides. */

const post = { method: "POST", path: "/iam/users" } as const;
const isPost = (call: string) => call === "POST /iam/users";
const refused = /is not proved to have created/;

test.each([0, 1, 3])("maxRetries %i, no POST is executed: so many repetitions, then an error", async (maxRetries) => {
  const world = await startWorld({ maxRetries: String(maxRetries), recoveryTimeoutSeconds: "5" });
  world.fault({ kind: "drop-before", ...post, times: "always" });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(
    /outcome is unknown .*No matching resource appeared within 5 s\./,
  );
  expect(world.api.calls().filter(isPost)).toHaveLength(maxRetries + 1);
  expect(world.api.sandbox.accounts()).toEqual([]);
});

describe("an account without customId that is older than the lost POST", () => {
  /** An account of the given age with the declared email and password, when a POST is lost. */
  const create = async (ageMs: number) => {
    const world = await startWorld();
    const declared = world.declare("acme", { customId: null });
    await world.start().create(declared);
    world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - ageMs).toISOString() });
    world.fault({ kind: "drop-before", ...post });
    return world.start().create(declared);
  };

  test("two minutes, the difference that clocks may have: recovered", async () => {
    expect(await create(120_000)).toMatchObject({ id: "50001/8001" });
  });

  test("more than two minutes: refused", async () => {
    await expect(create(120_001)).rejects.toThrow(refused);
  });
});

describe("an account that the API calls existing and the list does not show", () => {
  /** Runs a create whose account another run has just made, while reads are stale; returns the seconds that it took. */
  const create = async (staleMs: number, settings: Record<string, string> = {}) => {
    const world = await startWorld(settings);
    world.fault({ kind: "stale-reads", ms: staleMs, times: "always" });
    await world.start().create(world.declare("acme"));
    const started = world.clock.now();
    const result = await world
      .start()
      .create(world.declare("acme"))
      .catch((error: Error) => error);
    return { result, seconds: (world.clock.now() - started) / 1000, world };
  };

  test("shown within five seconds: recovered", async () => {
    const { result, world } = await create(4_900);
    expect(result).toMatchObject({ id: idOf(world.api.sandbox.accounts()[0]) });
  });

  test("shown later: the API's refusal after five seconds", async () => {
    const { result, seconds } = await create(60_000);
    expect(result).toMatchObject({ message: expect.stringMatching(/answered 400: email: /) });
    expect(seconds).toBe(5);
  });

  test("a shorter recoveryTimeoutSeconds: the refusal after that", async () => {
    const { result, seconds } = await create(60_000, { recoveryTimeoutSeconds: "2" });
    expect(result).toMatchObject({ message: expect.stringMatching(/answered 400: email: /) });
    expect(seconds).toBe(2);
  });
});

describe("the claim of an account whose owner is being proved", () => {
  /** An account with a declared customId, and a new process that may recover it by its password. */
  const setUp = async (recoveryWindowMinutes: string) => {
    const world = await startWorld({ recoveryWindowMinutes });
    const declared = { email: "it@acme.example", customId: "crm-7" };
    const { id, outs } = await world.start().create(world.declare("acme", declared));
    return { world, provider: world.start(), declared, id, outs };
  };

  test("not proved: given up, so that the resource with the proof takes the account", async () => {
    const { world, provider, declared, id } = await setUp("60");
    const twin = world.declare("twin", { ...declared, password: "another-W0rd" });
    await expect(provider.create(twin)).rejects.toThrow(refused);
    expect(await provider.create(world.declare("acme", declared))).toMatchObject({ id });
  });

  test("the proof could not be made: given up too", async () => {
    const { world, provider, declared, id } = await setUp("60");
    // The first lookup finds the account, the second is the one by date.
    world.fault({ kind: "status-before", status: 403, method: "GET", path: "/iam/clients", skip: 1 });
    const failure = await provider.create(world.declare("acme", declared)).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(/answered 400: .* The lookup failed: .*403/) });
    expect(failure).toMatchObject({ message: expect.not.stringContaining("its owner could not be determined") });
    expect(await provider.create(world.declare("twin", declared))).toMatchObject({ id });
  });

  test("not proved, but in state before: kept, so that nothing is deleted for another resource", async () => {
    const { world, provider, declared, id, outs } = await setUp("0");
    const acme = world.declare("acme", declared);
    await provider.check(outs, acme);
    await provider.diff(id, outs, acme);
    await expect(provider.create(acme)).rejects.toThrow(refused);
    await provider.delete(id, { ...outs, origin: "pulumi:shop/prod/twin" });
    expect(world.logged).toContainEqual(expect.stringMatching(/ClientUser twin: .*now belongs to ClientUser acme/));
    expect(world.api.emails()).toEqual(["it@acme.example"]);
  });
});

test("the user is in a second, new account: no proof for the old one with the declared customId", async () => {
  const world = await startWorld();
  const declared = world.declare("acme", { customId: "crm-7" });
  await world.start().create(declared);
  await world.clock.sleep(3_600_000);
  world.api.sandbox.seed(1);
  world.api.sandbox.updateClient(50001, { created_at: new Date(world.clock.now() - 3_600_000).toISOString() });
  world.api.sandbox.updateUser(8001, { clients: [50001, 50002] });
  world.fault({ kind: "drop-before", ...post });
  await expect(world.start().create(declared)).rejects.toThrow(refused);
});
