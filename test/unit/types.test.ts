import ts from "typescript";
import { expect, test } from "vitest";
import { compile } from "../support/compile";

/** The declarations of the built package, in programs with the compiler settings that projects have. */

const program = `
import * as pulumi from "@pulumi/pulumi";
import { validateResourceOfType } from "@pulumi/policy";
import { ClientService, ClientUser, type ClientUserArgs, Provider, type ProviderArgs, type Service } from "pulumi-gcore-reseller";
import { getClientOutput, getSeller, type GetSellerResult, getServices, listClients } from "pulumi-gcore-reseller";

declare const maybe: string | undefined;
declare const value: unknown;

const services: readonly Service[] = [{ productName: "CDN", available: true }];
const args: ClientUserArgs = {
  email: pulumi.output("it@acme.example"),
  password: pulumi.secret("p"),
  company: Promise.resolve("Acme Ltd"),
  services,
};
const settings: ProviderArgs = { apiKey: pulumi.secret("1$a"), baseUrl: maybe, requestsPerSecond: undefined };
const provider = new Provider("other", settings);
const acme = new ClientUser("acme", { ...args, phone: maybe, customId: null }, { provider, protect: true });
new ClientUser("globex", { ...args, services: [{ productName: pulumi.output("CDN" as const), available: null }] });
new ClientUser("initech", { ...args, services: pulumi.output(services), isTest: pulumi.output(true) });
const options = { max_resources: pulumi.output(20), support_access: true };
export const cdn = new ClientService("cdn", { client: acme.client, name: "CDN", status: "trial", options });
new ClientUser("adopted", { email: "it@acme.example", company: "Acme Ltd", adoptId: "1/2" });

export const client: pulumi.Output<number> = acme.client;
export const phone: pulumi.Output<string | undefined> = acme.phone;
export const groups = acme.groups.apply((list) => list?.map(({ name }) => name));
export const products = acme.services.apply((list) => list?.map(({ productName }) => productName));
export const found: ClientUser = ClientUser.get("found", acme.id);
export const email = ClientUser.isInstance(value) ? value.email.apply((text) => text.trim()) : undefined;
export const policy = validateResourceOfType(ClientUser, (user, _args, report) => {
  if (!user.countryCode?.startsWith("D") && user.services?.some(({ available }) => available)) report(user.company);
});

export const anna: Promise<GetSellerResult> = getSeller({ email: "anna@seller.example" }, { provider });
export const company = getClientOutput({ client: acme.client }, { dependsOn: [acme] }).company;
export const companies = async () => {
  for await (const { company } of listClients({ createdAtGte: new Date(), featureIds: [61] })) company?.trim();
};

// @ts-expect-error: onMissing has two values
getSeller({ sellerId: 7, onMissing: "undefined" });
// @ts-expect-error: an output in plain form
getServices({ client: acme.client });
// @ts-expect-error: a required input is missing
new ClientUser("a", { email: "it@acme.example", password: "p" });
// @ts-expect-error: there is no such input
new ClientUser("b", { ...args, typo: 1 });
// @ts-expect-error: an input of another type
new ClientUser("c", { ...args, isTest: "yes" });
// @ts-expect-error: a product that Gcore does not have
new ClientUser("d", { ...args, services: [{ productName: "WAF", available: true }] });
// @ts-expect-error: a status that cannot be requested
new ClientService("e", { client: acme.client, name: "CDN", status: "activating" });
// @ts-expect-error: the value of an option is of another type
new ClientService("f", { client: 7, name: "CDN", options: { max_resources: [20] } });
// @ts-expect-error: the key is required
new Provider("e", {});
// @ts-expect-error: outputs cannot be assigned
acme.client = acme.userId;
`;

const { ModuleKind, ModuleResolutionKind } = ts;
const node10 = {
  module: ModuleKind.CommonJS,
  moduleResolution: ModuleResolutionKind.Node10,
  ignoreDeprecations: "6.0",
};
const node16 = { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 };
const bundler = { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler };

test.each<[string, string, ts.CompilerOptions]>([
  ["moduleResolution node", "index.ts", node10],
  ["moduleResolution node16, CommonJS", "index.ts", node16],
  ["moduleResolution node16, ES module", "index.mts", node16],
  ["moduleResolution bundler", "index.ts", bundler],
  ["without strict", "index.ts", { ...node10, strict: false }],
])("%s: the program compiles, and its mistakes are errors", { timeout: 60_000 }, (_name, file, options) => {
  const found = compile({ [file]: program }, { target: ts.ScriptTarget.ES2020, ...options });
  expect(found.map(({ line, text }) => `${program.split("\n")[line]}: ${text}`)).toEqual([]);
});
