// The program of every engine test: declares the content of program.json, so that a test changes data and not code.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const gcore = require("pulumi-gcore-reseller");

const { users = {}, get = {}, providers = {} } = JSON.parse(readFileSync(`${__dirname}/program.json`, "utf8"));
const provider = Object.fromEntries(
  Object.entries(providers).map(([name, args]) => [name, new gcore.Provider(name, args)]),
);
const resources = {};

for (const [name, { $provider, $options, $emailFromId, $component, ...args }] of Object.entries(users)) {
  if ($emailFromId) args.email = pulumi.interpolate`user-of-${resources[$emailFromId].userId}@example.com`;
  const parent = $component && { parent: new pulumi.ComponentResource("my:index:Team", $component) };
  resources[name] = new gcore.ClientUser(name, args, { ...$options, ...parent, provider: provider[$provider] });
}
for (const [name, id] of Object.entries(get)) resources[name] = gcore.ClientUser.get(name, id);

const visible = (user) => {
  const { urn, password, ...outputs } = user;
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => !key.startsWith("_")));
};
module.exports = Object.fromEntries(Object.entries(resources).map(([name, user]) => [name, visible(user)]));
