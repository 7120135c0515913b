import { describe, expect, test } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { ids, newStack } from "../support/stack";

/** Deletion of users: on destroy, on replacement, and where the API refuses it at first. Their client accounts stay. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
const globex = { email: "it@globex.example", password: "pass-W0rd-of-globex", company: "Globex" };

test.each([
  ["destroy", ["destroy", "--yes", "--skip-preview"]],
  ["destroy --run-program", ["destroy", "--yes", "--skip-preview", "--run-program"]],
])("%s: one line an account says that it stays at Gcore", async (_what, command) => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme, globex } });
  await stack.up();
  const { output } = await stack.ok(...command);
  // The CLI shows each line when it comes, and again at the end.
  const summary = output.split("Diagnostics:").at(-1) ?? "";
  const lines = [...summary.matchAll(/ClientUser (\w+): client account \d+ \((.*)\) stays at Gcore\./g)];
  expect(lines.map(([, name, company]) => [name, company]).sort()).toEqual([
    ["acme", "Acme Ltd"],
    ["globex", "Globex"],
  ]);
  expect(output).not.toContain("is replaced");
  expect(api.emails()).toEqual([]);
  expect(api.sandbox.accounts()).toHaveLength(2);
});

test("--replace: before the delete, a line says that the account stays and a new one is created", async () => {
  const api = await startApi();
  const stack = await newStack({ ...api.env, GCORE_RESELLER_DEBUG: "1" });
  stack.write({ users: { acme } });
  await stack.up();
  const { output } = await stack.up("--replace", (await stack.users()).acme?.urn ?? "");
  const line = output.indexOf(
    "ClientUser acme: is replaced: client account 50001 (Acme Ltd) stays at Gcore, and a new client account is created.",
  );
  expect(line).toBeGreaterThan(-1);
  expect(output.indexOf('{"method":"DELETE"')).toBeGreaterThan(line);
  expect(await stack.users()).toMatchObject({ acme: { id: "50002/8002" } });
});

test("--replace of an adopted user, adoptId still declared: refused before the delete; without it a new account is created [advice: replaceAdopted]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  api.sandbox.seed(1);
  const seeded = { ...acme, email: "seed-1@sandbox.example", password: "seed-password" };
  stack.write({ users: { acme: { ...seeded, adoptId: "8001" } } });
  await stack.up();
  const urn = (await stack.users()).acme?.urn ?? "";
  expect(await stack.refusedUp("--replace", urn)).toMatch(/cannot be replaced while adoptId names it. Remove adoptId/);
  expect(api.emails()).toEqual(["seed-1@sandbox.example"]);
  stack.write({ users: { acme: seeded } });
  await stack.up("--replace", urn);
  expect(await stack.users()).toMatchObject({ acme: { id: "50002/8002" } });
});

test("renamed by an alias and replaced in one up: the old user is deleted, and a new account is created", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme } });
  await stack.up();
  stack.write({
    users: { gmbh: { ...acme, $options: { aliases: [{ name: "acme" }], replaceOnChanges: ["customId"] } } },
  });
  const { output } = await stack.up();
  expect(output).toContain("is replaced: client account 50001 (Acme Ltd) stays at Gcore, and a new client account");
  expect(await stack.users()).toMatchObject({ gmbh: { id: "50002/8002" } });
  expect(api.emails()).toEqual([acme.email]);
});

test("--replace with deleteBeforeReplace: false: the old user is still deleted first", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme: { ...acme, $options: { deleteBeforeReplace: false } } } });
  await stack.up();
  const { acme: before } = await stack.users();
  api.calls();
  await stack.up("--replace", before?.urn ?? "");
  expect(api.calls()).toEqual(["GET /iam/clients/50001", "DELETE /iam/users/8001", "POST /iam/users"]);
  const { acme: after } = await stack.users();
  expect(api.sandbox.accounts().flatMap(({ client, users }) => users.map(({ id }) => `${client}/${id}`))).toEqual([
    after?.id,
  ]);
});

describe("destroy", () => {
  const issueToken = async (api: TestApi, userId: number, client: number) => {
    const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
    expect((await api.sendAsUser(userId, "POST", `/iam/v2/clients/${client}/tokens`, token)).status).toBe(200);
  };

  test("user with API tokens: refused with advice, deleted with forceDestroy [advice: tokensBlock]", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme } });
    await stack.up();
    const { userId, client } = ids((await stack.users()).acme);
    await issueToken(api, userId, client);
    const run = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/1 API token\(s\).*forceDestroy: true/);
    expect(api.emails()).toEqual(["it@acme.example"]);
    expect((await stack.users()).acme?.id).toBe(`${client}/${userId}`);

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
    stack.write({ users: { acme } });
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
    stack.write({ users: { acme } });
    await stack.up();
    await api.send("DELETE", "/iam/users/8001");
    const { output } = await stack.destroy();
    expect(output).toContain("client account 50001 (Acme Ltd) stays at Gcore");
    expect(await stack.users()).toEqual({});
  });
});
