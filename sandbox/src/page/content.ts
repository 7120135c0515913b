import type { Assumptions } from "../api/assumptions";
import type { ApiKeys } from "../api/authentication";
import type { ProductName } from "../api/schemas";
import { accountDetails, sellerRecord } from "../control/records";
import type { RequestLog, RequestRecord } from "../control/request-log";
import type { Store } from "../store";
import { accountsById, searchAccounts } from "../store/account-search";
import type { AccountDetails, SellerRecord } from "../types";

/** What the page reads. */
export type Source = { store: Store; log: RequestLog; settings: { apiKeys: ApiKeys; assumptions: Assumptions } };

/** What is asked for by the page's query: words that all have to be found, and how many accounts are shown. */
export type Query = { filter: string; show: number };

/** How many of all there are, and those that are shown. */
export type Found<T> = { total: number; found: number; shown: T[] };

export type Call = RequestRecord & { companyName: string | undefined };

export type Content = {
  query: Query;
  accounts: Found<AccountDetails & { calls: number }>;
  calls: Found<Call>;
  sellers: Found<SellerRecord & { clients: number }>;
  resellers: { id: number; clients: number; available: ProductName[] }[];
};

export const ACCOUNTS_SHOWN = 50;
const MAX_WORDS = 20;
const CALLS_SHOWN = 100;
const SELLERS_SHOWN = 100;

/** Reads what the page shows: all of it in the page's own words, and nothing that is secret. */
export function readContent({ store, log, settings }: Source, query: Query): Content {
  store.services.settle(settings.assumptions);
  const words = query.filter.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS);
  const ids = searchAccounts(store.database, words);
  const matching = new Set(ids);
  const accounts = accountDetails(store, accountsById(store.database, ids.slice(0, query.show)));
  const entries = log.entries();
  const callsOf = countCalls(entries, accounts);
  const isMatching = (call: RequestRecord) =>
    (call.client !== undefined && matching.has(call.client)) || includesAll(callText(call), words);
  const calls = words.length === 0 ? entries : entries.filter(isMatching);
  const ofResellers = countClients(store, "reseller");
  return {
    query,
    accounts: {
      total: [...ofResellers.values()].reduce((sum, count) => sum + count, 0),
      found: ids.length,
      shown: accounts.map((account) => ({ ...account, calls: callsOf.get(account.id) ?? 0 })),
    },
    calls: { total: entries.length, found: calls.length, shown: named(store, calls.slice(-CALLS_SHOWN).reverse()) },
    sellers: foundSellers(store, words, accounts, countClients(store, "seller")),
    resellers: resellers(store, settings.apiKeys, ofResellers),
  };
}

/** The sellers that match, and those of the accounts that are shown. */
function foundSellers(
  store: Store,
  words: string[],
  accounts: AccountDetails[],
  clients: Map<number, number>,
): Content["sellers"] {
  const all = store.sellers.all().map(sellerRecord);
  const ofAccounts = new Set(accounts.map(({ seller }) => seller));
  const found = all.filter(
    (seller) =>
      ofAccounts.has(seller.id) || includesAll([seller.id, seller.full_name, seller.email, seller.phone], words),
  );
  const shown = found.slice(0, SELLERS_SHOWN).map((seller) => ({ ...seller, clients: clients.get(seller.id) ?? 0 }));
  return { total: all.length, found: found.length, shown };
}

/** The resellers that have a key or a client account. */
function resellers(store: Store, apiKeys: ApiKeys, clients: Map<number, number>): Content["resellers"] {
  const ids = new Set([...Object.values(apiKeys), ...clients.keys()]);
  return [...ids]
    .sort((a, b) => a - b)
    .map((id) => ({
      id,
      clients: clients.get(id) ?? 0,
      available: store.products.defaults(id).flatMap((one) => (one.available ? [one.product_name] : [])),
    }));
}

function named({ database }: Store, calls: RequestRecord[]): Call[] {
  const ids = calls.flatMap(({ client }) => client ?? []);
  const names = new Map(accountsById(database, ids).map(({ id, company }) => [id, company]));
  return calls.map((call) => ({
    ...call,
    companyName: call.client === undefined ? undefined : names.get(call.client),
  }));
}

function callText({ method, path, status, client, fault }: RequestRecord): unknown[] {
  return [method, path, status ?? "dropped", client, fault];
}

function includesAll(values: unknown[], words: string[]): boolean {
  const text = values.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How many client accounts there are by reseller or seller. */
function countClients({ database }: Store, column: "reseller" | "seller"): Map<number, number> {
  const rows = database.all<{ id: number; count: number }>(
    `select ${column} as id, count(*) as count from clients where ${column} is not null group by ${column}`,
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

function countCalls(calls: RequestRecord[], accounts: AccountDetails[]): Map<number, number> {
  const counted = new Map(accounts.map(({ id }) => [id, 0]));
  for (const { client } of calls) {
    const count = client === undefined ? undefined : counted.get(client);
    if (client !== undefined && count !== undefined) counted.set(client, count + 1);
  }
  return counted;
}
