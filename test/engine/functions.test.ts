import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack } from "../support/stack";

/** Functions in a program on the real engine: settings of the stack and of a second Provider, unknown values, errors. */

const secondKey = "5678$sandbox-second-key";

/** A program that exports what `body` returns. */
const program = (body: string) => `
const pulumi = require("@pulumi/pulumi");
const gcore = require("pulumi-gcore-reseller");
const user = (name, more) => ({ email: "it@" + name + ".example", password: "pass-W0rd-of-acme", company: name, ...more });
module.exports = async () => {
${body}
};
`;

const lookups = program(`
  const anna = await gcore.getSeller({ email: "anna@seller.example" });
  const acme = new gcore.ClientUser("acme", user("acme", { seller: anna.sellerId }));
  const found = gcore.getClientOutput({ client: acme.client });

  const team = new pulumi.ComponentResource("my:index:Team", "team");
  new gcore.ClientUser("bolt", user("bolt"), { parent: team });
  const bolt = gcore.getClientsOutput({ company: "bolt" }, { dependsOn: team });

  const other = new gcore.Provider("other", {
    apiKey: acme.id.apply(() => process.env.OTHER_KEY),
    baseUrl: process.env.GCORE_BASE_URL,
    maxRetries: 0,
  });
  const others = gcore.getClientsOutput({}, { provider: other });
  const second = new gcore.Provider("second", { apiKey: process.env.OTHER_KEY, baseUrl: process.env.GCORE_BASE_URL });
  return {
    seller: anna.sellerId,
    company: found.company,
    status: gcore.getServicesOutput({ client: acme.client }).apply(({ DNS }) => DNS.status),
    bolt: bolt.apply((clients) => clients.length),
    others: others.apply((clients) => clients.map(({ company }) => company)),
    second: (await gcore.getClients({}, { provider: second })).map(({ company }) => company),
    feature: (await gcore.getFeature({ name: "Raw logs", service: "CDN" })).featureId,
    missing: await gcore.getSeller({ email: "nobody@seller.example", onMissing: "null" }),
  };
`);

test("functions of one program: preview sends no request about what does not exist yet, up returns all results", async () => {
  const api = await startApi();
  const seller = { email: "anna@seller.example", full_name: "Anna" };
  const { body: anna } = await api.send("POST", "/iam/admin/sellers", seller);
  const foreign = { email: "it@cargo.example", password: "pass-W0rd-of-acme", company: "cargo" };
  await api.send("POST", "/iam/users", foreign, `apikey ${secondKey}`);
  const stack = await newStack({ ...api.env, OTHER_KEY: secondKey });
  stack.writeFile("index.cjs", lookups);

  const { code, output } = await stack.preview();
  expect(code, output).toBe(0);
  // Only what has known arguments, and only GET; nothing of the component whose resource does not exist yet.
  expect(api.seen.filter(({ query }) => query.companyName !== undefined)).toEqual([]);
  expect([...new Set(api.calls())].sort()).toEqual([
    "GET /iam/admin/feature",
    "GET /iam/admin/sellers",
    "GET /iam/clients",
  ]);
  expect(api.emails()).toEqual(["it@cargo.example"]);

  const expected = {
    seller: anna.id,
    company: "acme",
    status: "new",
    bolt: 1,
    others: ["cargo"],
    second: ["cargo"],
    feature: 63,
    missing: null,
  };
  await stack.up();
  expect(await stack.outputs()).toEqual(expected);
  const writes = api.calls().filter((call) => !call.startsWith("GET "));
  expect(writes).toEqual(["POST /iam/users", "POST /iam/users"]);

  // Again, now that all values are known before the update.
  await stack.up("--expect-no-changes");
  expect(await stack.outputs()).toEqual(expected);
  expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
});

test.each([
  [
    "a key that only the update will know, in plain form",
    `const acme = new gcore.ClientUser("acme", user("acme"));
     const apiKey = acme.id.apply(() => process.env.OTHER_KEY);
     const other = new gcore.Provider("other", { apiKey, baseUrl: process.env.GCORE_BASE_URL });
     return { clients: (await gcore.getClients({}, { provider: other })).length };`,
    "getClients: a setting of the Provider is not known before the update: use getClientsOutput.",
  ],
  [
    "a missing seller, in plain form",
    `return { seller: (await gcore.getSeller({ email: "nobody@seller.example" })).sellerId };`,
    'getSeller: there is no seller with email "nobody@seller.example".',
  ],
  [
    "a missing seller, as an output",
    `return { seller: gcore.getSellerOutput({ email: pulumi.output("nobody@seller.example") }).sellerId };`,
    'getSeller: there is no seller with email "nobody@seller.example".',
  ],
])("%s: the text of the error without a stack trace", async (_case, body, text) => {
  const api = await startApi();
  const stack = await newStack({ ...api.env, OTHER_KEY: secondKey });
  stack.writeFile("index.cjs", program(body));
  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  expect(output).toContain(text);
  expect(output).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
  expect(api.emails()).toEqual([]);
});
