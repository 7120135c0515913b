import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { apiKey, startApi } from "../support/api";
import { codeBlocks, textOf } from "../support/markdown";
import { newStack } from "../support/stack";

/** examples/policy by the real CLI, and what the engine lets policies see. */

const root = resolve(__dirname, "../..");
const example = join(root, "examples/policy");

/**
 * A stack, and a folder for policy packs. The engine starts a pack by the language host. Hosts of older versions, such as the
 * one that is built from Go modules, cannot do that ("not supported"), and for a runtime that has no host the engine
 * starts the script `pulumi-analyzer-policy-<runtime>`. It does what a newer host does.
 */
async function setUp() {
  const api = await startApi();
  const stack = await newStack(api.env);
  const bin = join(stack.folder, "bin");
  mkdirSync(bin);
  const script = join(bin, "pulumi-analyzer-policy-script");
  writeFileSync(
    script,
    '#!/bin/sh\nexec node "$(node -p "require.resolve(\'@pulumi/pulumi/cmd/run-policy-pack\')")" "$@"\n',
  );
  chmodSync(script, 0o755);
  symlinkSync(join(root, "node_modules"), join(stack.folder, "node_modules"));
  const { PATH } = pulumiEnv(await findPulumi());
  return {
    api,
    stack,
    /** A copy of the example that the script starts. */
    copyExample: () => {
      const pack = join(stack.folder, "policy");
      cpSync(example, pack, { recursive: true, filter: (path) => !path.includes("node_modules") });
      writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: script\n");
      return pack;
    },
    /** A pack with this program. */
    writePack: (program: string) => {
      const pack = join(stack.folder, "probe");
      mkdirSync(pack);
      writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: script\n");
      writeFileSync(join(pack, "package.json"), JSON.stringify({ name: "probe", version: "1.0.0", main: "index.js" }));
      writeFileSync(join(pack, "index.js"), program);
      return pack;
    },
    run: (...args: string[]) => stack.start(args, { PATH: [bin, PATH].join(delimiter) }).run,
  };
}

const acme = {
  kind: "ClientUser",
  email: "it@acme.example",
  password: "first-W0rd-of-acme",
  company: "Acme Ltd",
  countryCode: "DE",
  seller: 11,
  $options: { protect: true },
};
const cdn = { kind: "ClientService", client: "$acme.client", name: "CDN", status: "active" };

test("preview with the example, started by the language host: as documented", async (context) => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ resources: { acme: { ...acme, isTest: true } } });
  const { code, output } = await stack.preview("--policy-pack", example);
  if (output.includes(`could not read plugin [${example}]: not supported`)) {
    const reason = "the language host of this Pulumi CLI starts no policy packs; the next tests start them by a script";
    console.log(`left out: policies by the language host: ${reason}`);
    context.skip(reason);
  }
  expect(code).not.toBe(0);
  expect(output).toContain("[mandatory]  no-test-accounts  (pulumi-nodejs:dynamic/gcore-reseller:ClientUser: acme)");
});

test("violations: the preview fails, `up` changes nothing; a stack policy fails after the changes; else all pass", async () => {
  const { api, stack, copyExample, run } = await setUp();
  const pack = ["--policy-pack", copyExample()];
  const { seller: _, ...noSeller } = acme;
  stack.write({ resources: { acme: { ...noSeller, isTest: true, $options: {} }, cdn } });
  const preview = await run("preview", ...pack);
  expect(preview.code, preview.output).not.toBe(0);
  expect(preview.output).toContain("Policies:");
  for (const policy of ["no-test-accounts", "protected", "seller-of-active-services"])
    expect(preview.output).toMatch(new RegExp(`\\[mandatory\\]  ${policy}  \\(.*ClientUser: acme\\)`));
  expect(preview.output).toContain("acme declares no seller. Its services: cdn.");
  const [, documented] = codeBlocks(textOf("examples/policy/README.md"), "");
  const lines = documented?.code.trim().split("\n") ?? [];
  expect(lines.filter((line) => !preview.output.includes(line.replace("../policy", pack[1] ?? "")))).toEqual([]);

  const up = await run("up", "--yes", "--skip-preview", ...pack);
  expect(up.code, up.output).not.toBe(0);
  expect(api.calls()).toEqual([]);

  // A stack policy alone: the account is there, and in state.
  stack.write({ resources: { acme: noSeller, cdn } });
  const late = await run("up", "--yes", "--skip-preview", ...pack);
  expect(late.code, late.output).not.toBe(0);
  expect(late.output).toMatch(/\[mandatory\] {2}seller-of-active-services/);
  expect(Object.keys(await stack.users())).toEqual(["acme"]);

  stack.write({ resources: { acme, cdn } });
  for (const command of [["preview"], ["up", "--yes", "--skip-preview"], ["preview", "--expect-no-changes"]]) {
    const { code, output } = await run(...command, ...pack);
    expect(code, output).toBe(0);
    expect(output).toMatch(/✅ gcore-reseller@v0\.1\.0/);
    expect(output).not.toContain("can't be known");
  }
  expect(api.emails()).toEqual(["it@acme.example"]);
});

test("a file of settings replaces the defaults, and one that does not fit is an error before any policy runs", async () => {
  const { api, stack, copyExample, run } = await setUp();
  const pack = ["--policy-pack", copyExample()];
  const settings = join(example, "policy-config.json");
  const anna = { kind: "Seller", email: "anna@mail.example", fullName: "Anna Berg", $options: { protect: false } };
  const { seller: _, ...noSeller } = acme;
  stack.write({ resources: { acme: noSeller, anna, cdn } });
  const { code, output } = await run("preview", ...pack, "--policy-pack-config", settings);
  expect(code, output).not.toBe(0);
  expect(output).toMatch(/\[mandatory\] {2}email-domains {2}\(.*Seller: anna\)/);
  expect(output).toMatch(/\[mandatory\] {2}protected {2}\(.*Seller: anna\)/);
  expect(output).toMatch(/\[advisory\] {2}seller-of-active-services {2}\(.*ClientUser: acme\)/);

  const wrong = join(stack.folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify({ protected: { kinds: ["ClientUsers"] } }));
  const refused = await run("preview", ...pack, "--policy-pack-config", wrong);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/protected: kinds\.0/);
  expect(api.calls()).toEqual([]);
});

/** A pack that reports what it sees of each resource, but not the values of secrets. */
const probe = `
const { PolicyPack, UnknownValueError } = require("@pulumi/policy");
const isOfGcore = ({ type }) => type.includes("gcore-reseller");
const valueOf = (props, name) => {
  try {
    const value = props[name];
    return name === "password" ? typeof value + " of " + value.length : value;
  } catch (error) {
    return error instanceof UnknownValueError ? "unknown" : error.message;
  }
};
const seen = ({ name, props, opts, provider, propertyDependencies }) =>
  "seen " + JSON.stringify({
    name,
    props: Object.fromEntries(Object.keys(props).map((name) => [name, valueOf(props, name)])),
    protect: opts.protect,
    provider: provider.name,
    keyLength: provider.props["gcore-reseller:apiKey"]?.length,
    dependencies: propertyDependencies && (propertyDependencies.client ?? []).map(({ name }) => name),
  }) + " end";
new PolicyPack("probe", {
  policies: [
    { name: "inputs", description: "-", validateResource: (args, report) => isOfGcore(args) && report(seen(args)) },
    {
      name: "outputs",
      description: "-",
      validateStack: ({ resources }, report) => resources.filter(isOfGcore).forEach((one) => report(seen(one), one.urn)),
    },
  ],
});`;

interface Seen {
  name: string;
  props: Record<string, unknown>;
  protect: boolean;
  provider: string;
  keyLength?: number;
  dependencies?: string[];
}

/** What the probe's two policies saw: by resource, inputs and outputs. */
function seenIn(output: string) {
  const reports = [...output.matchAll(/\] {2}(inputs|outputs) {2}[\s\S]*?seen (.*) end/g)];
  const by = (policy: string) =>
    Object.fromEntries(
      reports.filter(([, one]) => one === policy).map(([, , text = ""]) => [JSON.parse(text).name, JSON.parse(text)]),
    ) as Record<string, Seen>;
  return { inputs: by("inputs"), outputs: by("outputs") };
}

test("what policies see: checked inputs in the clear, unknown values in a preview, outputs at the end; nothing of a destroy", async () => {
  const { api, stack, writePack, run } = await setUp();
  const pack = ["--policy-pack", writePack(probe)];
  const providers = { other: { apiKey, baseUrl: api.url } };
  const $provider = "other";
  stack.write({ providers, resources: { acme: { ...acme, $provider }, cdn: { ...cdn, $provider } } });
  const inputs = {
    email: "it@acme.example",
    password: "string of 18",
    company: "Acme Ltd",
    countryCode: "DE",
    seller: 11,
    customId: "pulumi:shop/prod/acme",
    origin: "pulumi:shop/prod/acme",
  };
  const preview = seenIn((await run("preview", ...pack)).output);
  expect(preview.inputs.acme).toEqual({
    name: "acme",
    props: inputs,
    protect: true,
    provider: "other",
    keyLength: apiKey.length,
  });
  expect(preview.inputs.cdn?.props).toMatchObject({ client: "unknown", name: "CDN", status: "active" });
  expect(preview.outputs.acme?.props).toEqual(inputs);
  expect(preview.outputs.cdn).toMatchObject({ props: { client: "unknown" }, dependencies: ["acme"] });

  const up = seenIn((await run("up", "--yes", "--skip-preview", ...pack)).output);
  expect(up.inputs.cdn?.props).toMatchObject({ client: 50001 });
  expect(up.outputs.acme?.props).toMatchObject({ ...inputs, client: 50001, userId: 8001 });
  expect(up.outputs.cdn).toMatchObject({ props: { client: 50001, statusNow: "active" }, dependencies: ["acme"] });

  stack.write({ providers, resources: { acme: { ...acme, $provider } } });
  const removal = seenIn((await run("preview", ...pack)).output);
  expect(Object.keys(removal.inputs)).toEqual(["acme"]);
  expect(Object.keys(removal.outputs)).toEqual(["acme"]);
});
