import {
  type GetClientResult,
  getDefaultProductAvailability,
  getFeatures,
  getProductAvailability,
  getSellers,
  getServices,
  getUser,
  listClients,
} from "pulumi-gcore-reseller";
import type { Reader } from "pulumi-gcore-reseller/reader";

/** What the doctor reads of Gcore, each once and by GET alone. */

/** Accounts whose products are read singly. */
const MAX_SAMPLED_CLIENTS = 3;
const PAGE_SIZE = 100;

/** An object of a reply, as it is. */
export type Raw = Record<string, unknown>;

export type Reads = ReturnType<typeof readsOf>;

export function readsOf(reader: Reader) {
  /** The first page of accounts, as it is. @throws if the reply is no list. */
  const page = once(async () => {
    const reply = await reader.get("/iam/clients", { limit: PAGE_SIZE, offset: 0, ordering: "id" });
    if (!isList(reply)) throw new NoListError("GET /iam/clients answered 200: the reply is no list of accounts.");
    return reply;
  });
  /** The first accounts, as the provider reads them, without deleted ones. */
  const clients = once(async () => {
    const read: GetClientResult[] = [];
    for await (const client of listClients({ deleted: false })) {
      if (read.push(client) >= PAGE_SIZE) break;
    }
    return read;
  });
  /** Some of these accounts with their services and availability; those that use a product first. */
  const samples = once(async () => {
    const inUse = ({ services }: GetClientResult) =>
      Object.values(services).filter(({ status }) => status !== "new").length;
    const sampled = (await clients()).toSorted((a, b) => inUse(b) - inUse(a)).slice(0, MAX_SAMPLED_CLIENTS);
    return Promise.all(
      sampled.map(async (client) => ({
        client,
        services: await getServices({ client: client.client }),
        availability: await getProductAvailability({ client: client.client }),
      })),
    );
  });
  return {
    page,
    clients,
    samples,
    /** The accounts of the first page, as they are. */
    records: async () => recordsOf(await page()),
    sellers: once(() => getSellers({ deleted: false })),
    features: once(() => getFeatures()),
    defaults: once(() => getDefaultProductAvailability()),
    /** A user of the first accounts; undefined if they have none. */
    user: once(async () => {
      const [user] = (await clients()).flatMap(({ users }) => users);
      return user && getUser({ userId: user.userId });
    }),
    /** The activated features of all accounts, as they are. */
    activations: once(async () => [
      ...recordsOf(await reader.get("/iam/admin/free_features")),
      ...recordsOf(await reader.get("/iam/admin/paid_features")),
    ]),
    /** IDs of the records that a list returns with these filters. */
    ids: async (path: string, filters: Record<string, string>) =>
      recordsOf(await reader.get(path, { ...filters, limit: PAGE_SIZE, offset: 0 })).map(({ id }) => id),
    get: reader.get,
  };
}

/** A list: a bare array, or an object with `results`. */
type List = unknown[] | { results: unknown[]; count?: unknown };

class NoListError extends Error {
  readonly status = 200;
}

function isList(reply: unknown): reply is List {
  return Array.isArray(reply) || Array.isArray((reply as { results?: unknown } | null)?.results);
}

/** The records of a list; none if the reply is no list. */
function recordsOf(reply: unknown): Raw[] {
  if (!isList(reply)) return [];
  const records = Array.isArray(reply) ? reply : reply.results;
  return records.filter((record): record is Raw => typeof record === "object" && record !== null);
}

/** The users in the record of an account, as they are. */
export const usersOf = ({ users }: Raw): Raw[] => (Array.isArray(users) ? users : []);

/** Calls it once; a failure is kept too. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}
