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
function initialPassword({ name, entry }: Account) {
  const given = new pulumi.Config("password").getSecret(name);
  if (given) return { value: given, isRandom: false };
  if (entry.adoptId !== undefined) return undefined;
  const each = { minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 };
  return { value: new RandomPassword(`${name}-password`, { length: 24, ...each }).result, isRandom: true };
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
  const user = new gcore.ClientUser(
    account.name,
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
    { ...protection(account), ignoreChanges: ["password"] },
  );
  return user.client;
}

/** A client account that exists, without its users. */
function declareAccount(account: Account, sellers: Named<number>) {
  const { adoptId, company, name, phone, customId, seller, isTest } = account.entry;
  return new gcore.ClientAccount(
    account.name,
    {
      client: Number(adoptId),
      company,
      name,
      phone,
      customId,
      seller: seller == null ? seller : sellers.of(seller),
      isTest,
    },
    protection(account),
  ).client;
}

async function declareServices(account: Account, client: pulumi.Output<number>): Promise<void> {
  const { name, entry } = account;
  const statuses = entry.offboard ? await paused(account) : (entry.services ?? {});
  // With a user, the ClientUser has it.
  const availability = entry.email === undefined ? (entry.products ?? {}) : {};
  for (const product of products) {
    const [status, available] = [statuses[product], availability[product]];
    if (status === undefined && available === undefined) continue;
    new gcore.ClientService(`${name}-${product.toLowerCase()}`, { client, name: product, status, available });
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
    new Feature(`${account.name}-${featureId}`, { client, featureId });
  }
}
