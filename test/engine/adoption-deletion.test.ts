import { describe, expect, test } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { ids, newStack } from "../support/stack";

/** Adoption of an existing user, and destroy of users whose deletion the API refuses at first. */

const seeded = { email: "seed-1@sandbox.example", password: "seed-password", company: "Seed 1" };

async function withSeed() {
  const api = await startApi();
  const [userId] = api.sandbox.seed(1);
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
    ["another email address", { email: "it@acme.example" }, /email address is not the declared one/, () => {}],
    ["no such user", { adoptId: "4711" }, /adoptId 4711: this reseller has no such ClientUser/, () => {}],
    [
      "an account with a customId of its own",
      {},
      /customId "crm-7": declare that value to keep it/,
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
});

test("update fails after the first change: state has that change, and the next up makes only the others", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
  stack.write({ users: { acme } });
  await stack.up();
  const { userId, client } = ids((await stack.users()).acme);
  api.calls();
  api.sandbox.faults.add({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/clients/*" });
  stack.write({ users: { acme: { ...acme, name: "Anna", company: "Acme SE", password: "new-W0rd-of-acme" } } });
  const run = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(run.code).not.toBe(0);
  expect((await stack.users()).acme?.outputs).toMatchObject({ name: "Anna", company: "Acme Ltd", userId, client });
  api.calls();

  await stack.up();
  expect(api.calls()).toEqual([
    `PATCH /iam/clients/${client}`,
    `GET /iam/auth/jwt/users/${userId}/token`,
    `PUT /iam/users/${userId}/password`,
  ]);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("--replace with deleteBeforeReplace: false: the old user is still deleted first", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
  stack.write({ users: { acme: { ...acme, $options: { deleteBeforeReplace: false } } } });
  await stack.up();
  const { acme: before } = await stack.users();
  api.calls();
  await stack.up("--replace", before?.urn ?? "");
  expect(api.calls()).toEqual([`DELETE /iam/users/${before?.id}`, "POST /iam/users"]);
  const { acme: after } = await stack.users();
  expect(api.sandbox.accounts().flatMap(({ users }) => users.map(({ id }) => String(id)))).toEqual([after?.id]);
});

describe("destroy", () => {
  const issueToken = async (api: TestApi, userId: number, client: number) => {
    const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
    expect((await api.sendAsUser(userId, "POST", `/iam/v2/clients/${client}/tokens`, token)).status).toBe(200);
  };

  test("user with API tokens: refused with advice, deleted with forceDestroy", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
    stack.write({ users: { acme } });
    await stack.up();
    const { userId, client } = ids((await stack.users()).acme);
    await issueToken(api, userId, client);
    const run = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/1 API token\(s\).*forceDestroy: true/);
    expect(api.emails()).toEqual(["it@acme.example"]);
    expect((await stack.users()).acme?.id).toBe(String(userId));

    stack.write({ users: { acme: { ...acme, forceDestroy: true } } });
    await stack.up();
    api.calls();
    await stack.destroy();
    expect(api.calls().filter((call) => call.startsWith("DELETE "))).toEqual([
      `DELETE /iam/users/${userId}`,
      expect.stringMatching(`^DELETE /iam/v2/clients/${client}/tokens/\\d+$`),
      `DELETE /iam/users/${userId}`,
    ]);
    expect(api.emails()).toEqual([]);
  });

  test("user of several accounts: removed from this one only", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" } } });
    await stack.up();
    const { userId, client } = ids((await stack.users()).acme);
    api.sandbox.seed(1);
    const other = api.sandbox.accounts().find((account) => account.client !== client);
    api.sandbox.updateUser(userId, { clients: [client, Number(other?.client)] });
    api.calls();
    await stack.destroy();
    expect(api.calls()).toContain(`DELETE /iam/clients/${client}/client-users/${userId}`);
    const remaining = Object.fromEntries(
      api.sandbox.accounts().map((account) => [account.client, account.users.map(({ id }) => id)]),
    );
    expect(remaining[client]).toEqual([]);
    expect(remaining[Number(other?.client)]).toContain(userId);
  });

  test("user already deleted: success", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" } } });
    await stack.up();
    await api.send("DELETE", `/iam/users/${(await stack.users()).acme?.id}`);
    await stack.destroy();
    expect(await stack.users()).toEqual({});
  });
});
