import {
  type ClientFilters,
  type GetClientResult,
  getDefaultProductAvailability,
  getFeatures,
  getProductAvailability,
  getSellers,
  listClients,
} from "pulumi-gcore-reseller";
import { type Declaration, declarationOf, differsFromDefaults } from "./entry";
import { uniqueNames } from "./names";
import { progressLine } from "./progress";

/** The reseller's accounts, read and made into declarations. */

/** What is written only on demand. */
export type Include = "services" | "features";

/** An account under its name in code. */
export interface Account extends Declaration {
  name: string;
}

/** What the stack manages already. */
export interface Managed {
  /** IDs of client accounts. */
  clients: ReadonlySet<number>;
  /** Names of resources. */
  names: ReadonlySet<string>;
}

export interface Request {
  filters: ClientFilters;
  include: readonly Include[];
  managed: Managed | undefined;
  sellersByEmail: boolean;
  /** Shows a line to the user. */
  report: (line: string) => void;
}

/** Reads all accounts by pages, and then what they name. */
export async function accountsAsCode(request: Request): Promise<Account[]> {
  const { filters, include, managed, sellersByEmail, report } = request;
  const all = await readClients(filters);
  const clients = all.filter(({ client }) => !managed?.clients.has(client));
  if (clients.length === 0) report("All of them are in the stack's state.");

  const isSellerNamed = sellersByEmail && clients.some(({ seller }) => seller !== undefined);
  const context = {
    services: include.includes("services"),
    features: include.includes("features"),
    defaults: await getDefaultProductAvailability(),
    sellers: isSellerNamed ? await sellerEmails(report) : new Map<number, string>(),
    featureNames: include.includes("features") ? await uniqueFeatureNames() : new Map<number, string>(),
    emails: new Set<string>(),
  };
  const names = uniqueNames(clients, managed?.names);
  const accounts: Account[] = [];
  for (const client of clients) {
    // The list need not show all products, so a difference is read again.
    const { client: id } = client;
    const availability = differsFromDefaults(client, context.defaults)
      ? await getProductAvailability({ client: id })
      : {};
    accounts.push({ name: names.get(id) ?? String(id), ...declarationOf(client, { ...context, availability }) });
  }
  return accounts;
}

/** @throws if there is none. */
async function readClients(filters: ClientFilters): Promise<GetClientResult[]> {
  const progress = progressLine("accounts read");
  const clients: GetClientResult[] = [];
  try {
    for await (const client of listClients({ ...filters, deleted: false })) {
      clients.push(client);
      progress.show(clients.length);
    }
  } catch (error) {
    progress.abandon();
    throw error;
  }
  if (clients.length > 0) {
    progress.end(clients.length);
    return clients;
  }
  const isFiltered = Object.keys(filters).length > 0;
  throw new Error(isFiltered ? "no client account matches the filters" : "the reseller has no client account");
}

/** Sellers by ID. Without the right to read them, accounts are written with the IDs. */
async function sellerEmails(report: Request["report"]): Promise<Map<number, string>> {
  try {
    const sellers = await getSellers({ deleted: false });
    return unambiguous(sellers.map(({ sellerId, email }) => [sellerId, email?.toLowerCase()]));
  } catch (error) {
    report(`Sellers are written by their IDs: ${(error as Error).message}`);
    return new Map();
  }
}

async function uniqueFeatureNames(): Promise<Map<number, string>> {
  const features = await getFeatures();
  return unambiguous(features.map(({ featureId, name }) => [featureId, name]));
}

/** Names by ID, without those that several share. */
function unambiguous(named: (readonly [number, string | undefined])[]): Map<number, string> {
  const withName = named.filter((one): one is readonly [number, string] => one[1] !== undefined);
  const ids = Map.groupBy(withName, ([, name]) => name.toLowerCase());
  return new Map(withName.filter(([, name]) => ids.get(name.toLowerCase())?.length === 1));
}
