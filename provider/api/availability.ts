import { z } from "zod";
import { informational } from "./fields";
import type { Api } from "./transport";

/** Availability of products for a client account (API tag "Products' availability"). */

const availability = z.object({
  product_name: informational(z.string()),
  available: informational(z.boolean()),
});

const path = (clientId: number) => `/iam/products/availability/clients/${clientId}`;

/**
 * Availability by product for the account, its own or the reseller's default:
 * `GET /iam/products/availability/clients/{clientId}`. A product without a readable value is left out.
 */
export async function getAvailability(api: Api, clientId: number) {
  const products = await api.send({ method: "GET", path: path(clientId), reply: z.array(availability) });
  return products.flatMap(({ product_name, available }) =>
    product_name == null || available == null ? [] : [{ product_name, available }],
  );
}

/** Sets one product for this account only: `PATCH /iam/products/availability/clients/{clientId}`. A 403 names the products in use. */
export const setAvailability = (api: Api, clientId: number, product: string, available: boolean) =>
  api.send({ method: "PATCH", path: path(clientId), body: { product_name: product, available }, changes: clientId });

/** Resets products to the reseller's default: `DELETE /iam/products/availability/clients/{clientId}`. */
export const resetAvailability = (api: Api, clientId: number, products: string[]) =>
  api.send({ method: "DELETE", path: path(clientId), body: { product_names: products }, changes: clientId });
