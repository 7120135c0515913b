import { describe, expect, test } from "vitest";
import { changes, startApi } from "../support/api";
import { newStack, plain } from "../support/stack";

/**
 * A client account belongs to one resource: whatever is renamed, moved, adopted or declared twice, no user is deleted that
 * another declaration manages, and none is lost.
 */

const type = "pulumi-nodejs:dynamic/gcore-reseller:ClientUser";
const acme = { email: "it@acme.example", password: "acme-W0rd-1", company: "Acme" };
const globex = { email: "it@globex.example", password: "globex-W0rd-1", company: "Globex" };
const urn = (name: string, stack = "prod") => `urn:pulumi:${stack}::shop::${type}::${name}`;
const otherReseller = { GCORE_API_KEY: "5678$sandbox-second-key" };

describe("resource renamed or given a parent, without an alias", () => {
  test.each([
    ["renamed", { gmbh: acme }, "gmbh", "gmbh"],
    ["with a parent", { acme: { ...acme, $component: "team" } }, "acme", "my:index:Team$acme"],
  ])(
    "%s: refused, and the alias of the error keeps the account [advice: renamed]",
    async (_what, users, name, path) => {
      const api = await startApi();
      const stack = await newStack(api.env);
      stack.write({ users: { acme } });
      await stack.up();
      stack.write({ users });
      const output = await stack.refusedUp();
      expect(output).toMatch(
        /already belongs to client account 50001 \(Acme\) with customId "pulumi:shop\/prod\/acme"/,
      );
      const [, alias] = /set the option aliases: \["([^"]+)"\]/.exec(output) ?? [];
      expect(alias).toBe(urn("acme"));
      expect(Object.keys(await stack.users())).toEqual(["acme"]);

      api.calls();
      stack.write({ users: { [name]: { ...Object.values(users)[0], $options: { aliases: [alias] } } } });
      expect((await stack.preview("--diff")).output).toContain(
        `~ customId: "pulumi:shop/prod/acme" => "pulumi:shop/prod/${path}"`,
      );
      await stack.up();
      expect(changes(api.calls())).toEqual(["PATCH /iam/clients/50001"]);
      expect(await stack.users()).toMatchObject({ [name]: { id: "50001/8001" } });
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    },
  );

  test("adopted by the new name all the same: the user lives, and the old resource leaves state without a call", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme } });
    await stack.up();
    api.calls();
    stack.write({ users: { gmbh: { ...acme, adoptId: "50001/8001" } } });
    const { output } = await stack.up();
    expect(output).toContain(
      "ClientUser acme: client account 50001 (Acme) now belongs to ClientUser gmbh: nothing is deleted.",
    );
    expect(changes(api.calls())).toEqual(["PATCH /iam/clients/50001"]);
    expect(api.emails()).toEqual([acme.email]);
    expect(Object.entries(await stack.users()).map(([name, { id }]) => [name, id])).toEqual([["gmbh", "50001/8001"]]);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("renamed with an alias, and another one declared under the old name: the second is refused [advice: sameProgram]", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    const gmbh = { ...acme, $options: { aliases: [{ name: "acme" }] } };
    stack.write({ users: { acme } });
    await stack.up();
    stack.write({ users: { gmbh } });
    await stack.up();
    stack.write({ users: { gmbh, acme } });
    expect(await stack.refusedUp()).toMatch(/it belongs to the resource ClientUser (gmbh|acme) of this program/);
    expect(Object.keys(await stack.users())).toEqual(["gmbh"]);

    // "declare it once"
    stack.write({ users: { gmbh } });
    await stack.up();
    expect(api.emails()).toEqual([acme.email]);
    expect(api.sandbox.accounts()).toMatchObject([{ custom_id: "pulumi:shop/prod/gmbh" }]);
  });
});

test("the same email in two resources: the second is refused at preview and names the first", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme, twin: { ...acme, email: "IT@acme.example", company: "Twin" } } });
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/email: it belongs to the resource ClientUser (acme|twin) of this program/);
  expect(preview.output).not.toContain("adoptId");
  expect(api.calls()).toEqual([]);
});

test("the same adoptId in two resources: the second is refused and names the first; nothing is deleted", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  api.sandbox.seed(1);
  const seed = { ...acme, email: "seed-1@sandbox.example" };
  const users = { first: { ...seed, adoptId: "50001/8001" }, second: { ...seed, adoptId: "8001" } };
  stack.write({ users });
  expect((await stack.preview()).output).toMatch(
    /it belongs to the resource ClientUser (first|second) of this program/,
  );
  stack.write({ users: { first: users.first } });
  await stack.up();

  // The first has it in state; the second is added later, and removed again.
  stack.write({ users });
  expect(await stack.refusedUp()).toMatch(/it belongs to the resource ClientUser (first|second) of this program/);
  stack.write({ users: { first: users.first } });
  await stack.up();
  expect(api.emails()).toEqual([seed.email]);
  expect(await stack.users()).toMatchObject({ first: { id: "50001/8001" } });
});

test("accounts adopted by another stack: warned of, not edited, not deleted, and forgotten [advice: managedElsewhere]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const adopter = await newStack(api.env, { stack: "dev" });
  stack.write({ users: { acme, globex: { ...globex, $options: { protect: true } } } });
  await stack.up();
  const { acme: ownAcme, globex: ownGlobex } = await stack.users();
  adopter.write({
    users: { acme: { ...acme, adoptId: ownAcme?.id }, globex: { ...globex, adoptId: ownGlobex?.id } },
  });
  await adopter.up();
  expect(api.sandbox.accounts().map(({ custom_id }) => custom_id?.slice(0, 16))).toEqual([
    "pulumi:shop/dev/",
    "pulumi:shop/dev/",
  ]);

  for (const _ of [1, 2]) {
    const { code, output } = await stack.refresh();
    expect(code, output).toBe(0);
    expect(output).toMatch(/ClientUser acme: client account \d+ \(Acme\) is managed by pulumi:shop\/dev\/acme/);
    expect((await stack.users()).acme?.outputs.customId).toBe("pulumi:shop/prod/acme");
  }
  api.calls();
  stack.write({ users: { acme: { ...acme, company: "Acme SE" }, globex: { ...globex, $options: { protect: true } } } });
  expect(await stack.refusedUp()).toMatch(/is managed by pulumi:shop\/dev\/acme.*pulumi state delete <urn>/);
  expect(changes(api.calls())).toEqual([]);

  // "pulumi state delete <urn> (… add --force if the resource is protected)"
  await stack.ok("state", "delete", urn("globex"), "--yes", "--force");
  const { output } = await stack.destroy();
  expect(output).toMatch(/client account \d+ \(Acme\) is managed by pulumi:shop\/dev\/acme: nothing is deleted/);
  expect(await stack.users()).toEqual({});
  expect(api.emails().sort()).toEqual([acme.email, globex.email]);
  expect(await adopter.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
});

describe("second stack with the same email and password", () => {
  test("the default customId: refused, and the advice hands the account over [advice: otherStack]", async () => {
    const api = await startApi();
    const [prod, dev] = [await newStack(api.env), await newStack(api.env, { stack: "dev" })];
    for (const stack of [prod, dev]) stack.write({ users: { acme } });
    await prod.up();
    const output = await dev.refusedUp();
    const [, stackName, adoptId] =
      /in the stack (\S+), `pulumi state delete <urn>`.*set adoptId: "([^"]+)"/.exec(output) ?? [];
    expect([stackName, adoptId]).toEqual(["shop/prod", "50001/8001"]);

    await prod.ok("state", "delete", urn("acme"), "--yes");
    dev.write({ users: { acme: { ...acme, adoptId } } });
    await dev.up();
    expect(api.sandbox.accounts()).toMatchObject([{ custom_id: "pulumi:shop/dev/acme" }]);
    expect(await dev.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    // The program of the first stack no longer gets the account back.
    expect(await prod.refusedUp()).toMatch(/already belongs to .* "pulumi:shop\/dev\/acme"/);
    expect(api.emails()).toEqual([acme.email]);
  });

  test("a declared customId, within the hour: refused, and its destroy deletes nothing", async () => {
    const api = await startApi();
    const [prod, dev] = [await newStack(api.env), await newStack(api.env, { stack: "dev" })];
    for (const stack of [prod, dev]) stack.write({ users: { acme: { ...acme, customId: "crm-7" } } });
    await prod.up();
    api.calls();
    expect(await dev.refusedUp()).toMatch(/already belongs to client account 50001 \(Acme\) with customId "crm-7"/);
    expect(api.calls().filter((call) => call.endsWith("/login"))).toEqual([]);
    expect(await dev.users()).toEqual({});
    await dev.destroy();
    expect(api.emails()).toEqual([acme.email]);
    expect(await prod.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  });
});

test("declared customId that begins with pulumi: is refused at preview; both ways out work [advice: declaredMark]", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme: { ...acme, customId: "pulumi:shop/prod/globex" } } });
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/customId: must not begin with "pulumi:".*Leave it out.*or declare an ID of your own/);
  expect(api.calls()).toEqual([]);

  stack.write({ users: { acme, globex: { ...globex, customId: "crm-7" } } });
  await stack.up();
  const marks = api.sandbox.accounts().map(({ email, custom_id }) => [email, custom_id]);
  expect(Object.fromEntries(marks)).toEqual({ [acme.email]: "pulumi:shop/prod/acme", [globex.email]: "crm-7" });
});

test("pulumi state move, then one up in the destination: the source's old program is refused, its clean-up deletes nothing", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme } });
  await stack.up();
  await stack.ok("stack", "init", "live", "--no-select");
  await stack.ok("state", "move", "--yes", "--source", "prod", "--dest", "live", urn("acme"));
  expect(await stack.users()).toEqual({});
  api.calls();

  const preview = await stack.preview("--stack", "live", "--diff");
  expect(preview.output).toContain('~ customId: "pulumi:shop/prod/acme" => "pulumi:shop/live/acme"');
  await stack.up("--stack", "live");
  expect(changes(api.calls())).toEqual(["PATCH /iam/clients/50001"]);

  expect(await stack.refusedUp("--stack", "prod")).toMatch(/with customId "pulumi:shop\/live\/acme"/);
  stack.write({ users: {} });
  await stack.up("--stack", "prod");
  await stack.destroy("--stack", "prod");
  expect(api.emails()).toEqual([acme.email]);
  stack.write({ users: { acme } });
  expect(await stack.preview("--stack", "live", "--expect-no-changes")).toMatchObject({ code: 0 });
});

test("pulumi state move, and the source's old program runs first: it recovers the account, and its line names the mark", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users: { acme } });
  await stack.up();
  await stack.ok("stack", "init", "live", "--no-select");
  await stack.ok("state", "move", "--yes", "--source", "prod", "--dest", "live", urn("acme"));
  const { output } = await stack.up("--stack", "prod");
  expect(output).toMatch(/client account 50001 .*customId pulumi:shop\/prod\/acme, was created by an earlier attempt/);
  expect(api.sandbox.accounts()).toHaveLength(1);
});

describe("key of another reseller", () => {
  test("without accounts, up --refresh: an error, and state is as it was; both ways out work [advice: maybeGone]", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: { ...acme, $options: { protect: true } } } });
    await stack.up();
    const before = plain(await stack.users());
    const { code, output } = await stack.start(["up", "--yes", "--skip-preview", "--refresh"], otherReseller).run;
    expect(code).not.toBe(0);
    expect(output).toMatch(/has no accounts at all.*pulumi state delete <urn>.*Else check the API key/);
    expect(plain(await stack.users())).toEqual(before);

    // "Else check the API key": with the right one nothing has changed.
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.ok("state", "delete", urn("acme"), "--yes", "--force");
    expect(await stack.users()).toEqual({});
    expect(api.emails()).toEqual([acme.email]);
  });

  test("no reseller in any reply: destroy is an error, and the user lives", async () => {
    const api = await startApi({ assumptions: { omitUserReseller: true, omitClientResellers: true } });
    const stack = await newStack(api.env);
    api.sandbox.seed(3, 2);
    stack.write({ users: { acme } });
    await stack.up();
    const { code, output } = await stack.start(["destroy", "--yes", "--skip-preview"], otherReseller).run;
    expect(code, output).not.toBe(0);
    expect(output).toMatch(/client account (belongs to reseller 1, and the API key to reseller 2|was not found)/);
    expect(Object.keys(await stack.users())).toEqual(["acme"]);
    expect(api.emails()).toContain(acme.email);
  });

  test("in the environment, and the right one in stack config: stack config decides", async () => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, ...otherReseller });
    await stack.ok("config", "set", "--secret", "gcore-reseller:apiKey", "1234$sandbox-reseller-key");
    stack.write({ users: { acme } });
    // The key is from stack config and the URL from the environment: refused, naming both.
    expect(await stack.refusedUp()).toMatch(/gcore-reseller:apiKey \(stack config\).*GCORE_BASE_URL \(environment\)/);
    expect(api.calls()).toEqual([]);
    await stack.ok("config", "set", "gcore-reseller:baseUrl", api.url);
    await stack.up();
    expect(api.sandbox.accounts()).toMatchObject([{ email: acme.email, reseller: 1 }]);
  });

  test("resource given another reseller's Provider, then removed: an error, not deleted and still in state", async () => {
    const api = await startApi();
    api.sandbox.seed(1, 2);
    const stack = await newStack(api.env);
    stack.write({ users: { acme } });
    await stack.up();
    const providers = {
      other: { apiKey: "5678$sandbox-second-key", baseUrl: api.url, allowInsecureHttp: true, requestTimeoutSeconds: 5 },
    };
    stack.write({ providers, users: { acme: { ...acme, $provider: "other" } } });
    await stack.pulumi("up", "--yes", "--skip-preview");
    stack.write({ providers });
    expect(await stack.refusedUp()).toMatch(/belongs to reseller 1, and the API key to reseller 2/);
    expect(Object.keys(await stack.users())).toEqual(["acme"]);
    expect(api.emails()).toContain(acme.email);
  });
});
