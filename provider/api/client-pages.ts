import { type Client, type ClientPage, getClient, listClients } from "./clients";
import type { Api } from "./transport";

/**
 * Reads of client accounts that come together, answered from pages of the list when that takes fewer requests: a whole
 * stack's refresh in a few, one user of a reseller with thousands of accounts in one.
 */

const PAGE = 100;
/** Reads of one refresh arrive within this time of each other. */
const GATHER_MS = 10;
/** So many reads are worth the look at how many pages there are. */
const WORTH_A_LOOK = 3;

const readers = new WeakMap<Api, (clientId: number) => Promise<Client | undefined>>();

/**
 * One account as it stands, at most as old as the operation and as the last change made through `api`: from a page of
 * `GET /iam/clients`, else by `GET /iam/clients/{clientId}`. What a page shows is only taken when `believed`; what pages
 * do not show may have moved between them, so it is asked for singly too.
 */
export async function readClient(api: Api, clientId: number, believed: (client: Client) => boolean): Promise<Client> {
  const reader = readers.get(api) ?? pageReader(api);
  readers.set(api, reader);
  const shown = await reader(clientId);
  return shown && believed(shown) ? shown : getClient(api, clientId);
}

function pageReader(api: Api) {
  let pages = new Pages(api);
  return async (clientId: number) => {
    if (pages.changesBefore !== api.changes()) pages = new Pages(api);
    const current = pages;
    current.reads++;
    if (!current.complete) await api.clock.sleep(GATHER_MS);
    // A list that cannot be read says nothing.
    return current.get(clientId).catch(() => undefined);
  };
}

/** The list as it stood at one time, fetched no sooner and no further than it pays. */
class Pages {
  reads = 0;
  readonly changesBefore: number;
  /** Whether all pages are there, so that no read need wait for others. */
  complete = false;
  private first: Promise<ClientPage> | undefined;
  private all: Promise<Map<number, Client>> | undefined;

  constructor(private readonly api: Api) {
    this.changesBefore = api.changes();
  }

  async get(clientId: number): Promise<Client | undefined> {
    if (this.reads < WORTH_A_LOOK) return undefined;
    this.first ??= this.page(0);
    const first = await this.first;
    // All pages cost `count / PAGE` requests, single reads one each: whichever so many reads have made the better deal.
    if (!this.all && this.reads < Math.ceil(first.count / PAGE)) return undefined;
    this.all ??= this.rest(first);
    return (await this.all).get(clientId);
  }

  private async rest(first: ClientPage): Promise<Map<number, Client>> {
    const offsets = Array.from({ length: Math.ceil(first.count / PAGE) - 1 }, (_, i) => (i + 1) * PAGE);
    const pages = [first, ...(await Promise.all(offsets.map((offset) => this.page(offset))))];
    this.complete = true;
    return new Map(pages.flatMap(({ clients }) => clients).map((client) => [client.id, client]));
  }

  private page(offset: number): Promise<ClientPage> {
    return listClients(this.api, { limit: PAGE, offset, ordering: "id" });
  }
}
