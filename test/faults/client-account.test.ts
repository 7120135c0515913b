import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { clientAccount } from "../../provider/resources/client-account";
import { clientUser } from "../../provider/resources/client-user";
import { transientFaults } from "../support/faults";
import { type Declared, startWorld } from "../support/process";
import { markOf, reconcile, register } from "../support/registration";

/** ClientAccount: an existing account is changed where it differs, nothing else of it, and it is never deleted. */

const account = "/iam/clients/50001";
const [get, patch] = [`GET ${account}`, `PATCH ${account}`];

async function withAccount() {
  const world = await startWorld({ maxRetries: "3" });
  world.api.sandbox.seed(2);
  world.api.sandbox.updateClient(50_001, {
    companyName: "Acme",
    seller: 12,
    custom_id: "crm-1",
    name: "Anna",
    phone: "+49",
  });
  const declare = (name: string, more: Declared = {}): Declared => ({
    client: 50_001,
    origin: markOf(name),
    __provider: "the serialized provider",
    ...more,
  });
  const start = (environment?: Record<string, string>) => world.process(environment)(clientAccount);
  return { ...world, start, declare, shown: () => world.api.client(50_001) };
}

/** The same with the account declared. */
async function withDeclared(more: Declared) {
  const world = await withAccount();
  const declared = world.declare("acme", more);
  const acme = await register(world.start(), declared);
  world.api.calls();
  world.api.seen.splice(0);
  world.logged.splice(0);
  return { ...world, declared, acme, ...acme };
}

describe("create", () => {
  test("nothing declared but the account: one GET, and every output", async () => {
    const { api, start, declare } = await withAccount();
    const { id, state } = await register(start(), declare("acme"));
    expect(id).toBe("50001");
    expect(api.calls()).toEqual([get]);
    expect(state).toEqual({
      ...declare("acme"),
      reseller: 1,
      status: "new",
      clientType: "common",
      billType: expect.any(String),
      hasActiveAdmin: true,
      owner: expect.any(Number),
    });
  });

  test("null for what cannot be cleared: the same as left out", async () => {
    const { api, start, declare, shown } = await withAccount();
    const { id, state } = await register(start(), declare("acme", { company: "Acme", isTest: false }));
    api.calls();
    const none = { company: null, isTest: null, email: null };
    await reconcile(start(), { id, state }, declare("acme", none));
    await register(start(), declare("acme", none));
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
    expect(await shown()).toMatchObject({ companyName: "Acme", is_test: false });
  });

  test("what differs is changed by one PATCH; what is left out keeps its value", async () => {
    const { api, start, declare, shown } = await withAccount();
    const more = { company: "Acme SE", seller: 11, isTest: true, phone: null };
    const { state } = await register(start(), declare("acme", more));
    expect(api.seen.splice(0).map(({ call, body }) => [call, body])).toEqual([
      [get, undefined],
      [patch, { companyName: "Acme SE", seller: 11, is_test: true, phone: null }],
    ]);
    expect(await shown()).toMatchObject({
      companyName: "Acme SE",
      seller: 11,
      is_test: true,
      phone: null,
      name: "Anna",
      custom_id: "crm-1",
    });
    expect(state).toMatchObject(more);
  });

  test("every field, each null that clears, and the API's own names", async () => {
    const { api, start, declare } = await withAccount();
    const email = "office@acme.example";
    await register(start(), declare("acme", { email, customId: null, seller: null, name: null, phone: null }));
    expect(api.seen.at(-1)?.body).toEqual({ email, custom_id: null, seller: null, name: null, phone: null });
  });

  test("everything as declared, in another spelling: no PATCH", async () => {
    const { api, start, declare } = await withAccount();
    await register(
      start(),
      declare("acme", { company: "Acme ", seller: 12, phone: "+4 9", email: "SEED-1@sandbox.example" }),
    );
    expect(api.calls()).toEqual([get]);
  });

  test("account of another reseller, or none: an error, and nothing is changed", async () => {
    const { api, start, declare } = await withAccount();
    api.sandbox.seed(1, 2);
    for (const client of [50_003, 999]) {
      const created = register(start(), declare("acme", { client, company: "New" }));
      await expect(created).rejects.toThrow(`client: ${client} is no client account of this reseller.`);
    }
    expect(api.calls()).toEqual(["GET /iam/clients/50003", "GET /iam/clients/999"]);
  });

  test("refused: the account is in state with what Gcore has, the refusal names the property, and up goes on", async () => {
    const { start, declare, shown } = await withAccount();
    const created = start().create(declare("acme", { company: "Acme SE", seller: 4711 }));
    const error = await created.catch((failure) => failure);
    expect(error).toMatchObject({
      id: "50001",
      properties: { client: 50_001, company: "Acme", seller: 12 },
      message: expect.stringMatching(/seller: Seller does not exist\./),
    });
    await reconcile(
      start(),
      { id: "50001", state: error.properties },
      declare("acme", { company: "Acme SE", seller: 11 }),
    );
    expect(await shown()).toMatchObject({ companyName: "Acme SE", seller: 11 });
  });

  test.each(transientFaults)("%s at the PATCH: retried", async (_what, fault) => {
    const { start, declare, shown, fault: inject } = await withAccount();
    inject({ ...fault, method: "PATCH" } as FaultInput);
    await register(start(), declare("acme", { company: "Acme SE" }));
    expect(await shown()).toMatchObject({ companyName: "Acme SE" });
  });

  test("account with the mark of a ClientUser: taken on, and a line warns", async () => {
    const { api, start, declare, logged } = await withAccount();
    api.sandbox.updateClient(50_001, { custom_id: "pulumi:shop/live/acme" });
    await register(start(), declare("acme"));
    expect(logged).toEqual([
      expect.stringMatching(/client account 50001 \(Acme\) has the customId pulumi:shop\/live\/acme/),
    ]);
    expect(api.calls()).toEqual([get]);
  });
});

describe("update", () => {
  test("one GET, and one PATCH of what differs", async () => {
    const { api, start, declared, acme } = await withDeclared({ company: "Acme", phone: "+49", seller: 12 });
    await reconcile(start(), acme, { ...declared, phone: "+41", seller: null });
    expect(api.seen.map(({ call, body }) => [call, body])).toEqual([
      [get, undefined],
      [patch, { phone: "+41", seller: null }],
    ]);
  });

  test("left out later: no longer managed, and unchanged; null later: cleared", async () => {
    const { api, start, declare, acme, shown } = await withDeclared({ seller: 12, customId: "crm-1" });
    const left = await reconcile(start(), acme, declare("acme"));
    expect(left.state).not.toHaveProperty("seller");
    expect(api.calls().filter((call) => call.startsWith("PATCH"))).toEqual([]);
    expect(await shown()).toMatchObject({ seller: 12, custom_id: "crm-1" });
    const cleared = await reconcile(start(), left, declare("acme", { seller: null, customId: null }));
    expect(await shown()).toMatchObject({ seller: null, custom_id: null });
    expect(cleared.state).toMatchObject({ seller: null, customId: null });
    expect(await start().diff(acme.id, cleared.state, declare("acme", { seller: null, customId: null }))).toEqual({
      changes: false,
    });
  });

  test("null declared, or no longer: a change, though an engine takes null for absent", async () => {
    const { start, declare, acme } = await withDeclared({ company: "Acme", seller: null });
    expect(await start().diff(acme.id, acme.state, declare("acme", { company: "Acme" }))).toEqual({ changes: true });
    const news = declare("acme", { company: "Acme", seller: null, phone: null });
    expect(await start().diff(acme.id, acme.state, news)).toEqual({ changes: true });
    expect(await start().diff(acme.id, acme.state, { ...news, company: "Acme SE" })).toEqual({});
  });

  test("another account: a replacement, whose first step leaves the old account as it is", async () => {
    const { api, start, declared, acme, logged } = await withDeclared({ company: "Acme" });
    const news = { ...declared, client: 50_002 };
    expect(await start().diff(acme.id, acme.state, news)).toEqual({ replaces: ["client"], deleteBeforeReplace: true });
    await start().delete(acme.id, acme.state);
    expect(api.calls()).toEqual([get]);
    expect(logged).toEqual(["ClientAccount acme: client account 50001 (Acme) stays at Gcore."]);
  });
});

describe("read", () => {
  test("drift: of a declared input, also of one that null clears; of no other", async () => {
    const { api, start, declare, acme } = await withDeclared({ company: "Acme", seller: null });
    api.sandbox.updateClient(50_001, { companyName: "Portal", seller: 11, phone: "+1" });
    const { inputs, props } = await start().read(acme.id, acme.state);
    expect(inputs).toEqual({ client: 50_001, company: "Portal", seller: 11, origin: markOf("acme") });
    expect(await start().diff(acme.id, props, declare("acme", { company: "Acme", seller: null }))).toEqual({});
  });

  test("account deleted, or gone: gone from state", async () => {
    const { api, start, acme } = await withDeclared({});
    api.sandbox.updateClient(50_001, { deleted: true });
    expect(await start().read(acme.id, acme.state)).toEqual({ id: "", props: {} });
    expect(await start().read("999", { ...acme.state, client: 999 })).toEqual({ id: "", props: {} });
  });

  test("key of another reseller: an error, not gone; update and delete change nothing", async () => {
    const { api, start, declared, acme } = await withDeclared({ company: "Acme" });
    api.sandbox.setApiKeys({ "1234$sandbox-reseller-key": 2 });
    api.sandbox.seed(1, 2);
    const refusal = { message: expect.stringMatching(/belongs to reseller 1, and the API key to reseller 2/) };
    await expect(start().read(acme.id, acme.state)).rejects.toMatchObject(refusal);
    await expect(start().update(acme.id, acme.state, { ...declared, company: "New" })).rejects.toMatchObject(refusal);
    await expect(start().delete(acme.id, acme.state)).rejects.toMatchObject(refusal);
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  test("get: every field; an account that does not exist is an error", async () => {
    const { start } = await withDeclared({});
    expect(await start().read("50001", {})).toMatchObject({
      props: { client: 50_001, company: "Acme", seller: 12, customId: "crm-1", name: "Anna", reseller: 1 },
    });
    await expect(start().read("999", {})).rejects.toMatchObject({
      message: "id: 999 is no ClientAccount of this reseller.",
    });
  });
});

test("delete: nothing is sent but a read, and a line says what stays", async () => {
  const { api, start, acme, logged } = await withDeclared({ company: "Acme" });
  await start().delete(acme.id, acme.state);
  expect(api.calls()).toEqual([get]);
  expect(logged).toEqual(["ClientAccount acme: client account 50001 (Acme) stays at Gcore."]);
});

describe("check", () => {
  test.each<[Declared, string]>([
    [{ client: "50001" }, "client: must be a client account's ID"],
    [{ company: "" }, "company: must not be empty"],
    [{ email: "acme" }, "email: must be an email address"],
    [{ seller: 1.5 }, "seller: must be a seller's ID"],
    [
      { customId: "pulumi:shop/prod/x" },
      'customId: must not begin with "pulumi:", which marks what a ClientUser manages',
    ],
    [{ password: "p" }, "password: there is no such input"],
  ])("%j: refused at preview", async (more, reason) => {
    const { api, start, declare } = await withAccount();
    expect((await start().check({}, declare("acme", more))).failures).toEqual([{ property: "", reason }]);
    expect(api.calls()).toEqual([]);
  });
});

/** Both would change the account in turns. */
describe("the same account declared by a ClientUser of one program, under the same name", () => {
  const named = (holder: string) => expect.stringContaining(`it belongs to the resource ${holder} of this program`);

  /** An account in state of a ClientUser, and a process that serves both kinds. */
  async function withUser() {
    const world = await withAccount();
    const user = world.api.sandbox.accounts()[0]?.users[0]?.id;
    const adopted = { email: "seed-1@sandbox.example", company: "Acme", customId: "crm-1", adoptId: `50001/${user}` };
    const declared = { ...adopted, origin: markOf("acme"), __provider: "the serialized provider" };
    const { id, state } = await register(world.process()(clientUser), declared);
    const process = world.process();
    world.api.calls();
    return {
      ...world,
      declared,
      user: { id, state },
      users: process(clientUser),
      accounts: process(clientAccount),
    };
  }

  test("ClientUser in state: the ClientAccount is refused at preview, naming it", async () => {
    const { api, users, accounts, declared, user, declare } = await withUser();
    await reconcile(users, user, declared);
    expect(await accounts.check({}, declare("acme"))).toMatchObject({
      failures: [
        { reason: expect.stringMatching(/^client: it belongs to the resource ClientUser acme of this program/) },
      ],
    });
    expect(api.calls()).toEqual([]);
  });

  test("ClientAccount first: one of them is refused at up, and nothing is changed", async () => {
    const { api, users, accounts, declared, user, declare } = await withUser();
    const { inputs } = await accounts.check({}, declare("acme", { company: "Other" }));
    await reconcile(users, user, declared);
    await expect(accounts.create(inputs)).rejects.toMatchObject({ message: named("ClientUser acme") });
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  test("ClientAccount in state: a ClientUser that adopts the account is refused at preview", async () => {
    const { users, accounts, declared, declare } = await withUser();
    await register(accounts, declare("acme"));
    expect(await users.check({}, declared)).toMatchObject({
      failures: [{ reason: expect.stringContaining("ClientAccount acme of this program") }],
    });
  });

  test("ClientUser removed from the program: the ClientAccount takes the account over, and no user is deleted", async () => {
    const { api, users, accounts, user, declare, logged } = await withUser();
    await register(accounts, declare("acme"));
    await users.delete(user.id, user.state);
    expect(api.emails()).toContain("seed-1@sandbox.example");
    expect(logged.at(-1)).toMatch(/now belongs to ClientAccount acme: nothing is deleted/);
  });
});
