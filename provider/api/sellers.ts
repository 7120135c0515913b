import { z } from "zod";
import { flag, id, text } from "./fields";
import { getAll, type List, type Query } from "./pages";
import type { Api } from "./transport";

/** The reseller's own sellers, who look after client accounts (API tag "Sellers"). */

/** A seller; only `id` is required. */
const seller = z.object({
  id,
  email: text,
  full_name: text,
  phone: text,
  reseller_name: text,
  company: text,
  date_joined: text,
  activated: flag,
  deleted: flag,
});
export type Seller = z.output<typeof seller>;

/** Body of {@link createSeller} and {@link updateSeller}. The API requires email and name for both. */
export interface SellerFields {
  email: string;
  full_name: string;
  phone?: string;
}

const path = (sellerId: number) => `/iam/admin/sellers/${sellerId}`;
const sellerList: List<Seller> = { path: "/iam/admin/sellers", record: seller };

/**
 * Creates a seller, who gets an invitation by email: `POST /iam/admin/sellers`. Not idempotent: sent again only when surely
 * not executed.
 */
export const createSeller = (api: Api, body: SellerFields) =>
  api.send({ method: "POST", path: "/iam/admin/sellers", body, changes: "none", reply: seller });

/**
 * All sellers that match the filters, on all pages: `GET /iam/admin/sellers`. Deleted ones are among them unless the filter
 * `deleted` is "false".
 * @throws {UnreadableReplyError} when a record cannot be read, since it could be the seller in question.
 */
export const listSellers = (api: Api, filters: Query): Promise<Seller[]> =>
  getAll(api, sellerList, { ...filters, ordering: "id" });

/**
 * One seller: `GET /iam/admin/sellers/{sellerId}`.
 * @throws {UnreadableReplyError} when the reply is about another seller.
 */
export const getSeller = (api: Api, sellerId: number) =>
  api.send({
    method: "GET",
    path: path(sellerId),
    reply: seller.refine(({ id }) => id === sellerId, { path: ["id"], error: "is of another seller" }),
  });

/** Changes a seller: `PATCH /iam/admin/sellers/{sellerId}`. No account record shows more of a seller than the ID. */
export const updateSeller = (api: Api, sellerId: number, body: SellerFields) =>
  api.send({ method: "PATCH", path: path(sellerId), body, changes: "none", reply: seller });

/** Deletes a seller, whose accounts then have none: `DELETE /iam/admin/sellers/{sellerId}`. */
export const deleteSeller = (api: Api, sellerId: number) =>
  api.send({ method: "DELETE", path: path(sellerId), changes: "any" });
