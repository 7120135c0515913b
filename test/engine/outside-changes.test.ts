import { describe, expect, test } from "vitest";
import { changes, startApi } from "../support/api";
import { newStack } from "../support/stack";

/** What somebody changed or deleted outside Pulumi: a stack goes on, and nothing is created or deleted unasked. */

const acme = { email: "it@acme.example", password: "acme-W0rd-1", company: "Acme" };
const globex = { email: "it@globex.example", password: "globex-W0rd-1", company: "Globex" };
const initech = { email: "it@initech.example", password: "initech-W0rd-1", company: "Initech" };

test("user deleted in the portal: stays in state, the others go on; replaced or forgotten on purpose only [advice: userDeleted]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme, globex, initech } });
  await stack.up();
  const before = await stack.users();
  for (const name of ["acme", "globex"]) await api.send("DELETE", `/iam/users/${before[name]?.id.split("/")[1]}`);
  api.calls();

  const refresh = await stack.refresh();
  expect(refresh.code, refresh.output).toBe(0);
  expect(refresh.output).toMatch(/the user of client account \d+ \(Acme\) was deleted outside Pulumi\. To create/);
  expect(await stack.users()).toMatchObject({
    acme: { id: before.acme?.id, outputs: { deleted: true, email: acme.email } },
    globex: { id: before.globex?.id, outputs: { deleted: true } },
    initech: { id: before.initech?.id, outputs: { deleted: false } },
  });
  expect((await stack.preview("--expect-no-changes")).code).not.toBe(0);

  // An update that the program did not ask for warns and calls nothing; the others go on.
  stack.write({ users: { acme, globex, initech: { ...initech, company: "Initech SE" } } });
  const { output } = await stack.up();
  expect(output).toMatch(/the user of client account \d+ \(Acme\) was deleted outside Pulumi/);
  expect(changes(api.calls())).toEqual([`PATCH /iam/clients/${before.initech?.outputs.client}`]);
  expect((await stack.preview("--expect-no-changes")).code).not.toBe(0);

  // An edit is an error with the choices.
  stack.write({ users: { acme: { ...acme, company: "Acme SE" }, globex, initech } });
  expect(await stack.refusedUp("--continue-on-error")).toMatch(
    /user of client account \d+ \(Acme\) was deleted outside Pulumi.*`pulumi up --replace <urn>`.*remove it from the program/,
  );
  expect(changes(api.calls())).toEqual([`PATCH /iam/clients/${before.initech?.outputs.client}`]);

  // "run `pulumi up --replace <urn>`", "remove it from the program and run `pulumi up`"
  stack.write({ users: { acme, initech } });
  const replaced = await stack.up("--replace", before.acme?.urn ?? "");
  expect(changes(api.calls())).toEqual(["POST /iam/users"]);
  for (const company of ["Acme", "Globex"]) expect(replaced.output).toContain(`(${company}) stays at Gcore`);
  const after = await stack.users();
  expect(Object.keys(after).sort()).toEqual(["acme", "initech"]);
  expect(after.acme?.outputs.deleted).toBe(false);
  expect(after.acme?.id).not.toBe(before.acme?.id);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(api.sandbox.accounts()).toHaveLength(4);
});

test("countryCode changed at Gcore: one line at refresh, the stack goes on, both ways out work [advice: observedImmutable]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const german = { ...acme, countryCode: "DE" };
  stack.write({ users: { acme: german, globex } });
  await stack.up();
  const client = (await stack.users()).acme?.outputs.client;
  api.sandbox.updateClient(Number(client), { country_code: "FR" });
  const refresh = await stack.refresh();
  expect(refresh.code, refresh.output).toBe(0);
  expect(refresh.output).toMatch(
    /ClientUser acme: countryCode is "FR" at Gcore and "DE" in the program, .*declare the value at Gcore, or leave it out/,
  );
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  stack.write({ users: { acme: german, globex: { ...globex, company: "Globex SE" } } });
  await stack.up();
  stack.write({ users: { acme: { ...acme, countryCode: "IT" }, globex } });
  expect((await stack.preview()).output).toMatch(/countryCode: cannot be changed from "DE" to "IT"/);

  for (const declared of [{ ...acme, countryCode: "FR" }, acme]) {
    api.calls();
    stack.write({ users: { acme: declared, globex: { ...globex, company: "Globex SE" } } });
    await stack.up();
    expect(changes(api.calls())).toEqual([]);
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  }
  expect(api.emails()).toHaveLength(2);
});

describe("password changed by the user", () => {
  const changedByUser = async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme } });
    await stack.up();
    const change = { old: acme.password, new: "users-own-W0rd", double: "users-own-W0rd" };
    await api.sendAsUser(8001, "PUT", "/iam/users/8001/password", change);
    return { api, stack };
  };
  const logsIn = async (api: Awaited<ReturnType<typeof startApi>>, username: string, password: string) =>
    (await api.send("POST", "/iam/auth/jwt/login", { username, password })).status === 200;

  test("a new one declared: refused; ignoreChanges leaves it to the user [advice: changedByUser]", async () => {
    const { api, stack } = await changedByUser();
    stack.write({ users: { acme: { ...acme, password: "third-W0rd-of-acme" } } });
    const output = await stack.refusedUp();
    expect(output).toMatch(/password: .*The user has changed the password.*ignoreChanges: \["password"\]/);
    expect(output).toMatch(/or declare the current password/);
    stack.write({
      users: {
        acme: {
          ...acme,
          company: "Acme SE",
          password: "third-W0rd-of-acme",
          $options: { ignoreChanges: ["password"] },
        },
      },
    });
    await stack.up();
    expect(await logsIn(api, acme.email, "users-own-W0rd")).toBe(true);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("the current one declared: the email can be changed again [advice: changedByUser]", async () => {
    const { api, stack } = await changedByUser();
    const email = "new@acme.example";
    stack.write({ users: { acme: { ...acme, email } } });
    expect(await stack.refusedUp()).toMatch(
      /password: .*The user has changed the password.*declare the current password/,
    );
    stack.write({ users: { acme: { ...acme, email, password: "users-own-W0rd" } } });
    await stack.up();
    expect(await logsIn(api, email, "users-own-W0rd")).toBe(true);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });
});

test("customId edited in the portal to another one or to none: destroy is refused until a refresh [advice: refresh]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme, globex } });
  await stack.up();
  const edits = { acme: "crm-9", globex: null };
  const users = await stack.users();
  for (const [name, custom_id] of Object.entries(edits))
    await api.send("PATCH", `/iam/clients/${users[name]?.outputs.client}`, { custom_id });
  const refused = await stack.pulumi("destroy", "--yes", "--skip-preview", "--continue-on-error");
  expect(refused.code).not.toBe(0);
  for (const [name, custom_id] of Object.entries(edits)) {
    expect(refused.output).toContain(
      `customId is ${custom_id ?? "none"}, state has pulumi:shop/prod/${name}, so it may belong to somebody else; ` +
        "nothing was deleted.",
    );
  }
  expect(refused.output).toContain("Run `pulumi refresh`");
  expect(api.emails().sort()).toEqual([acme.email, globex.email]);
  expect((await stack.refresh()).code).toBe(0);
  await stack.destroy();
  expect(api.emails()).toEqual([]);
});
