import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack } from "../support/stack";

/** The class as programs use any Pulumi resource. Each program is the source text of its test. */

const head = `
const pulumi = require("@pulumi/pulumi");
const gcore = require("pulumi-gcore-reseller");
const args = (name) => ({ email: name + "@acme.example", password: "pass-W0rd-of-" + name, company: name + " Ltd" });
`;

async function setUp(program = "") {
  const api = await startApi();
  const stack = await newStack(api.env);
  const write = (text: string) => stack.writeFile("index.cjs", head + text);
  write(program);
  const output = async () => JSON.parse((await stack.ok("stack", "output", "--json", "--show-secrets")).output);
  return { api, stack, write, output };
}

const isRead = (call: string) => call.startsWith("GET ");
const secret = expect.objectContaining({ ciphertext: expect.any(String) });

describe("components", () => {
  const component = (type: string) => `
class Customer extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("${type}", name, {}, opts);
    this.first = new gcore.ClientUser(name + "-first", args(name + "-first"), { parent: this });
    this.second = new gcore.ClientUser(name + "-second", {
      ...args(name + "-second"),
      company: pulumi.interpolate\`beside \${this.first.client}\`,
    }, { parent: this, dependsOn: this.first });
    this.registerOutputs({ client: this.first.client });
  }
}
class Region extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("shop:Region", name, {}, opts);
    this.customer = new Customer(name + "-customer", { parent: this });
  }
}
`;
  const declared = `
const region = new Region("eu");
const after = new gcore.ClientUser("after", args("after"), { dependsOn: [region] });
const child = new gcore.ClientUser("child", args("child"), { parent: after });
exports.clients = [region.customer.first.client, region.customer.second.client, after.client, child.client];
`;

  test("two users in a component, nested, with dependsOn and a user as the parent: created, unchanged, destroyed", async () => {
    const { api, stack, output } = await setUp(component("shop:Customer") + declared);
    expect((await stack.preview()).code).toBe(0);
    await stack.up();
    const accounts = api.sandbox.accounts();
    const idOf = (email: string) => accounts.find((account) => account.email === `${email}@acme.example`)?.client;
    const clients = ["eu-customer-first", "eu-customer-second", "after", "child"].map(idOf);
    expect((await output()).clients).toEqual(clients);
    expect(accounts.map(({ custom_id }) => custom_id).sort()).toEqual(
      [
        "pulumi:shop/prod/shop:Region$shop:Customer$eu-customer-first",
        "pulumi:shop/prod/shop:Region$shop:Customer$eu-customer-second",
        "pulumi:shop/prod/after",
        "pulumi:shop/prod/pulumi-nodejs:dynamic/gcore-reseller:ClientUser$child",
      ].sort(),
    );
    expect(accounts.map(({ companyName }) => companyName)).toContain(`beside ${clients[0]}`);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    expect((await stack.refresh("--expect-no-changes")).code).toBe(0);
    api.calls();
    await stack.destroy();
    expect(api.emails()).toEqual([]);
  });

  test("component of another type and name, with aliases: the same accounts, whose marks follow", async () => {
    const { api, stack, write } = await setUp(`${component("shop:Customer")}new Customer("globex");`);
    await stack.up();
    const before = api.sandbox.accounts().map(({ client }) => client);
    api.calls();
    write(
      `${component("shop:Client")}new Customer("globex", { aliases: [{ type: "shop:Customer" }] });
       new Customer("initech");`,
    );
    await stack.up();
    const calls = api.calls().filter((call) => !isRead(call));
    expect(calls.sort()).toEqual([
      ...before.map((client) => `PATCH /iam/clients/${client}`).sort(),
      "POST /iam/users",
      "POST /iam/users",
    ]);
    write(`new gcore.ClientUser("moved", args("globex-first"), {
      aliases: ["urn:pulumi:prod::shop::shop:Client$pulumi-nodejs:dynamic/gcore-reseller:ClientUser::globex-first"],
    });`);
    await stack.up();
    expect(api.sandbox.accounts().map(({ client, users }) => [client, users.length])).toContainEqual([before[0], 1]);
    expect(api.emails()).toEqual(["globex-first@acme.example"]);
    expect(api.sandbox.accounts()[0]).toMatchObject({ custom_id: "pulumi:shop/prod/moved" });
  });

  test("component with an explicit Provider in `providers`: its users are created with that key", async () => {
    const { api, stack } = await setUp();
    const second = await startApi();
    stack.writeFile(
      "index.cjs",
      `${head}${component("shop:Customer")}
const other = new gcore.Provider("other", { apiKey: "5678$sandbox-second-key", baseUrl: "${second.url}" });
new Customer("globex", { providers: [other] });
new Customer("initech");`,
    );
    await stack.up();
    expect(api.emails().sort()).toEqual(["initech-first@acme.example", "initech-second@acme.example"]);
    expect(second.emails().sort()).toEqual(["globex-first@acme.example", "globex-second@acme.example"]);
    await stack.destroy();
    expect([...api.emails(), ...second.emails()]).toEqual([]);
  });
});

/** A script that runs the program inline by the Automation API; the CLI then only is the engine. */
const automation = (program: string, commands: string) => `${head}
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const program = async () => {${program}};
(async () => {
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "prod", projectName: "shop", program });
  ${commands}
})().catch((error) => { console.error(error); process.exit(1); });`;

test("Automation API, inline program with a component: up, preview, refresh and destroy", async () => {
  const { api, stack } = await setUp();
  stack.writeFile(
    "automation.cjs",
    automation(
      `const parent = new pulumi.ComponentResource("shop:Customer", "globex");
       const first = new gcore.ClientUser("first", args("first"), { parent });
       const company = pulumi.interpolate\`\${first.client}\`;
       const second = new gcore.ClientUser("second", { ...args("second"), company }, { parent });
       return { clients: [first.client, second.client] };`,
      `const { outputs } = await stack.up();
       const { changeSummary } = await stack.preview();
       const { summary } = await stack.refresh();
       await stack.destroy();
       console.log(JSON.stringify({ clients: outputs.clients.value, changeSummary, refresh: summary.resourceChanges }));`,
    ),
  );
  const run = await stack.node("automation.cjs");
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.output)).toEqual({
    clients: [50001, 50002],
    changeSummary: { same: 4 },
    refresh: { same: 4 },
  });
  expect(api.calls().filter((call) => call.startsWith("POST "))).toEqual(["POST /iam/users", "POST /iam/users"]);
  expect(api.emails()).toEqual([]);
});

describe("inputs added after the constructor", () => {
  const added = "{ password: 'added-W0rd', phone: '+49 30 1234567' }";
  const declare = (options: string) => `
const { password, ...rest } = args("acme");
const acme = new gcore.ClientUser("acme", rest, ${options});`;

  const expectAdded = async ({ api, stack }: Awaited<ReturnType<typeof setUp>>) => {
    expect(api.seen[0]?.body).toMatchObject({ password: "added-W0rd", phone: "+49 30 1234567" });
    const { acme } = await stack.users();
    expect([acme?.inputs.password, acme?.outputs.password]).toEqual([secret, secret]);
    expect(acme?.outputs.phone).toBe("+49 30 1234567");
    expect(await stack.outputs()).toEqual({ phone: "+49 30 1234567", password: "[secret]" });
  };

  test("by a transformation: outputs have them, and the password is encrypted in inputs and outputs", async () => {
    const context = await setUp(`${declare(
      `{ transformations: [({ props, opts }) => ({ props: { ...props, ...${added} }, opts })] }`,
    )}
exports.phone = acme.phone;
exports.password = acme.password;`);
    const { stack } = context;
    expect(await stack.preview()).toMatchObject({ code: 0 });
    await stack.up();
    await expectAdded(context);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    expect((await stack.refresh("--expect-no-changes")).code).toBe(0);
    expect((await stack.users()).acme?.inputs.password).toEqual(secret);
  });

  // Inline, because the language host of the built CLI has no transforms.
  test("by a transform: outputs have them, and the password is encrypted in inputs and outputs", async () => {
    const context = await setUp();
    context.stack.writeFile(
      "automation.cjs",
      automation(
        `pulumi.runtime.registerResourceTransform(({ props, opts, type }) =>
           type.endsWith(":ClientUser") ? { props: { ...props, ...${added} }, opts } : undefined);
         ${declare("{}")}
         return { phone: acme.phone, password: acme.password };`,
        `await stack.up();
         const { changeSummary } = await stack.preview();
         console.log(JSON.stringify(changeSummary));`,
      ),
    );
    expect(await context.stack.node("automation.cjs")).toEqual({ code: 0, output: '{"same":2}\n' });
    await expectAdded(context);
  });
});

describe("resource options", () => {
  test("ignoreChanges: the input stays as it is in state, and the output reads it", async () => {
    const declare = (more: string, options: string) => `
const acme = new gcore.ClientUser("acme", { ...args("acme"), ${more} }, ${options});
exports.phone = acme.phone;
exports.password = acme.password.apply((password) => password.length);`;
    const { api, stack, write, output } = await setUp(declare('phone: "+49 30 1", name: "Anna"', "{}"));
    await stack.up();
    api.calls();
    write(declare('password: "edited-W0rd", name: "Berta"', '{ ignoreChanges: ["phone", "password"] }'));
    await stack.up();
    expect(api.seen.map(({ body }) => body).filter((body) => body !== undefined)).toEqual([{ name: "Berta" }]);
    expect(await output()).toEqual({ phone: "+49 30 1", password: "pass-W0rd-of-acme".length });
    expect((await stack.users()).acme?.outputs).toMatchObject({ phone: "+49 30 1", password: secret });
  });

  test("protect, retainOnDelete, --target, additionalSecretOutputs", async () => {
    const users = (names: string, options = "{}") => `
for (const name of ${names}) new gcore.ClientUser(name, args(name), ${options});
new gcore.ClientUser("kept", args("kept"), { retainOnDelete: true });
new gcore.ClientUser("safe", args("safe"), { protect: true, additionalSecretOutputs: ["groups", "reseller"] });`;
    const { api, stack, write } = await setUp(users('["one", "two"]'));
    const urn = (name: string) => `urn:pulumi:prod::shop::pulumi-nodejs:dynamic/gcore-reseller:ClientUser::${name}`;
    await stack.up("--target", urn("one"), "--target", urn("kept"), "--target", urn("safe"));
    expect(api.emails().sort()).toEqual(["kept@acme.example", "one@acme.example", "safe@acme.example"]);
    await stack.up();
    const { safe, one } = await stack.users();
    expect([safe?.outputs.groups, safe?.outputs.reseller, safe?.outputs.password]).toEqual([secret, secret, secret]);
    expect(one?.outputs.groups).toEqual([{ id: 1, name: "Administrators" }]);

    await stack.destroy("--target", urn("two"));
    expect(api.emails()).not.toContain("two@acme.example");
    api.calls();
    write(`new gcore.ClientUser("one", args("one"));`);
    const refused = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/safe.*protect/s);
    await stack.ok("state", "unprotect", "--yes", urn("safe"));
    await stack.up();
    expect(api.emails().sort()).toEqual(["kept@acme.example", "one@acme.example"]);
    expect(Object.keys(await stack.users())).toEqual(["one"]);
  });
});
