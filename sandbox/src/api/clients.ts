import { Hono } from "hono";
import type { Env } from "../env";
import { check, invalid, jsonBody, notFound } from "../http";
import { ListParameters } from "../store/client-list";
import { callingReseller, ownClient } from "./authentication";
import { checkCustomId } from "./custom-id";
import { clientRecords, oneClient } from "./records";
import { UpdateClient } from "./schemas";

/** `/iam/clients`: a reseller's view of its client accounts. */
export const clients = new Hono<Env>();

clients.get("/clients", (c) => {
  const reseller = callingReseller(c);
  const query = new URL(c.req.url).searchParams;
  c.set(
    "unknownQuery",
    [...query.keys()].filter((name) => !Object.hasOwn(ListParameters.shape, name)),
  );
  const parameters = check(ListParameters, Object.fromEntries(query));
  const store = c.get("store");
  const list = store.clientList.query(reseller, parameters);
  const offset = parameters.offset ?? 0;
  const { maxPageSize } = c.get("assumptions");
  const limit = parameters.limit && Math.min(parameters.limit, maxPageSize ?? parameters.limit);
  const rows = (count?: number) =>
    store.clientList.rows(list, { limit: count ?? -1, offset: Math.max(0, offset + c.get("pageShift")) });

  if (limit === undefined) return c.json(clientRecords(store, reseller, rows()));

  const count = store.clientList.count(list);
  const link = (start: number) => {
    query.set("limit", String(limit));
    query.set("offset", String(start));
    return `/iam/clients?${query}`;
  };
  return c.json({
    count,
    ...(offset + limit < count ? { next: link(offset + limit) } : {}),
    ...(offset > 0 ? { previous: link(Math.max(0, offset - limit)) } : {}),
    results: clientRecords(store, reseller, rows(limit)),
  });
});

clients.get("/clients/:client{[0-9]+}", (c) => {
  return c.json(oneClient(c.get("store"), ownClient(c, Number(c.req.param("client")))));
});

clients.patch("/clients/:client{[0-9]+}", (c) => {
  const client = ownClient(c, Number(c.req.param("client")));
  const { companyName, is_test, reseller, ...changes } = jsonBody(c, UpdateClient);
  checkCustomId(c, changes.custom_id);
  const { accounts } = c.get("store");
  if (reseller !== undefined && reseller !== client.reseller) {
    throw invalid("reseller", "An account cannot move to another reseller.");
  }
  if (typeof changes.seller === "number" && !accounts.hasSeller(client.reseller, changes.seller)) {
    throw invalid("seller", "Seller does not exist.");
  }
  accounts.updateClient(client.id, {
    ...changes,
    company: companyName,
    is_test: is_test === undefined ? undefined : Number(is_test),
  });
  const changed = accounts.client(client.id);
  if (changed === undefined) throw notFound();
  return c.json(oneClient(c.get("store"), changed));
});
