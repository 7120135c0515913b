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
  const callsOf = counts(entries.map(({ client }) => client));
  const isMatching = (call: RequestRecord) =>
    (call.client !== undefined && matching.has(call.client)) || includesAll(callText(call), words);
  const calls = words.length === 0 ? entries : entries.filter(isMatching);
  const clients = store.database.all<{ reseller: number; seller: number | null }>(
    "select reseller, seller from clients",
  );
  return {
    query,
    accounts: {
      total: clients.length,
      found: ids.length,
      shown: accounts.map((account) => ({ ...account, calls: callsOf.get(account.id) ?? 0 })),
    },
    calls: { total: entries.length, found: calls.length, shown: named(store, calls.slice(-CALLS_SHOWN).reverse()) },
    sellers: foundSellers(store, words, accounts, counts(clients.map(({ seller }) => seller))),
    resellers: resellers(store, settings.apiKeys, counts(clients.map(({ reseller }) => reseller))),
  };
}

/** The sellers that match, and those of the accounts that are shown. */
function foundSellers(
  store: Store,
  words: string[],
  accounts: AccountDetails[],
  clients: Map<unknown, number>,
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
function resellers(store: Store, apiKeys: ApiKeys, clients: Map<unknown, number>): Content["resellers"] {
  const ids = new Set([...Object.values(apiKeys), ...clients.keys()].map(Number));
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

function counts(values: unknown[]): Map<unknown, number> {
  const counted = new Map<unknown, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}
