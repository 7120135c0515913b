import { z } from "zod";
import { UnreadableReplyError } from "./errors";
import type { Api } from "./transport";

/** Lists of the API. Some reply with a bare array, some with an object, some with either. */

/** Records that a page is asked for; a server may return fewer. */
export const PAGE_SIZE = 100;

/** A list: the path of its call, and the schema of one record. */
export interface List<T> {
  path: string;
  record: z.ZodType<T>;
}

/** Query of a list: the API's filters, and the page. */
export type Query = Record<string, string | number>;

export interface Page<T> {
  /** Number of records that match, on all pages; Infinity when the API does not return it. */
  count: number;
  records: T[];
  /** Number of records on this page that do not match the schema. */
  unreadable: number;
  /** What is wrong with the first of these. */
  problem?: string;
}

const records = z.array(z.unknown());
const count = z.int().default(Number.POSITIVE_INFINITY);
const listReply = z.union([
  records.transform((results) => ({ count: results.length, results })),
  z.object({ count, results: records }),
  z.object({ count, result: records }).transform(({ result, ...page }) => ({ ...page, results: result })),
]);

/** One page. An unreadable record is left out and counted; the others are returned. */
export async function getPage<T>(api: Api, { path, record }: List<T>, query: Query): Promise<Page<T>> {
  const { count, results } = await api.send({ method: "GET", path, query, reply: listReply });
  const parsed = results.map((result) => record.safeParse(result));
  const readable = parsed.flatMap(({ success, data }) => (success ? [data] : []));
  const [issue] = parsed.flatMap(({ error }) => error?.issues ?? []);
  const problem = issue && { problem: `${issue.path.join(".")}: ${issue.message}` };
  return { count, records: readable, unreadable: results.length - readable.length, ...problem };
}

/**
 * The records of all pages, each page read when it is needed. A record that moves to a later page meanwhile is returned once.
 * @throws {UnreadableReplyError} when a record cannot be read.
 */
export async function* pages<T extends { id: number }>(api: Api, list: List<T>, query: Query): AsyncGenerator<T[]> {
  const seen = new Set<number>();
  for (let offset = 0; ; ) {
    const page = await getReadablePage(api, list, query, offset);
    const unseen = page.records.filter(({ id }) => !seen.has(id));
    for (const { id } of unseen) seen.add(id);
    if (unseen.length > 0) yield unseen;
    offset += page.records.length;
    // A server that ignores the offset returns the same records for ever.
    if (unseen.length === 0 || offset >= page.count) return;
  }
}

/**
 * All records. The first reply returns their number; the other pages are then read at the same time.
 * @throws {UnreadableReplyError} when a record cannot be read.
 */
export async function getAll<T extends { id: number }>(api: Api, list: List<T>, query: Query): Promise<T[]> {
  const first = await getReadablePage(api, list, query, 0);
  const size = first.records.length;
  if (size === 0 || size >= first.count) return first.records;
  if (!Number.isFinite(first.count)) return collected(pages(api, list, query));
  const offsets = Array.from({ length: Math.ceil(first.count / size) - 1 }, (_, index) => (index + 1) * size);
  const others = await Promise.all(offsets.map((offset) => getReadablePage(api, list, query, offset)));
  const found = [first, ...others].flatMap((page) => page.records);
  return [...new Map(found.map((record) => [record.id, record])).values()];
}

async function collected<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}

async function getReadablePage<T>(api: Api, list: List<T>, query: Query, offset: number): Promise<Page<T>> {
  const page = await getPage(api, list, { ...query, limit: PAGE_SIZE, offset });
  if (page.unreadable > 0) throw unreadableRecord(list, page);
  return page;
}

/** Error for a page whose unreadable record could be the one in question. */
export const unreadableRecord = ({ path }: Pick<List<unknown>, "path">, { problem }: { problem?: string } = {}) =>
  new UnreadableReplyError(
    { method: "GET", path },
    200,
    `a record is not as documented${problem === undefined ? "" : ` (${problem})`}.`,
  );
