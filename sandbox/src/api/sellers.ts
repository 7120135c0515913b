import { type Context, Hono } from "hono";
import type { Env } from "../env";
import { jsonBody, notFound, Refusal } from "../http";
import { resellerName, type SellerRow } from "../store/sellers";
import type { Assumptions } from "./assumptions";
import { callingReseller } from "./authentication";
import { isEmailInUse } from "./email-in-use";
import { listReply } from "./pages";
import { isoTime } from "./records";
import { NewSeller } from "./schemas";

/** `/iam/admin/sellers`: the sellers of a reseller. */
export const sellers = new Hono<Env>();

sellers.post("/admin/sellers", (c) => {
  const reseller = callingReseller(c);
  const request = jsonBody(c, NewSeller);
  refuseEmailInUse(c, request.email, {});
  const store = c.get("store");
  return reply(c, store.sellers.create(reseller, request));
});

sellers.get("/admin/sellers", (c) => {
  const reseller = callingReseller(c);
  const assumptions = c.get("assumptions");
  const list = c.get("store").sellers.list(assumptions.sellerEmailFilter);
  return listReply(c, reseller, list, (rows) => rows.map((row) => sellerRecord(row, assumptions)));
});

sellers.get("/admin/sellers/:seller{-?[0-9]+}", (c) => reply(c, ownSeller(c).id));

// A deleted seller can be read, and neither be changed nor deleted again.
sellers.patch("/admin/sellers/:seller{-?[0-9]+}", (c) => {
  const seller = ownSeller(c);
  if (seller.deleted === 1) throw notFound();
  const changes = jsonBody(c, NewSeller);
  refuseEmailInUse(c, changes.email, { seller: seller.id });
  c.get("store").sellers.update(seller.id, changes);
  return reply(c, seller.id);
});

sellers.delete("/admin/sellers/:seller{-?[0-9]+}", (c) => {
  const seller = ownSeller(c);
  if (seller.deleted === 1) throw notFound();
  c.get("store").sellers.delete(seller.id);
  return c.body(null, 204);
});

/** A seller of the calling reseller; 404 if there is none, or if it belongs to another reseller. */
function ownSeller(c: Context<Env>): SellerRow {
  const reseller = callingReseller(c);
  const seller = c.get("store").sellers.get(Number(c.req.param("seller")));
  if (seller?.reseller !== reseller) throw notFound();
  return seller;
}

function refuseEmailInUse(c: Context<Env>, email: string, except: { seller?: number }): void {
  const { uniqueSellerEmail, duplicateEmailStatus } = c.get("assumptions");
  if (!uniqueSellerEmail || !isEmailInUse(c, email, except)) return;
  const errors = { email: ["A user with this email address already exists."] };
  throw new Refusal(duplicateEmailStatus, { errors });
}

function reply(c: Context<Env>, id: number) {
  const seller = c.get("store").sellers.get(id);
  if (seller === undefined) throw notFound();
  return c.json(sellerRecord(seller, c.get("assumptions")));
}

function sellerRecord(seller: SellerRow, { sellerDateJoined }: Assumptions) {
  const joined = isoTime(seller.date_joined);
  return {
    id: seller.id,
    email: seller.email,
    full_name: seller.full_name,
    ...(seller.phone === null ? {} : { phone: seller.phone }),
    reseller_name: resellerName(seller.reseller),
    company: resellerName(seller.reseller),
    date_joined: sellerDateJoined === "iso" ? joined : joined.slice(0, 10).split("-").reverse().join("."),
    activated: seller.activated === 1,
    deleted: seller.deleted === 1,
  };
}
