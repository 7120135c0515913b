import { describe, expect, test } from "vitest";
import { answeringAlways } from "../support/api";
import { type Declared, fakeClock, idOf, startWorld } from "../support/process";

/** Situations of ordinary use: interrupted renames, adoption again, replacement, one account wanted twice, unusual replies. */

const post = { method: "POST", path: "/iam/users" } as const;
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const markOf = (name: string, stack = "prod") => `pulumi:shop/${stack}/${name}`;

type World = Awaited<ReturnType<typeof startWorld>>;
type Provider = ReturnType<World["start"]>;
type Resource = { id: string; state: Declared };

/** Inputs as the engine hands them to the verbs after `check`. */
const unwrapped = (inputs: Declared): Declared =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && "value" in value ? value.value : value,
    ]),
  );

/** Registers a resource as the engine does for one that is not in state: check, then create. */
async function register(provider: Provider, declared: Declared, olds: Declared = {}): Promise<Resource> {
  const { inputs, failures } = await provider.check(olds, declared);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  const { id, outs } = await provider.create({ ...unwrapped(inputs), __provider: declared.__provider });
  return { id, state: { ...outs, __provider: declared.__provider } };
}

/** Registers a resource that is in state: check, diff, and update where they differ. */
async function reconcile(provider: Provider, { id, state }: Resource, declared: Declared): Promise<Resource> {
  const { inputs, failures } = await provider.check(state, declared);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  const news = { ...unwrapped(inputs), __provider: declared.__provider };
  const { changes } = await provider.diff(id, state, news);
  if (changes === false) return { id, state };
  const { outs } = await provider.update(id, state, news);
  return { id, state: { ...outs, __provider: declared.__provider } };
}

/** The engine's `--replace`: the inputs are checked without the old ones, then the old resource is deleted. */
async function replace(provider: Provider, { id, state }: Resource, declared: Declared): Promise<Resource> {
  const { inputs, failures } = await provider.check({}, declared);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  await provider.delete(id, state);
  const { id: newId, outs } = await provider.create({ ...unwrapped(inputs), __provider: declared.__provider });
  return { id: newId, state: { ...outs, __provider: declared.__provider } };
}

const isAlive = (world: World, { id }: Resource) =>
  world.api.sandbox.accounts().some(({ client, users }) => users.some((user) => `${client}/${user.id}` === id));

async function withAcme(more: Declared = {}, settings: Record<string, string> = {}) {
  const world = await startWorld(settings);
  const declared = world.declare("acme", more);
  const acme = await register(world.start(), declared);
  world.api.calls();
  world.logged.splice(0);
  return { world, declared, acme };
}

/** A declaration that takes its customId from its origin. */
const unmarked = (world: World, name: string, more: Declared = {}): Declared => {
  const { customId: _, ...declared } = world.declare(name, more);
  return declared;
};

describe("renamed with an alias (or stack renamed), the mark written, the new state not", () => {
  const renamedButNotStored = async () => {
    const { world, acme } = await withAcme();
    const news = unmarked(world, "globex", { email: "acme@acme.example", company: "acme Ltd" });
    await reconcile(world.start(), acme, news);
    expect(await world.api.client(acme.state.client)).toMatchObject({ custom_id: markOf("globex") });
    world.logged.splice(0);
    return { world, acme, news };
  };

  test("kill -9 before state was written: the next up converges", async () => {
    const { world, acme, news } = await renamedButNotStored();
    const { state } = await reconcile(world.start(), acme, news);
    expect(state).toMatchObject({ customId: markOf("globex"), origin: markOf("globex") });
  });

  test("the PATCH is executed and its replies are lost: the next up converges", async () => {
    const { world, acme } = await withAcme({}, { maxRetries: "0" });
    const news = unmarked(world, "globex", { email: "acme@acme.example", company: "acme Ltd" });
    world.fault({ kind: "drop-after", method: "PATCH", path: "/iam/clients/*" });
    await expect(reconcile(world.start(), acme, news)).rejects.toThrow(/no reply/);
    const { state } = await reconcile(world.start(), acme, news);
    expect(state).toMatchObject({ customId: markOf("globex") });
  });

  test("kill -9, then destroy: an error, and after an up the user is deleted [advice: renamedUnstored]", async () => {
    const { world, acme, news } = await renamedButNotStored();
    await expect(world.start().delete(acme.id, acme.state)).rejects.toThrow(
      /mark pulumi:shop\/prod\/globex .*Run `pulumi up`/,
    );
    const { id, state } = await reconcile(world.start(), acme, news);
    await world.start().delete(id, state);
    expect(isAlive(world, acme)).toBe(false);
  });
});

describe("adoptId left in the program, as the docs allow", () => {
  const adopted = async () => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    const [account] = world.api.sandbox.accounts();
    const declared = unmarked(world, "acme", {
      email: account?.email,
      company: account?.companyName,
      password: "seed-password",
      adoptId: idOf(account),
    });
    const acme = await register(world.start(), declared);
    return { world, declared, acme };
  };

  test("--replace: a new account, or refused before anything is deleted", async () => {
    const { world, declared, acme } = await adopted();
    const replaced = await replace(world.start(), acme, declared).catch((error: Error) => error);
    if (replaced instanceof Error) expect({ isAlive: isAlive(world, acme), replaced }).toMatchObject({ isAlive: true });
    else expect(isAlive(world, replaced)).toBe(true);
  });

  test("user deleted in Gcore's portal, replaced as refresh advises: refused until adoptId is gone [advice: replaceAdopted]", async () => {
    const { world, declared, acme } = await adopted();
    await world.api.send("DELETE", `/iam/users/${acme.state.userId}`);
    world.logged.splice(0);
    const { props } = await world.start().read(acme.id, acme.state);
    expect(world.logged.join()).toMatch(/`pulumi up --replace <urn>`/);
    const stored = { id: acme.id, state: props as Declared };
    await expect(replace(world.start(), stored, declared)).rejects.toThrow(/Remove adoptId/);
    const { adoptId: _, ...withoutAdoption } = declared;
    expect(isAlive(world, await replace(world.start(), stored, withoutAdoption))).toBe(true);
  });

  test("destroy, then up again: the error says to remove adoptId, and that creates an account [advice: adoptMissing]", async () => {
    const { world, declared, acme } = await adopted();
    await world.start().delete(acme.id, acme.state);
    await expect(register(world.start(), declared)).rejects.toThrow(/Remove adoptId/);
    const { adoptId: _, ...withoutAdoption } = declared;
    expect(isAlive(world, await register(world.start(), withoutAdoption))).toBe(true);
  });
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

test("--continue-on-error, renamed with adoptId, the adoption fails: the old resource stays in state", async () => {
  const { world, acme } = await withAcme({}, { maxRetries: "0" });
  const provider = world.start();
  world.fault({ kind: "status-before", status: 500, method: "GET", path: "/iam/clients/*", skip: 1 });
  const globex = unmarked(world, "globex", { email: "acme@acme.example", adoptId: acme.id });
  await expect(register(provider, globex)).rejects.toThrow(/500/);
  // Success would drop it from state, with a user whom no state has.
  const isDropped = await provider.delete(acme.id, acme.state).then(
    () => true,
    () => false,
  );
  expect({ isDropped, isAlive: isAlive(world, acme) }).not.toEqual({ isDropped: true, isAlive: true });
});

test("two users of one client account, each adopted by a resource: the second is refused, naming the first", async () => {
  const world = await startWorld();
  world.api.sandbox.seed(2);
  const [first, second] = world.api.sandbox.accounts();
  const other = Number(second?.users[0]?.id);
  world.api.sandbox.updateUser(other, { clients: [Number(first?.client)] });
  const provider = world.start();
  await register(provider, unmarked(world, "one", { email: first?.email, company: "One", adoptId: idOf(first) }));
  const adoptId = `${first?.client}/${other}`;
  await expect(
    register(provider, unmarked(world, "two", { email: second?.email, company: "Two", adoptId })),
  ).rejects.toThrow(/ClientUser one/);
});

test("second stack with the same declared customId: the advice warns of the other stack, and works [advice: sameCustomId]", async () => {
  const { world, declared, acme } = await withAcme({ customId: "crm-1" });
  const review = { ...declared, origin: markOf("acme", "review") };
  const failure = await register(world.start(), review).catch((error: Error) => error);
  const advice = (failure as Error).message;
  expect(advice).toMatch(/set adoptId: "50001\/8001"/);
  expect(advice).toMatch(/a destroy in either deletes the user/);
  const adopted = await register(world.start(), { ...review, adoptId: acme.id });
  expect(adopted.id).toBe(acme.id);
});

describe("one cause, many resources", () => {
  test("the same reason for other properties: each text says what is wrong with its own", async () => {
    const world = await startWorld();
    const provider = world.start();
    await provider.check({}, unmarked(world, "one", { name: "" }));
    const { failures } = await provider.check({}, unmarked(world, "two", { company: "" }));
    expect(failures.map(({ reason }) => reason)).toEqual(["company: must not be empty"]);
  });

  test("the key of another reseller: the cause once, then short lines", async () => {
    const world = await startWorld();
    const provider = world.start();
    const one = await register(provider, unmarked(world, "one"));
    const two = await register(provider, unmarked(world, "two"));
    const foreignKey = { ...world.api.env, GCORE_API_KEY: "5678$sandbox-second-key" };
    await register(world.start(foreignKey), unmarked(world, "other"));
    const wrong = world.start(foreignKey);
    await expect(wrong.read(one.id, one.state)).rejects.toThrow(/belongs to reseller/);
    await expect(wrong.read(two.id, two.state)).rejects.toThrow(/^the same cause as ClientUser one/);
  });
});

test("account shown without custom_id: recognized by its email address, at destroy too", async () => {
  const { world, acme } = await withAcme();
  const { custom_id: _, ...shown } = await world.api.client(acme.state.client);
  const show = (more: object) =>
    world.fault({
      kind: "unreadable",
      method: "GET",
      path: "/iam/clients/*",
      body: JSON.stringify({ ...shown, ...more }),
      times: "always",
    });
  show({ users: [{ ...shown.users[0], email: "other@acme.example" }] });
  await expect(world.start().delete(acme.id, acme.state)).rejects.toThrow(/email is other@acme.example, state has/);
  world.api.sandbox.faults.remove();
  show({});
  const { id, props } = await world.start().read(acme.id, acme.state);
  await world.start().delete(id, props as Declared);
  expect(isAlive(world, acme)).toBe(false);
});

test("wrong password in state, Gcore refuses the same password again: declaring the current one works, as advised", async () => {
  const { world, acme } = await withAcme({ customId: null });
  world.api.sandbox.setAssumptions({ rejectSamePassword: true });
  const declared = unmarked(world, "acme", { adoptId: acme.id, password: "outdated-W0rd" });
  const provider = world.start();
  const adopted = await register(provider, declared);
  const failure = await reconcile(provider, adopted, { ...declared, email: "new@acme.example" }).catch(
    (error) => error,
  );
  expect(failure.message).toMatch(/or declare the current password/);
  const current = { ...declared, password: "pass-W0rd-of-acme" };
  expect((await reconcile(world.start(), adopted, current)).state).toMatchObject({ password: current.password });
});

describe("the name of a renamed resource is used again", () => {
  test("the new resource is registered first, with the old email address: it never takes the renamed one's account", async () => {
    const { world, declared, acme } = await withAcme();
    const provider = world.start();
    const created = await register(provider, declared).catch((error: Error) => error);
    const legacy = { ...declared, customId: markOf("legacy"), origin: markOf("legacy"), email: "legacy@acme.example" };
    const renamed = await reconcile(provider, acme, legacy).catch((error: Error) => error);
    const managers = [created, renamed].filter((result) => !(result instanceof Error));
    expect(new Set(managers.map((resource) => (resource as Resource).id)).size).toBe(managers.length);
  });
});

test("ClientUser.get, refreshed after its account got another mark: shows it, without advice to delete it from state", async () => {
  const { world, acme } = await withAcme();
  const { props } = await world.start().read(acme.id, { __provider: "p" });
  world.api.sandbox.updateClient(Number(acme.state.client), { custom_id: markOf("acme", "live") });
  const refreshed = await world.start().read(acme.id, props as Declared);
  expect(world.logged).toEqual([]);
  expect(refreshed.props).toMatchObject({ customId: markOf("acme", "live") });
});

test("user taken out of the account and put back, up without refresh: no advice that would delete them", async () => {
  const { world, declared, acme } = await withAcme();
  world.api.sandbox.seed(1);
  const other = Number(world.api.sandbox.accounts().at(-1)?.client);
  const [client, userId] = [Number(acme.state.client), Number(acme.state.userId)];
  world.api.sandbox.updateUser(userId, { clients: [other] });
  const { props } = await world.start().read(acme.id, acme.state);
  expect(props).toMatchObject({ deleted: true });
  world.api.sandbox.updateUser(userId, { clients: [client, other] });
  world.logged.splice(0);
  const { outs } = await world.start().update(acme.id, props as Declared, declared);
  expect(outs).not.toMatchObject({ deleted: true });
  expect(world.logged.join()).not.toMatch(/--replace/);
});

test("user put back, and the API does not show `deleted`: no longer deleted after refresh", async () => {
  const { world, acme } = await withAcme();
  const { users, ...account } = await world.api.client(acme.state.client);
  const { deleted: _, ...user } = users[0];
  const body = JSON.stringify({ ...account, users: [user] });
  world.fault({ kind: "unreadable", method: "GET", path: "/iam/clients/*", body, times: "always" });
  const { props } = await world.start().read(acme.id, { ...acme.state, deleted: true });
  expect(props).not.toMatchObject({ deleted: true });
});

test("a resource whose name contains $: the advice names its URN", async () => {
  const { world } = await withAcme({ customId: markOf("cost$center"), origin: markOf("cost$center") });
  await expect(register(world.start(), unmarked(world, "acme"))).rejects.toThrow(
    /aliases: \["urn:pulumi:prod::shop::pulumi-nodejs:dynamic\/gcore-reseller:ClientUser::cost\$center"\]/,
  );
});

test("refresh right after create, reads are 20 s behind: not reported as gone", async () => {
  const world = await startWorld();
  world.api.sandbox.seed(1);
  await world.clock.sleep(60_000);
  const acme = await register(world.start(), unmarked(world, "acme"));
  world.fault({ kind: "stale-reads", ms: 20_000, times: "always" });
  await world.clock.sleep(1_000);
  const result = await world
    .start()
    .read(acme.id, acme.state)
    .catch(() => ({ id: acme.id }));
  expect(result.id).toBe(acme.id);
});

test("a cache answers with another account's record: an error, not another ID and a deleted user", async () => {
  const { world, acme } = await withAcme();
  const globex = await register(world.start(), unmarked(world, "globex"));
  const body = JSON.stringify(await world.api.client(globex.state.client));
  world.fault({ kind: "unreadable", method: "GET", path: `/iam/clients/${acme.state.client}`, body, times: "always" });
  const result = await world
    .start()
    .read(acme.id, acme.state)
    .catch(() => ({ id: acme.id, props: {} }));
  expect(result.id).toBe(acme.id);
  expect(result.props).not.toMatchObject({ deleted: true });
});

describe("adoptId of another resource of the same program", () => {
  test("the adopting resource is registered first, then removed: the other one adopts it again [advice: managedBySibling]", async () => {
    const { world, declared, acme } = await withAcme();
    const first = world.start();
    const thief = unmarked(world, "thief", { email: "acme@acme.example", adoptId: acme.id });
    const { customId: _, ...same } = declared;
    const taken = await register(first, { ...thief, company: "acme Ltd" }).catch((error: Error) => error);
    if (taken instanceof Error) throw taken;
    // The owner's turn comes later in the same run.
    await expect(reconcile(first, acme, same)).rejects.toThrow(/belongs to the resource ClientUser thief/);
    const second = world.start();
    await expect(reconcile(second, acme, { ...same, company: "Acme SE" })).rejects.toThrow(
      /managed by pulumi:shop\/prod\/thief, of this same stack.*set adoptId: "50001\/8001"/,
    );
    await second.delete(taken.id, taken.state);
    expect(isAlive(world, acme)).toBe(true);
    const again = await register(world.start(), { ...same, company: "Acme SE", adoptId: acme.id });
    expect(again).toMatchObject({ id: acme.id, state: { company: "Acme SE", customId: markOf("acme") } });
  });
});

test("email address handed from one resource to a new one in one up: the error does not claim it is declared twice", async () => {
  const { world, declared, acme } = await withAcme();
  const provider = world.start();
  await provider.check(acme.state, { ...declared, email: "moved@acme.example" });
  await provider.diff(acme.id, acme.state, { ...declared, email: "moved@acme.example" });
  const failure = await register(provider, unmarked(world, "new", { email: "acme@acme.example" })).catch(
    (error) => error,
  );
  expect(failure.message).not.toMatch(/declare it once/);
});

test("onError retries a create whose reply was lost, customId null: recovered", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "2", maxRetries: "0" });
  const provider = world.start();
  const declared = world.declare("acme", { customId: null });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "status-before", status: 503, method: "GET", path: "/iam/clients", times: "always" });
  await expect(provider.create(declared)).rejects.toThrow(/outcome is unknown/);
  world.api.sandbox.faults.remove();
  expect(await provider.create(declared)).toMatchObject({ outs: { client: 50001 } });
});

test("kill -9 after the POST, the API refuses the second one as 409 without the word email: recovered", async () => {
  const { world, declared } = await withAcme();
  world.fault({ kind: "status-before", status: 409, ...post });
  expect(await world.start().create(declared)).toMatchObject({ outs: { client: 50001 } });
});

test("a page repeats the password as HTML text: not shown", async () => {
  const url = await answeringAlways(
    400,
    { "content-type": "text/plain" },
    "password &#39;a&amp;b-W0rd&#39; is too common",
  );
  const world = await startWorld();
  const create = world
    .start({ ...world.api.env, GCORE_BASE_URL: url })
    .create(world.declare("acme", { password: "a&b-W0rd" }));
  await expect(create).rejects.toThrow(/^(?!.*W0rd)/);
});

test("--replace with retainOnDelete, or deletedWith: the account is not made twice", async () => {
  const { world, declared, acme } = await withAcme();
  const provider = world.start();
  await provider.check(acme.state, declared);
  await provider.diff(acme.id, acme.state, declared);
  await provider.check({}, declared);
  expect(await provider.create(declared)).toMatchObject({ id: acme.id });
  expect(world.api.sandbox.accounts()).toHaveLength(1);
});

test("names of two resources swapped by aliases: both converge", async () => {
  const world = await startWorld();
  const provider = world.start();
  const one = await register(provider, unmarked(world, "one"));
  const two = await register(provider, unmarked(world, "two"));
  const next = world.start();
  const swapped = (to: string, from: string) =>
    unmarked(world, to, { email: `${from}@acme.example`, company: `${from} Ltd` });
  expect((await reconcile(next, one, swapped("two", "one"))).state.customId).toBe(markOf("two"));
  expect((await reconcile(next, two, swapped("one", "two"))).state.customId).toBe(markOf("one"));
});
