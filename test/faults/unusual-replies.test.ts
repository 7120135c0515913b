import { describe, expect, test } from "vitest";
import { answeringAlways } from "../support/api";
import { type Declared, startWorld } from "../support/process";
import { isAlive, markOf, reconcile, register, unmarked, withAcme } from "../support/registration";

/** Replies that are late, incomplete or wrong, and what the verbs make of them. */

const post = { method: "POST", path: "/iam/users" } as const;

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
