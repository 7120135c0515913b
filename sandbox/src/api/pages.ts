import type { Context } from "hono";
import type { Env } from "../env";
import { check } from "../http";
import type { List, ListParameters } from "../store/list";

/** A list as the API returns it: a bare array without `limit` unless the list has a default for it, else a page. */
export function listReply<Row>(
  c: Context<Env>,
  reseller: number,
  list: List<Row>,
  records: (rows: readonly Row[]) => unknown[],
  defaultLimit?: number,
) {
  const { pathname, searchParams: query } = new URL(c.req.url);
  c.set(
    "unknownQuery",
    [...query.keys()].filter((name) => !Object.hasOwn(list.parameters.shape, name)),
  );
  const parameters: ListParameters = check(list.parameters, Object.fromEntries(query));
  const found = list.query(reseller, parameters);
  const { offset = 0 } = parameters;
  const { maxPageSize } = c.get("assumptions");
  const asked = parameters.limit ?? defaultLimit;
  const limit = asked && Math.min(asked, maxPageSize ?? asked);
  const rows = (count?: number) =>
    list.rows(found, { limit: count ?? -1, offset: Math.max(0, offset + c.get("pageShift")) });

  if (limit === undefined) return c.json(records(rows()));

  const count = list.count(found);
  const link = (start: number) => {
    query.set("limit", String(limit));
    query.set("offset", String(start));
    return `${pathname}?${query}`;
  };
  return c.json({
    count,
    ...(offset + limit < count ? { next: link(offset + limit) } : {}),
    ...(offset > 0 ? { previous: link(Math.max(0, offset - limit)) } : {}),
    results: records(rows(limit)),
  });
}
