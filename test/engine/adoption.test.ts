import { describe, expect, test } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { ids, newStack } from "../support/stack";

/** Existing users by their ID: adopted by `adoptId`, read by `get`. */

const seeded = { email: "seed-1@sandbox.example", password: "seed-password", company: "Seed 1" };

async function withSeed(count = 1) {
  const api = await startApi();
  const [userId] = api.sandbox.seed(count);
  const [account] = api.sandbox.accounts();
  const stack = await newStack(api.env);
  return { api, stack, userId: Number(userId), client: Number(account?.client) };
}

describe("adoptId", () => {
  test.each([["user id"], ["client and user id"]])(
    "by %s: the user is adopted and updated to the declared inputs",
    async (form) => {
      const { api, stack, userId, client } = await withSeed();
      const adoptId = form === "user id" ? String(userId) : `${client}/${userId}`;
      stack.write({
        users: {
          acme: {
            ...seeded,
            adoptId,
            company: "Acme Ltd",
            name: "Anna",
            services: [{ productName: "CDN", available: false }],
          },
        },
      });
      await stack.up();
      expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([
        `PATCH /iam/users/${userId}`,
        `PATCH /iam/clients/${client}`,
        `PATCH /iam/products/availability/clients/${client}`,
      ]);
      expect(api.sandbox.accounts()).toHaveLength(1);
      expect(await api.client(client)).toMatchObject({ companyName: "Acme Ltd", custom_id: "pulumi:shop/prod/acme" });
      expect(ids((await stack.users()).acme)).toMatchObject({ userId, client });
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
      expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });

      // adoptId is ignored afterwards: its removal from the program changes nothing.
      stack.write({
        users: {
          acme: { ...seeded, company: "Acme Ltd", name: "Anna", services: [{ productName: "CDN", available: false }] },
        },
      });
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    },
  );

  test.each<[string, object, RegExp, (api: TestApi, client: number) => unknown]>([
    [
      "another email address",
      { email: "it@acme.example" },
      /its email is seed-1@sandbox\.example, and the declared one is it@acme\.example/,
      () => {},
    ],
    ["no such user", { adoptId: "4711" }, /adoptId: 4711 is no ClientUser of this reseller/, () => {}],
    [
      "an account with a customId of its own",
      {},
      /it has the customId "crm-7": declare that to keep it, or another one to replace it/,
      (api, client) => api.send("PATCH", `/iam/clients/${client}`, { custom_id: "crm-7" }),
    ],
  ])("%s: refused, and nothing is changed", async (_what, args, text, prepare) => {
    const { api, stack, userId, client } = await withSeed();
    await prepare(api, client);
    const before = JSON.stringify(await api.client(client));
    api.calls();
    stack.write({ users: { acme: { ...seeded, adoptId: String(userId), ...args } } });
    const run = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(text);
    expect(api.calls().every((call) => call.startsWith("GET "))).toBe(true);
    expect(JSON.stringify(await api.client(client))).toBe(before);
    expect(await stack.users()).toEqual({});
  });

  test.each([
    ["of the first call", "/iam/users/*", "Seed 1", undefined],
    ["of the second call", "/iam/clients/*", "Seed 1", "Anna"],
  ])(
    "failure %s: the ID is in state, and refresh, up and destroy succeed afterwards",
    async (_when, path, company, name) => {
      const { api, stack, userId, client } = await withSeed();
      api.sandbox.faults.add({ kind: "status-before", status: 403, method: "PATCH", path });
      stack.write({ users: { acme: { ...seeded, adoptId: String(userId), name: "Anna", company: "Acme Ltd" } } });
      const run = await stack.pulumi("up", "--yes", "--skip-preview");
      expect(run.code).not.toBe(0);
      expect(run.output).toMatch(/PATCH \/iam\/(clients|users)\/\d+ answered 403/);
      const partial = (await stack.users()).acme;
      expect(ids(partial)).toMatchObject({ userId, client });
      expect([partial?.outputs.company, partial?.outputs.name]).toEqual([company, name]);

      api.calls();
      expect((await stack.refresh()).code).toBe(0);
      await stack.up();
      const done = name ? [] : [`PATCH /iam/users/${userId}`];
      expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([...done, `PATCH /iam/clients/${client}`]);
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
      await stack.destroy();
      expect(api.emails()).toEqual([]);
    },
  );

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
    const { api, stack } = await withSeed(2);
    const [first, second] = api.sandbox.accounts().map(({ client, users, email }, i) => {
      const adoptId = `${client}/${users[0]?.id}`;
      return { client, declared: { ...seeded, email, company: `Seed ${i + 1}`, adoptId } };
    });
    for (const account of [first, second]) {
      await api.send("PATCH", `/iam/clients/${account?.client}`, { custom_id: "crm-7" });
    }
    stack.write({
      users: { first: { ...first?.declared, customId: "crm-7" }, second: { ...second?.declared, customId: "crm-8" } },
    });
    const { output } = await stack.up();
    expect(output).toMatch(/\(Seed 2\): customId "crm-7" => "crm-8"/);
    expect((await api.client(first?.client)).custom_id).toBe("crm-7");
    expect((await api.client(second?.client)).custom_id).toBe("crm-8");
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
    ["a user who does not exist", "4711", /id: 4711 is no ClientUser of this reseller/],
    ["a user of an account that does not exist", "4711/8001", /id: 4711\/8001 is no ClientUser of this reseller/],
    ["no number", "abc", /id: must be "<clientId>\/<userId>" or "<userId>", not "abc"/],
    ["half an ID", "50130/", /id: must be "<clientId>\/<userId>" or "<userId>", not "50130\/"/],
  ])("%s: an error, and no request with NaN", async (_what, id, text) => {
    const { api, stack } = await withSeed();
    stack.write({ get: { acme: id } });
    expect(await stack.refusedUp()).toMatch(text);
    expect(api.calls().filter((call) => !/^GET \/iam\/(users\/4711|clients(\/4711)?)$/.test(call))).toEqual([]);
    expect(await stack.users()).toEqual({});
  });
});
