import { describe, expect, test } from "vitest";
import { type Declared, idOf, startWorld } from "../support/process";
import {
  isAlive,
  markOf,
  type Resource,
  reconcile,
  register,
  replace,
  unmarked,
  withAcme,
} from "../support/registration";

/** Several declarations that concern one account: renames, adoptions, replacements, a second stack. */

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

test("a resource whose name contains $: the advice names its URN", async () => {
  const { world } = await withAcme({ customId: markOf("cost$center"), origin: markOf("cost$center") });
  await expect(register(world.start(), unmarked(world, "acme"))).rejects.toThrow(
    /aliases: \["urn:pulumi:prod::shop::pulumi-nodejs:dynamic\/gcore-reseller:ClientUser::cost\$center"\]/,
  );
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
