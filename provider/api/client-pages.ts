import { type Client, type ClientPage, getClient, listClients } from "./clients";
import type { Api } from "./transport";

/**
 * Reads of many client accounts at about the same time, served from pages of the list when that takes fewer requests:
 * a refresh of a whole stack takes a few requests, a read of one user takes one however many accounts the reseller has.
 */

const PAGE_SIZE = 100;
/** Reads of one refresh arrive within this time. */
const BATCH_WINDOW_MS = 10;
/** From this many reads on, the first page is fetched, which also returns the number of accounts. */
const MIN_READS_FOR_LIST = 3;

const readers = new WeakMap<Api, (clientId: number) => Promise<Client | undefined>>();

/**
 * One account, no older than the operation and the last change made through `api`: from a page of `GET /iam/clients`,
 * else by `GET /iam/clients/{clientId}`. A record from a page is used only when `accepts` it; an account that is on no
 * page may have moved between two pages while they were read, so it is read singly too.
 */
export async function readClient(api: Api, clientId: number, accepts: (client: Client) => boolean): Promise<Client> {
  const reader = readers.get(api) ?? pageReader(api);
  readers.set(api, reader);
  const listed = await reader(clientId);
  return listed && accepts(listed) ? listed : getClient(api, clientId);
}

function pageReader(api: Api) {
  let pages = new Pages(api);
  return async (clientId: number) => {
    if (pages.changesBefore !== api.changes()) pages = new Pages(api);
    const current = pages;
    current.reads++;
    if (!current.complete) await api.clock.sleep(BATCH_WINDOW_MS);
    // When the list cannot be read, the account is read singly.
    return current.get(clientId).catch(() => undefined);
  };
}

/** The pages of the list as of one time; fetched only when that takes fewer requests than single reads. */
class Pages {
  reads = 0;
  readonly changesBefore: number;
  /** Whether all pages are fetched, so that a read need not wait for others. */
  complete = false;
  private first: Promise<ClientPage> | undefined;
  private all: Promise<Map<number, Client>> | undefined;

  constructor(private readonly api: Api) {
    this.changesBefore = api.changes();
  }

  async get(clientId: number): Promise<Client | undefined> {
    if (this.reads < MIN_READS_FOR_LIST) return undefined;
    this.first ??= this.page(0);
    const first = await this.first;
    // All pages cost `count / PAGE_SIZE` requests, single reads one each.
    if (!this.all && this.reads < Math.ceil(first.count / PAGE_SIZE)) return undefined;
    this.all ??= this.rest(first);
    return (await this.all).get(clientId);
  }

  private async rest(first: ClientPage): Promise<Map<number, Client>> {
    const offsets = Array.from({ length: Math.ceil(first.count / PAGE_SIZE) - 1 }, (_, i) => (i + 1) * PAGE_SIZE);
    const pages = [first, ...(await Promise.all(offsets.map((offset) => this.page(offset))))];
    this.complete = true;
    return new Map(pages.flatMap(({ clients }) => clients).map((client) => [client.id, client]));
  }

  private page(offset: number): Promise<ClientPage> {
    return listClients(this.api, { limit: PAGE_SIZE, offset, ordering: "id" });
  }
}
