// The program of every engine test: declares the content of program.json, so that a test changes data and not code.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const gcore = require("pulumi-gcore-reseller");

const {
  users = {},
  resources = {},
  get = {},
  providers = {},
} = JSON.parse(readFileSync(`${__dirname}/program.json`, "utf8"));
const provider = Object.fromEntries(
  Object.entries(providers).map(([name, args]) => [name, new gcore.Provider(name, args)]),
);
const asUser = ([name, args]) => [name, { kind: "ClientUser", ...args }];
const declared = { ...Object.fromEntries(Object.entries(users).map(asUser)), ...resources };
const registered = {};

/** Registers a resource once, after those that it names. */
function resource(name) {
  if (registered[name]) return registered[name];
  const { kind, $provider, $options, $emailFromId, $component, ...args } = declared[name];
  if ($emailFromId) args.email = pulumi.interpolate`user-of-${resource($emailFromId).userId}@example.com`;
  const parent = $component && { parent: new pulumi.ComponentResource("my:index:Team", $component) };
  const options = { ...$options, ...parent, provider: provider[$provider] };
  registered[name] = new gcore[kind](name, withOutputs(args), options);
  return registered[name];
}

/** The inputs, with each value "$<name>.<output>" as that output of another resource. */
const withOutputs = (args) =>
  Object.fromEntries(
    Object.entries(args).map(([input, value]) => {
      const [, name, output] = /^\$([\w-]+)\.(\w+)$/.exec(String(value)) ?? [];
      return [input, name in declared ? resource(name)[output] : value];
    }),
  );

for (const name of Object.keys(declared)) resource(name);
for (const [name, id] of Object.entries(get)) registered[name] = gcore.ClientUser.get(name, id);

const visible = (one) => {
  const { urn, password, ...outputs } = one;
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => !key.startsWith("_")));
};
module.exports = Object.fromEntries(Object.entries(registered).map(([name, one]) => [name, visible(one)]));
