import { Hono } from "hono";
import type { Env } from "../env";
import { invalid, jsonBody, notFound } from "../http";
import { callingReseller, ownClient } from "./authentication";
import { clientRecords, oneClient } from "./client-records";
import { checkCustomId } from "./custom-id";
import { listReply } from "./pages";
import { UpdateClient } from "./schemas";

/** `/iam/clients`: a reseller's view of its client accounts. */
export const clients = new Hono<Env>();

clients.get("/clients", (c) => {
  const reseller = callingReseller(c);
  return listReply(c, reseller, c.get("store").clientList, (rows) => clientRecords(c, reseller, rows));
});

clients.get("/clients/:client{-?[0-9]+}", (c) => {
  return c.json(oneClient(c, ownClient(c, Number(c.req.param("client")))));
});

clients.patch("/clients/:client{-?[0-9]+}", (c) => {
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
  return c.json(oneClient(c, changed));
});
