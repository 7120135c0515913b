import type { Changes } from "./changes";
import { type Client, getClient, listClients } from "./clients";
import { PAGE_SIZE, type Page } from "./pages";
import type { Api } from "./transport";

/**
 * Reads of many client accounts at about the same time, served from pages of the list when that takes fewer requests:
 * a refresh or destroy of a whole stack takes a few requests, a read of one user takes one however many accounts the
 * reseller has. The setting `listSeller` limits the pages to the accounts of one seller.
 */

/** Reads of one refresh arrive within this time. */
const BATCH_WINDOW_MS = 10;
/** From this many reads on, the first page is fetched, which also returns the number of accounts. */
const MIN_READS_FOR_LIST = 3;
/** Up to this many pages, they are all fetched at once. */
const MAX_PAGES_AT_ONCE = 20;
/** Beyond, they are fetched once there are this many reads for each page. */
const MIN_READS_PER_PAGE = 0.25;
/** A page older than this is read again. */
const MAX_PAGE_AGE_MS = 60_000;

/** By the object that all copies of an {@link Api} share. */
const listings = new WeakMap<Changes, Listing>();

/**
 * One account, at most 60 s old and no older than the last change made through `api`: from a page of `GET /iam/clients`,
 * else by `GET /iam/clients/{clientId}`. A record from a page is used only when `accepts` it; an account that is on no
 * page may have moved between two pages while they were read, or have another seller than `listSeller`, so it is read
 * singly too.
 */
export async function readClient(api: Api, clientId: number, accepts: (client: Client) => boolean): Promise<Client> {
  const listing = listings.get(api.changes) ?? new Listing();
  listings.set(api.changes, listing);
  // When the list cannot be read, the account is read singly.
  const listed = await listing.read(api, clientId).catch(() => undefined);
  if (listed && accepts(listed)) return listed;
  // A reply to a read during a change may show the account as it was before.
  await api.changes.settled(clientId);
  return getClient(api, clientId);
}

/** One page of the list, and when it was requested. */
interface RequestedPage {
  requestedAt: number;
  /** The same moment as `api.changes` counts it. */
  since: number;
  content: Promise<Page<Client>>;
}

/** The list of accounts, as far as its pages have been fetched. */
class Listing {
  private reads = 0;
  private readonly pages: RequestedPage[] = [];
  private readonly pageOf = new Map<number, number>();
  /** Number of pages, learnt from the first one: a server may return fewer accounts than it is asked for. */
  private pageCount: number | undefined;
  private pageSize = PAGE_SIZE;
  private isComplete = false;

  /** The account as a page has it; undefined when no page has it, or when single reads take fewer requests. */
  async read(api: Api, clientId: number): Promise<Client | undefined> {
    this.reads++;
    const oldest = api.clock.now() - MAX_PAGE_AGE_MS;
    if (!this.isComplete) {
      await api.clock.sleep(BATCH_WINDOW_MS);
      if (this.reads < MIN_READS_FOR_LIST) return undefined;
      const count = this.pageCount ?? (await this.learnPageCount(api, oldest));
      if (count > MAX_PAGES_AT_ONCE && this.reads < MIN_READS_PER_PAGE * count) return undefined;
      await Promise.allSettled(Array.from({ length: count }, (_, index) => this.page(api, index, oldest).content));
      this.isComplete = true;
    }
    const index = this.pageOf.get(clientId);
    if (index === undefined) return undefined;
    const page = this.page(api, index, oldest);
    const { records } = await page.content;
    return api.changes.isCurrent(clientId, page.since) ? records.find(({ id }) => id === clientId) : undefined;
  }

  private async learnPageCount(api: Api, oldest: number): Promise<number> {
    const { count, records, unreadable } = await this.page(api, 0, oldest).content;
    const size = records.length + unreadable;
    this.pageSize = size;
    this.pageCount = size === 0 ? Number.POSITIVE_INFINITY : Math.ceil(count / size);
    return this.pageCount;
  }

  /** A page that was requested at `oldest` or later. */
  private page(api: Api, index: number, oldest: number): RequestedPage {
    const known = this.pages[index];
    if (known && known.requestedAt >= oldest) return known;
    const page = { requestedAt: api.clock.now(), since: api.changes.now(), content: this.fetch(api, index) };
    this.pages[index] = page;
    return page;
  }

  private async fetch(api: Api, index: number): Promise<Page<Client>> {
    const { listSeller } = api.settings;
    const filter = listSeller === undefined ? {} : { seller_id: listSeller };
    const query = { ...filter, limit: PAGE_SIZE, offset: index * this.pageSize, ordering: "id" };
    const page = await listClients(api, query);
    for (const { id } of page.records) this.pageOf.set(id, index);
    return page;
  }
}
