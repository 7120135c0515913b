import { describe, expect, test } from "vitest";
import { changes, startApi } from "../support/api";
import { ids, newStack } from "../support/stack";

/** Existing users by their ID: adopted by `adoptId`, read by `get`. */

const seeded = { email: "seed-1@sandbox.example", password: "seed-password", company: "Seed 1" };

/** A stack, and `count` accounts that no program manages, with what a program would declare of each. */
async function withSeeds(count: number) {
  const api = await startApi();
  api.sandbox.seed(count);
  const stack = await newStack(api.env);
  const accounts = api.sandbox.accounts().map(({ client, users, email }, n) => {
    const userId = Number(users[0]?.id);
    return { client, userId, declared: { ...seeded, email, company: `Seed ${n + 1}`, adoptId: `${client}/${userId}` } };
  });
  return { api, stack, accounts };
}

async function withSeed() {
  const { accounts, ...rest } = await withSeeds(1);
  return { ...rest, userId: Number(accounts[0]?.userId), client: Number(accounts[0]?.client) };
}

/** Users by name: the first is `user0`. */
const named = (users: Record<string, unknown>[]) =>
  Object.fromEntries(users.map((user, n): [string, object] => [`user${n}`, user]));

describe("adoptId", () => {
  test("by user id, and by client and user id: the user is adopted and updated to the declared inputs", async () => {
    const { api, stack, accounts } = await withSeeds(2);
    const edited = { company: "Acme Ltd", name: "Anna", services: [{ productName: "CDN", available: false }] };
    const users = accounts.map(({ declared, userId }, n) => ({
      ...declared,
      ...edited,
      adoptId: n === 0 ? String(userId) : declared.adoptId,
    }));
    stack.write({ users: named(users) });
    await stack.up();
    expect(changes(api.calls()).sort()).toEqual(
      accounts
        .flatMap(({ client, userId }) => [
          `PATCH /iam/users/${userId}`,
          `PATCH /iam/clients/${client}`,
          `PATCH /iam/products/availability/clients/${client}`,
        ])
        .sort(),
    );
    expect(api.sandbox.accounts()).toHaveLength(2);
    const inState = await stack.users();
    for (const [n, { client, userId }] of accounts.entries()) {
      const mark = `pulumi:shop/prod/user${n}`;
      expect(await api.client(client)).toMatchObject({ companyName: "Acme Ltd", custom_id: mark });
      expect(ids(inState[`user${n}`])).toMatchObject({ userId, client });
    }
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });

    // adoptId is ignored afterwards: its removal from the program changes nothing.
    stack.write({ users: named(users.map(({ adoptId: _, ...user }) => user)) });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("another email address, no such user, an account with a customId of its own: refused, and nothing is changed", async () => {
    const { api, stack, accounts } = await withSeeds(2);
    const [first, second] = accounts;
    await api.send("PATCH", `/iam/clients/${second?.client}`, { custom_id: "crm-7" });
    const before = api.sandbox.snapshot();
    api.calls();
    const refusals: [object, RegExp][] = [
      [
        { ...first?.declared, email: "it@acme.example" },
        /its email is seed-1@sandbox\.example, and the declared one is it@acme\.example/,
      ],
      [{ ...seeded, adoptId: "4711" }, /adoptId: 4711 is no ClientUser of this reseller/],
      [{ ...second?.declared }, /it has the customId "crm-7": declare that to keep it, or another one to replace it/],
    ];
    for (const [acme, text] of refusals) {
      stack.write({ users: { acme } });
      expect(await stack.refusedUp()).toMatch(text);
    }
    expect(changes(api.calls())).toEqual([]);
    expect(api.sandbox.snapshot()).toBe(before);
    expect(await stack.users()).toEqual({});
  });

  test("failure of the first or the second call: the ID is in state, and refresh, up and destroy succeed afterwards", async () => {
    const { api, stack, accounts } = await withSeeds(2);
    const [first, second] = accounts;
    const failing = [`/iam/users/${first?.userId}`, `/iam/clients/${second?.client}`];
    for (const path of failing) api.sandbox.faults.add({ kind: "status-before", status: 403, method: "PATCH", path });
    stack.write({ users: named(accounts.map(({ declared }) => ({ ...declared, name: "Anna", company: "Acme Ltd" }))) });
    const output = await stack.refusedUp("--continue-on-error");
    for (const path of failing) expect(output).toContain(`PATCH ${path} answered 403`);
    const partial = await stack.users();
    expect(partial).toMatchObject({
      user0: { id: first?.declared.adoptId, outputs: { company: "Seed 1" } },
      user1: { id: second?.declared.adoptId, outputs: { company: "Seed 2", name: "Anna" } },
    });
    expect(partial.user0?.outputs).not.toHaveProperty("name");

    api.calls();
    expect((await stack.refresh()).code).toBe(0);
    await stack.up();
    expect(changes(api.calls()).sort()).toEqual([
      `PATCH /iam/clients/${first?.client}`,
      `PATCH /iam/clients/${second?.client}`,
      `PATCH /iam/users/${first?.userId}`,
    ]);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.destroy();
    expect(api.emails()).toEqual([]);
  });

  test("preview logs each field that adoption changes, old => new, in one read and no change; up logs it once", async () => {
    const { api, stack, userId, client } = await withSeed();
    stack.write({
      users: {
        acme: {
          ...seeded,
          adoptId: `${client}/${userId}`,
          company: "Acme Ltd",
          name: "Anna",
          services: [{ productName: "CDN", available: false }],
        },
      },
    });
    const line =
      `ClientUser acme: adopts client account ${client} (Seed 1): name none => "Anna", company "Seed 1" => "Acme Ltd", ` +
      'customId none => "pulumi:shop/prod/acme", services => [{"available":false,"productName":"CDN"}], password stays';
    // The CLI shows each line when it comes, and again at the end.
    const occurrences = (output: string) => output.split("Diagnostics:").at(-1)?.split(line).length;
    expect(occurrences((await stack.preview()).output)).toBe(2);
    expect(api.calls()).toEqual([`GET /iam/clients/${client}`]);
    const { output } = await stack.up();
    expect(occurrences(output)).toBe(2);
    expect(await api.client(client)).toMatchObject({ companyName: "Acme Ltd", users: [{ name: "Anna" }] });
  });

  test("preview while the API fails: says that it was not read, reads once and goes on", async () => {
    const { api, stack, userId } = await withSeed();
    api.sandbox.faults.add({ kind: "status-before", status: 500, method: "GET", times: "always" });
    stack.write({ users: { acme: { ...seeded, adoptId: String(userId) } } });
    const { code, output } = await stack.preview();
    expect(code, output).toBe(0);
    expect(output).toMatch(/ClientUser acme: adopts 8001, not read: GET \/iam\/users\/8001 answered 500/);
    expect(api.calls()).toEqual([`GET /iam/users/${userId}`]);
  });

  test("an account with a customId: both ways of the advice, kept and replaced [advice: keepCustomId]", async () => {
    const { api, stack, accounts } = await withSeeds(2);
    for (const { client } of accounts) await api.send("PATCH", `/iam/clients/${client}`, { custom_id: "crm-7" });
    const customIds = ["crm-7", "crm-8"];
    stack.write({ users: named(accounts.map(({ declared }, n) => ({ ...declared, customId: customIds[n] }))) });
    const { output } = await stack.up();
    expect(output).toMatch(/\(Seed 2\): customId "crm-7" => "crm-8"/);
    for (const [n, { client }] of accounts.entries())
      expect(await api.client(client)).toMatchObject({ custom_id: customIds[n] });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("customId null: what the preview says of it is what happens, and nothing differs afterwards", async () => {
    const { api, stack, userId, client } = await withSeed();
    await api.send("PATCH", `/iam/clients/${client}`, { custom_id: "crm-7" });
    stack.write({ users: { acme: { ...seeded, adoptId: `${client}/${userId}`, customId: null } } });
    const { output } = await stack.preview();
    const isCleared = output.includes('customId "crm-7" => none');
    await stack.up();
    expect((await api.client(client)).custom_id).toBe(isCleared ? null : "crm-7");
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.destroy();
    expect(api.emails()).toEqual([]);
  });

  test("without a password: absent from state; a new email is refused at preview until it is declared [advice: notInState]", async () => {
    const { api, stack, userId, client } = await withSeed();
    const { password, ...withoutPassword } = seeded;
    const adoptId = `${client}/${userId}`;
    stack.write({ users: { acme: { ...withoutPassword, company: "Acme Ltd", adoptId } } });
    await stack.up();
    const { acme } = await stack.users();
    expect([acme?.inputs, acme?.outputs].map((properties) => "password" in (properties ?? {}))).toEqual([false, false]);
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.up();

    const email = "new@sandbox.example";
    stack.write({ users: { acme: { ...withoutPassword, company: "Acme Ltd", email } } });
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/email: cannot be changed: Gcore needs the current password.*pulumi state delete/);
    stack.write({ users: { acme: { ...withoutPassword, company: "Acme Ltd", password: "new-W0rd-1" } } });
    expect((await stack.preview()).output).toMatch(/password: cannot be changed: Gcore needs the current password/);

    await stack.ok("state", "delete", acme?.urn ?? "", "--yes");
    stack.write({ users: { acme: { ...seeded, company: "Acme Ltd", adoptId } } });
    await stack.up();
    stack.write({ users: { acme: { ...seeded, company: "Acme Ltd", email, password: "new-W0rd-1" } } });
    await stack.up();
    expect(api.emails()).toEqual([email]);
    const login = { username: email, password: "new-W0rd-1" };
    expect((await api.send("POST", "/iam/auth/jwt/login", login)).status).toBe(200);
  });

  test("an unmanaged account with the declared email: refused with the adoptId, which adopts it [advice: adopt]", async () => {
    const { api, stack, client } = await withSeed();
    stack.write({ users: { acme: seeded } });
    const output = await stack.refusedUp();
    expect(output).toMatch(/already belongs to client account \d+ \(Seed 1\), which this resource is not proved/);
    const [, adoptId] = /To adopt it on purpose, set adoptId: "([^"]+)"/.exec(output) ?? [];
    stack.write({ users: { acme: { ...seeded, adoptId } } });
    await stack.up();
    expect(await api.client(client)).toMatchObject({ custom_id: "pulumi:shop/prod/acme" });
    expect(api.sandbox.accounts()).toHaveLength(1);
  });
});

describe("get", () => {
  test.each([
    ["a user who does not exist", "4711/8001", /id: 4711\/8001 is no ClientUser of this reseller/],
    ["half an ID", "50130/", /id: must be "<clientId>\/<userId>" or "<userId>", not "50130\/"/],
  ])("%s: an error, and no request with NaN", async (_what, id, text) => {
    const { api, stack } = await withSeed();
    stack.write({ get: { acme: id } });
    expect(await stack.refusedUp()).toMatch(text);
    expect(api.calls().filter((call) => !/^GET \/iam\/clients(\/4711)?$/.test(call))).toEqual([]);
    expect(await stack.users()).toEqual({});
  });
});
