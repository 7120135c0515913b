import { describe, expect, test } from "vitest";
import { clientAccount } from "../../provider/resources/client-account";
import { seller } from "../../provider/resources/seller";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";
import { markOf, register, replace, withAcme } from "../support/registration";
import { withService } from "../support/services";

/** The whole text of each error and log line, as a user reads it: what is the case, with its values, and the way out. */

const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
const anna = { kind: "Seller", email: "anna@reseller.example", fullName: "Anna Berg" };
/** An account that the sandbox creates, as a program declares it. */
const seeded = { ...acme, email: "seed-1@sandbox.example", company: "Seed 1" };
const adopted = { ...seeded, adoptId: "50001/8001" };

const secondKey = "5678$sandbox-second-key";
const stateDelete =
  "`pulumi state delete <urn>` (this changes nothing at Gcore; add --force if the resource is protected)";
const noReply =
  "no reply (UND_ERR_SOCKET). Check the network, any proxy (HTTPS_PROXY, HTTP_PROXY) and the base URL (baseUrl or GCORE_BASE_URL).";

async function setUp(settings: Record<string, string> = {}) {
  const world = await startWorld(settings);
  return { ...world, world, stack: memoryStack(world), secondKey: { ...world.api.env, GCORE_API_KEY: secondKey } };
}
type SetUp = Awaited<ReturnType<typeof setUp>>;

/** The text of the error that an action ends in. */
const refusal = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => "accepted",
    (error: Error) => error.message,
  );

/** A stack of one user. */
async function withUser(more: Declared = {}) {
  const context = await setUp();
  await context.stack.up({ acme: { ...acme, ...more } });
  context.logged.splice(0);
  return context;
}
type WithUser = Awaited<ReturnType<typeof withUser>>;

describe("what a preview rejects", () => {
  test.each<[string, Declared, Declared, string]>([
    [
      "a declared mark",
      {},
      { customId: "pulumi:shop/prod/globex" },
      'customId: must not begin with "pulumi:", which marks what a Pulumi program manages. Leave it out to get the mark of ' +
        "this resource, or declare an ID of your own.",
    ],
    [
      "another country",
      { countryCode: "DE" },
      { countryCode: "FR" },
      'countryCode: cannot be changed from "DE" to "FR", because the API has no call for it: declare the old value, or leave ' +
        "it out. To create it anew on purpose, run `pulumi destroy --target <urn>` (this deletes the user; the client account " +
        "stays at Gcore), then `pulumi up`.",
    ],
    [
      "a country that was not declared",
      {},
      { countryCode: "FR" },
      'countryCode: cannot be changed from none to "FR", because the API has no call for it: declare the old value, or leave ' +
        "it out. To create it anew on purpose, run `pulumi destroy --target <urn>` (this deletes the user; the client account " +
        "stays at Gcore), then `pulumi up`.",
    ],
  ])("%s", async (_what, before, after, text) => {
    const { stack, api } = await withUser(before);
    api.calls();
    expect(await refusal(stack.up({ acme: { ...acme, ...after } }))).toBe(text);
    expect(api.calls()).toEqual([]);
  });

  test("email address of a user who was adopted without a password", async () => {
    const { stack, api } = await setUp();
    api.sandbox.seed(1);
    const { password: _, ...declared } = adopted;
    await stack.up({ acme: declared });
    expect(await refusal(stack.up({ acme: { ...declared, email: "new@acme.example" } }))).toBe(
      "email: cannot be changed: Gcore needs the current password, which was not declared when the user was adopted. Run " +
        `${stateDelete}, declare adoptId and the current password, and run \`pulumi up\`; then change it.`,
    );
  });

  test.each<[string, (context: SetUp) => unknown, Declared, string]>([
    [
      "an ID that nobody has",
      () => undefined,
      { adoptId: "4711" },
      "4711 is no ClientUser of this reseller. Remove adoptId to create a new client account, or correct it.",
    ],
    [
      "a user with another email address",
      () => undefined,
      { email: acme.email },
      "client account 50001 (Seed 1): its email is seed-1@sandbox.example, and the declared one is it@acme.example.",
    ],
    [
      "an account in another country",
      ({ api }) => api.sandbox.updateClient(50001, { country_code: "FR" }),
      { countryCode: "DE" },
      'client account 50001 (Seed 1): countryCode is "FR" at Gcore and "DE" in the program, and the API has no call to ' +
        "change it: declare the value at Gcore, or leave it out.",
    ],
    [
      "an account with an ID of the reseller's own",
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: "crm-1" }),
      {},
      'client account 50001 (Seed 1): it has the customId "crm-1": declare that to keep it, or another one to replace it.',
    ],
  ])("adoption of %s", async (_what, prepare, more, text) => {
    const context = await setUp();
    context.api.sandbox.seed(1);
    prepare(context);
    expect(await refusal(context.stack.up({ acme: { ...adopted, ...more } }))).toBe(`adoptId: ${text}`);
  });

  test.each([
    ["the same user", "email", acme],
    ["the account of a user", "client", { kind: "ClientAccount", client: 50_001, company: "Acme SE" }],
  ])("%s in two resources", async (_what, key, declared) => {
    const { stack } = await withUser();
    expect(await refusal(stack.up({ acme, globex: declared }))).toBe(
      `${key}: it belongs to the resource ClientUser acme of this program. If both declare it, remove one of them; if that ` +
        "resource gives it up in this run, run `pulumi up` again.",
    );
  });
});

describe("what a create says of an account that exists", () => {
  const notProved = 'with customId "pulumi:shop/prod/acme", which this resource is not proved to have created.';
  test.each<[string, Declared, (context: WithUser) => [ReturnType<typeof memoryStack>, string], string]>([
    [
      "the mark of another name",
      {},
      ({ world }) => [memoryStack(world), "globex"],
      `${notProved} If this resource was renamed or got another parent, give Pulumi its old name: set the option aliases: ` +
        '["urn:pulumi:prod::shop::pulumi-nodejs:dynamic/gcore-reseller:ClientUser::acme"] and run `pulumi up`.',
    ],
    [
      "the mark of another stack",
      {},
      ({ world }) => [memoryStack(world, "shop/dev"), "acme"],
      `${notProved} If it is to move here, run, in the stack shop/prod, ${stateDelete}, then set adoptId: "50001/8001" here ` +
        "and run `pulumi up`.",
    ],
    [
      "the same customId",
      { customId: "crm-1" },
      ({ world }) => [memoryStack(world, "shop/dev"), "acme"],
      'with customId "crm-1", which this resource is not proved to have created. Another stack that declares the same ' +
        "customId may manage it: the two would not be distinguished, and a destroy in either deletes the user. If none does, " +
        'set adoptId: "50001/8001" and run `pulumi up`.',
    ],
  ])("%s", async (_what, more, elsewhere, text) => {
    const [stack, name] = elsewhere(await withUser(more));
    expect(await refusal(stack.up({ [name]: { ...acme, ...more } }))).toBe(
      `ClientUser ${name} (it@acme.example): email: already belongs to client account 50001 (Acme) ${text}`,
    );
  });

  test("its own mark, but another country", async () => {
    const { world } = await withUser({ countryCode: "DE" });
    expect(await refusal(memoryStack(world).up({ acme: { ...acme, countryCode: "FR" } }))).toBe(
      'ClientUser acme (it@acme.example): client account 50001 (Acme) cannot be taken over: countryCode is "DE" at Gcore and ' +
        '"FR" in the program, and the API has no call to change it: declare the value at Gcore, or leave it out.',
    );
  });

  test("the shortened mark of a long name: its URN is not known", async () => {
    const { stack, world } = await setUp();
    await stack.up({ ["acme".repeat(25)]: acme });
    expect(await refusal(memoryStack(world).up({ globex: acme }))).toMatch(
      /~[0-9a-f]{16}".* its old name: set the option `aliases` to its old URN \(`pulumi stack --show-urns`\) and run `pulumi up`\.$/,
    );
  });

  test("no mark", async () => {
    const { stack, api } = await setUp();
    api.sandbox.seed(1);
    expect(await refusal(stack.up({ acme: seeded }))).toBe(
      "ClientUser acme (seed-1@sandbox.example): email: already belongs to client account 50001 (Seed 1), which this " +
        'resource is not proved to have created. To adopt it on purpose, set adoptId: "50001/8001" and run `pulumi up`.',
    );
  });

  test("an email address that the API alone knows", async () => {
    const { stack } = await withUser();
    expect(await refusal(stack.up({ acme, anna: { ...anna, email: acme.email } }))).toMatch(
      /\. If this email is taken, what has it is not visible to this API key: it was deleted, or belongs to somebody else\. Then declare another email\.$/,
    );
  });
});

describe("what a failed create says", () => {
  test("reply lost, and the lookup fails", async () => {
    const { stack, fault } = await setUp({ maxRetries: "1", recoveryTimeoutSeconds: "5" });
    fault({ kind: "drop-after", method: "POST", path: "/iam/users", times: "always" });
    fault({ kind: "status-before", status: 503, method: "GET", path: "/iam/clients", times: "always" });
    expect(await refusal(stack.up({ acme }))).toBe(
      "ClientUser acme (it@acme.example): the outcome is unknown for the ClientUser with email it@acme.example: " +
        `POST /iam/users: ${noReply} The lookup failed: GET /iam/clients answered 503: the API failed; try again later. Run ` +
        "`pulumi up` again: it recovers the client account if it was created, and creates it if not.",
    );
  });

  test("reply lost of the call that sends an email", async () => {
    const { stack, fault } = await setUp();
    fault({ kind: "drop-after", method: "POST", path: "/iam/auth/reset_password" });
    expect(await refusal(stack.up({ acme: { ...acme, sendPasswordReset: "1" } }))).toBe(
      `ClientUser acme (it@acme.example): POST /iam/auth/reset_password: ${noReply} The email may have been sent. The call ` +
        "is not repeated by itself: to make it once more, give sendPasswordReset another value and run `pulumi up`.",
    );
  });

  test("defaults of a reseller without accounts", async () => {
    const { stack, logged } = await setUp();
    const products = [{ productName: "CLOUD", available: true }];
    expect(await refusal(stack.up({ defaults: { kind: "DefaultProductAvailability", products } }))).toBe(
      "DefaultProductAvailability defaults: nothing was changed, because only client accounts show which reseller the API " +
        "key belongs to, and there are none. Create the first account before: name its resource in the option `dependsOn`.",
    );
    expect(logged).toEqual([
      "the reseller has no client account yet, which alone shows its ID; waiting for up to 60 s.",
      "the reseller has no client account yet, which alone shows its ID, after 60 s.",
    ]);
  });

  test("a service that the account does not have, and one that stays activating", async () => {
    const assumptions = { activationSeconds: 200, allServicesExist: false };
    const world = await withService(assumptions, { activationTimeoutSeconds: "90" });
    expect(await refusal(world.up({ name: "CLOUD", status: "active" }))).toBe(
      "ClientService cdn (50001/CLOUD): name: client account 50001 has no service CLOUD; it has CDN, STORAGE, STREAMING, " +
        "DNS. Declare available: true to make the product available to the client, and run `pulumi up`.",
    );
    expect(await refusal(world.up({ status: "active" }))).toBe(
      "ClientService cdn (50001/CDN): service CDN of client account 50001 is still activating after 90 s. Run `pulumi up` " +
        "again: it goes on waiting. A higher activationTimeoutSeconds waits longer, waitForActivation: false does not wait.",
    );
  });
});

test("an activation that ends in another status, and a trial that runs out", async () => {
  const world = await withService({ activationSeconds: 20, activationEndsIn: "paused" });
  expect(await refusal(world.up({ status: "active" }))).toBe(
    "ClientService cdn (50001/CDN): service CDN of client account 50001 was activating and is now paused. Run `pulumi up` " +
      "again to ask for the activation once more.",
  );
  world.set({ status: "new" });
  const trial = await world.up({ status: "trial" });
  await world.clock.sleep(15 * 86_400_000);
  world.logged.splice(0);
  await world.refresh(trial);
  expect(world.logged).toEqual([
    "ClientService cdn: the trial has ended, and Gcore deletes the service with all its data on 2026-09-13T00:00:35.000Z. To " +
      'keep it, declare status: "active" and run `pulumi up`.',
  ]);
});

/** Refused by update and reported by refresh alike. */
const elsewhere = `client account 50001 (Acme) is managed by pulumi:shop/dev/acme. If it moved there on purpose, run ${stateDelete} here.`;
const userDeleted =
  "the user of client account 50001 (Acme) was deleted outside Pulumi. To create a new client account with a new user, run " +
  "`pulumi up --replace <urn>`. To forget it, remove it from the program and run `pulumi up`.";

describe("what an update says", () => {
  const resource = "ClientUser acme (it@acme.example)";
  test.each<[string, (context: WithUser) => unknown, Declared, string]>([
    [
      "the account has the mark of another stack",
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: markOf("acme", "dev") }),
      { company: "Acme SE" },
      elsewhere,
    ],
    ["the user was deleted", ({ api }) => api.send("DELETE", "/iam/users/8001"), { company: "Acme SE" }, userDeleted],
    [
      "the account was closed",
      ({ api }) => api.sandbox.updateClient(50001, { deleted: true }),
      { company: "Acme SE" },
      "client account 50001 (Acme) no longer exists. Run `pulumi refresh` to bring the state up to date.",
    ],
    [
      "closed between the read and the first change",
      ({ fault }) =>
        fault({ kind: "status-before", status: 404, body: "empty", method: "PATCH", path: "/iam/clients/*" }),
      { company: "Acme SE" },
      "PATCH /iam/clients/50001 answered 404: not found, or owned by another reseller. Run `pulumi refresh` to bring the " +
        "state up to date.",
    ],
    [
      "closed between the first change and the second",
      ({ fault }) =>
        fault({ kind: "status-before", status: 404, body: "empty", method: "PATCH", path: "/iam/clients/*" }),
      { name: "Anna", company: "Acme SE" },
      "PATCH /iam/clients/50001 answered 404: not found, or owned by another reseller. Run `pulumi refresh` to bring the " +
        "state up to date.",
    ],
    [
      "the user has another password",
      ({ api }) => api.sandbox.updateUser(8001, { password: "their-own-W0rd" }),
      { password: "new-W0rd-of-acme" },
      "PUT /iam/users/8001/password answered 400: password: Old password is incorrect. The user has changed the password: " +
        'leave it to them with the option ignoreChanges: ["password"], or declare the current password. (Or it was edited in ' +
        "the program while an earlier `up` was interrupted.).",
    ],
  ])("%s", async (_what, prepare, change, text) => {
    const context = await withUser();
    await prepare(context);
    expect(await refusal(context.stack.up({ acme: { ...acme, ...change } }))).toBe(`${resource}: ${text}`);
    expect(context.stack.ids()).toEqual({ acme: "50001/8001" });
  });

  test.each([{}, { company: "Acme SE" }])(
    "another resource of the program has adopted the account in this run, %j edited",
    async (edit) => {
      const { stack, api, process } = await withUser();
      const globex = { ...acme, adoptId: "50001/8001" };
      const run = { process: process() };
      expect(await refusal(stack.up({ globex, acme: { ...acme, ...edit } }, run))).toBe(
        `${resource}: client account 50001 (Acme): it belongs to the resource ClientUser globex of this program. If both ` +
          "declare it, remove one of them; if that resource gives it up in this run, run `pulumi up` again.",
      );
      expect(api.sandbox.accounts()).toMatchObject([{ companyName: "Acme", custom_id: markOf("globex") }]);
    },
  );

  test("a deleted user, and nothing is edited: a line, and no error", async () => {
    const { api, stack, logged } = await withUser();
    await api.send("DELETE", "/iam/users/8001");
    await stack.refresh();
    await stack.up({ acme });
    expect(logged).toEqual(Array(2).fill(`ClientUser acme: ${userDeleted}`));
  });
});

describe("what a refresh says", () => {
  test.each<[string, Declared, (context: WithUser) => unknown, string]>([
    [
      "the account has the mark of another stack",
      {},
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: markOf("acme", "dev") }),
      elsewhere,
    ],
    [
      "the account has the mark of another name in this stack",
      {},
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: markOf("globex") }),
      `client account 50001 (Acme) is managed by pulumi:shop/prod/globex, of this same stack. If that resource is to keep it, run ${stateDelete} ` +
        'for this one. If it no longer exists, do that too, then set adoptId: "50001/8001" and run `pulumi up`.',
    ],
    [
      "the account is in another country",
      { countryCode: "DE" },
      ({ api }) => api.sandbox.updateClient(50001, { country_code: "FR" }),
      'countryCode is "FR" at Gcore and "DE" in the program, and the API has no call to change it: declare the value at ' +
        "Gcore, or leave it out.",
    ],
  ])("%s: one line", async (_what, more, prepare, text) => {
    const context = await withUser(more);
    await prepare(context);
    await context.stack.refresh();
    expect(context.logged).toEqual([`ClientUser acme: ${text}`]);
  });

  test("API key of another reseller, without accounts and with one", async () => {
    const { api, process, stack, secondKey } = await withUser();
    expect(await refusal(stack.refresh({ process: process(secondKey) }))).toBe(
      "its client account was not found, and this API key's reseller has no accounts at all, so it may belong to another " +
        `one. If the account really was closed, run ${stateDelete}. Else check the API key: the state is as it was.`,
    );
    api.sandbox.seed(1, 2);
    expect(await refusal(stack.refresh({ process: process(secondKey) }))).toBe(
      "its client account belongs to reseller 1, and the API key to reseller 2: check the API key. Nothing was changed.",
    );
  });

  test("an ID that `get` is given: of another form, and of nobody", async () => {
    const { start, process } = await setUp();
    expect(await refusal(start().read("acme", {}))).toBe(
      'id: must be "<clientId>/<userId>" or "<userId>", not "acme".',
    );
    // The engine may name inputs that have no value.
    expect(await refusal(start().read("acme", { email: null }))).toMatch(/^id: must be /);
    expect(await refusal(start().read("4711", {}))).toBe("id: 4711 is no ClientUser of this reseller.");
    expect(await refusal(process()(seller).read("7a", {}))).toBe('id: must be "<sellerId>", not "7a".');
    expect(await refusal(process()(seller).read("7", {}))).toBe("id: 7 is no Seller of this reseller.");
  });
});

describe("what a destroy says", () => {
  test.each<[string, (context: WithUser) => unknown, string]>([
    [
      "a killed run renamed the account",
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: markOf("globex") }),
      "client account 50001 (Acme): it has the mark pulumi:shop/prod/globex of this stack. Run `pulumi up` first.",
    ],
    [
      "the account's ID was removed",
      ({ api }) => api.sandbox.updateClient(50001, { custom_id: null }),
      "client account 50001 (Acme): customId is none, state has pulumi:shop/prod/acme, so it may belong to somebody else; " +
        "nothing was deleted. Run `pulumi refresh` to bring the state up to date.",
    ],
    [
      "the user has an API token",
      ({ api }) => {
        const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
        return api.sendAsUser(8001, "POST", "/iam/v2/clients/50001/tokens", token);
      },
      "The user has 1 API token(s). Delete them in Gcore's portal, or set forceDestroy: true, run `pulumi up`, and destroy " +
        "again.",
    ],
    [
      "the API answers that it does not know the user, who is there",
      ({ fault }) => fault({ kind: "status-before", status: 404, body: "empty", method: "DELETE" }),
      "DELETE /iam/users/8001 answered 404: not found, or owned by another reseller.",
    ],
  ])("%s: an error, and the user is not deleted", async (_what, prepare, text) => {
    const context = await withUser();
    await prepare(context);
    expect(await refusal(context.stack.destroy())).toBe(text);
    expect(context.api.emails()).toEqual([acme.email]);
  });

  test("what stays at Gcore", async () => {
    const { stack, logged } = await withUser();
    await stack.destroy();
    expect(logged).toEqual(["ClientUser acme: client account 50001 (Acme) stays at Gcore."]);
  });

  test.each(["50001/8001", "8001"])("a replacement while adoptId %s names what would be deleted", async (adoptId) => {
    const { world, declared, acme } = await withAcme();
    expect(await refusal(replace(world.start(), acme, { ...declared, adoptId }))).toBe(
      "client account 50001 (acme Ltd) cannot be replaced while adoptId names it. Remove adoptId from the program, then run " +
        "`pulumi up --replace <urn>` again.",
    );
    expect(world.api.emails()).toEqual(["acme@acme.example"]);
  });

  test("a replacement: what stays and what comes", async () => {
    const { world, declared, acme } = await withAcme();
    await replace(world.start(), acme, declared);
    expect(world.logged).toEqual([
      "ClientUser acme: is replaced: client account 50001 (acme Ltd) stays at Gcore, and a new client account is created.",
      "ClientUser acme: client account 50001 (acme Ltd) stays at Gcore.",
    ]);
  });

  test("a replacement of an account that the program did not create: it stays", async () => {
    const { world } = await setUp();
    world.api.sandbox.seed(1);
    const { origin, __provider } = world.declare("account");
    const declared = { client: 50_001, origin, __provider };
    const account = await register(world.process()(clientAccount), declared);
    world.logged.splice(0);
    await replace(world.process()(clientAccount), account, declared);
    expect(world.logged).toEqual(["ClientAccount account: client account 50001 stays at Gcore."]);
  });

  test("another resource of the program has adopted the account", async () => {
    const { stack, logged, api, process } = await withUser();
    const run = { process: process() };
    await stack.up({ globex: { ...acme, adoptId: "50001/8001" } }, run);
    expect(logged.at(-1)).toBe(
      "ClientUser acme: client account 50001 (Acme) now belongs to ClientUser globex: nothing is deleted.",
    );
    expect([stack.ids(), api.emails()]).toEqual([{ globex: "50001/8001" }, [acme.email]]);
  });

  test("a new resource of the program declares the feature", async () => {
    const { stack, fault, api, process } = await withUser();
    const dns = { kind: "FreeFeature", client: 50_001, featureId: 61 };
    await stack.up({ acme, dns });
    const run = { process: process() };
    fault({ kind: "status-before", status: 403, method: "POST", path: "/iam/admin/free_features" });
    await expect(stack.up({ acme, renamed: dns }, run)).rejects.toThrow();
    expect(await refusal(stack.destroy({ ...run, targets: ["dns"] }))).toBe(
      "free feature 61 (Custom CNAME) of client account 50001 is declared by FreeFeature renamed: nothing was deleted. Run " +
        "`pulumi up` again, without --replace.",
    );
    expect(api.sandbox.features()).toHaveLength(1);
  });
});

describe("what an adoption says", () => {
  test.each<[string, Declared, string]>([
    [
      "of each input that it sets",
      {
        company: "Acme",
        name: "Anna",
        services: [{ productName: "CDN", available: true }],
        sendPasswordReset: "1",
      },
      'name none => "Anna", company "Seed 1" => "Acme", customId none => "pulumi:shop/prod/acme", ' +
        'services => [{"productName":"CDN","available":true}], password stays',
    ],
    ["of none", { password: undefined, customId: null }, "nothing changes"],
  ])("%s", async (_what, more, text) => {
    const { api, stack, logged } = await setUp();
    api.sandbox.seed(1);
    await stack.up({ acme: { ...adopted, ...more } });
    expect(logged).toEqual([`ClientUser acme: adopts client account 50001 (Seed 1): ${text}`]);
  });

  test("of an account that has the mark of a ClientUser", async () => {
    const { world, logged } = await withUser();
    await memoryStack(world).up({ account: { kind: "ClientAccount", client: 50_001 } });
    expect(logged).toEqual([
      "client account 50001 (Acme) has the customId pulumi:shop/prod/acme, the mark of a ClientUser. If that still manages " +
        "it, remove one of them: both would change the account in turns.",
    ]);
  });
});
