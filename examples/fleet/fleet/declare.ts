import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import * as gcore from "pulumi-gcore-reseller";
import type { Account } from "./load";
import { type Named, namedFeatures, namedSellers } from "./names";
import { type Product, products } from "./schema";
import { servicesInUse } from "./services-in-use";

/** Declares all accounts. The result is the stack's outputs. */
export async function declareFleet(accounts: Account[]) {
  const [sellers, features] = [await namedSellers(accounts), await namedFeatures(accounts)];
  const problems = [...sellers.problems, ...features.problems];
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));

  const clients: Record<string, pulumi.Output<number>> = {};
  const initialPasswords: Record<string, pulumi.Output<string>> = {};
  warnOfUnusedPasswords(accounts);
  for (const account of accounts) {
    const { name, entry } = account;
    const password = initialPassword(account);
    const declare = entry.email === undefined ? declareAccount : declareUser;
    const client = declare(account, sellers, password?.value);
    await declareServices(account, client);
    declareFeatures(account, client, features);
    clients[name] = client;
    if (password?.isRandom) initialPasswords[name] = password.value;
  }
  return { clients, initialPasswords: pulumi.secret(initialPasswords) };
}

/** `pulumi config set --secret password:<name>`, else a random one. A user who is adopted has one already. */
function initialPassword(account: Account) {
  const config = new pulumi.Config("password");
  const [given] = names(account).flatMap((name) => config.getSecret(name) ?? []);
  if (given) return { value: given, isRandom: false };
  if (account.entry.adoptId !== undefined) return undefined;
  const [name, aliases] = resourceName(account, "-password");
  const each = { minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 };
  return { value: new RandomPassword(name, { length: 24, ...each }, aliases).result, isRandom: true };
}

function warnOfUnusedPasswords(accounts: Account[]): void {
  const used = new Set(accounts.flatMap(names).map((name) => `password:${name}`));
  const unused = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith("password:") && !used.has(key));
  if (unused.length > 0)
    void pulumi.log.warn(`${unused.join(", ")}: no entry has this name; pulumi config rm removes it`);
}

const names = ({ name, entry: { formerName } }: Account) => (formerName === undefined ? [name] : [name, formerName]);

/** The name of a resource of the account, and the aliases that keep it when the entry is renamed. */
function resourceName({ name, entry: { formerName } }: Account, suffix = ""): [string, { aliases: pulumi.Alias[] }] {
  return [`${name}${suffix}`, { aliases: formerName === undefined ? [] : [{ name: `${formerName}${suffix}` }] }];
}

/** A lost entry deletes no user. */
const protection = ({ entry }: Account) => ({ protect: entry.protect !== false && entry.offboard !== true });

/** A client account with its user. */
function declareUser(account: Account, sellers: Named<number>, password: pulumi.Output<string> | undefined) {
  const { email = "", company = "", customId, seller, adoptId, ...entry } = account.entry;
  const services = Object.entries(entry.products ?? {}).map(([productName, available = null]) => ({
    productName: productName as Product,
    available,
  }));
  const [name, aliases] = resourceName(account);
  const user = new gcore.ClientUser(
    name,
    {
      email,
      company,
      password,
      name: entry.name ?? undefined,
      phone: entry.phone ?? undefined,
      lang: entry.lang,
      // Without one it is the origin mark; null sends none.
      customId,
      seller: seller == null ? undefined : sellers.of(seller),
      countryCode: entry.countryCode,
      isTest: entry.isTest,
      services: services.length > 0 ? services : undefined,
      adoptId: adoptId === undefined ? undefined : String(adoptId),
      sendPasswordReset: entry.sendPasswordReset,
    },
    // After the first login the client manages the password.
    { ...aliases, ...protection(account), ignoreChanges: ["password"] },
  );
  return user.client;
}

/** A client account that exists, without its users. */
function declareAccount(account: Account, sellers: Named<number>) {
  const { adoptId, company, name, phone, customId, seller, isTest } = account.entry;
  const [resource, aliases] = resourceName(account);
  return new gcore.ClientAccount(
    resource,
    {
      client: Number(adoptId),
      company,
      name,
      phone,
      customId,
      seller: seller == null ? seller : sellers.of(seller),
      isTest,
    },
    { ...aliases, ...protection(account) },
  ).client;
}

async function declareServices(account: Account, client: pulumi.Output<number>): Promise<void> {
  const { entry } = account;
  const statuses = entry.offboard ? await paused(account) : (entry.services ?? {});
  // With a user, the ClientUser has it.
  const availability = entry.email === undefined ? (entry.products ?? {}) : {};
  for (const product of products) {
    const [status, available] = [statuses[product], availability[product]];
    if (status === undefined && available === undefined) continue;
    const [name, aliases] = resourceName(account, `-${product.toLowerCase()}`);
    new gcore.ClientService(name, { client, name: product, status, available }, aliases);
  }
}

async function paused(account: Account): Promise<Partial<Record<Product, "paused">>> {
  return Object.fromEntries((await servicesInUse(account)).map((product) => [product, "paused"]));
}

function declareFeatures(
  account: Account,
  client: pulumi.Output<number>,
  features: Named<gcore.GetFeatureResult>,
): void {
  for (const feature of account.entry.features ?? []) {
    const { featureId, isFree } = features.of(feature);
    const Feature = isFree ? gcore.FreeFeature : gcore.PaidFeature;
    const [name, aliases] = resourceName(account, `-${featureId}`);
    new Feature(name, { client, featureId }, aliases);
  }
}
