import { z } from "zod";
import type { Api } from "./transport";

/** Availability of products for a client account (API tag "Products' availability"). */

const availability = z.object({ product_name: z.string(), available: z.boolean() });

const path = (clientId: number) => `/iam/products/availability/clients/${clientId}`;

/** Availability of every product for the account, its own or the reseller's default: `GET /iam/products/availability/clients/{clientId}`. */
export const getAvailability = (api: Api, clientId: number) =>
  api.send({ method: "GET", path: path(clientId), reply: z.array(availability) });

/** Sets one product for this account only: `PATCH /iam/products/availability/clients/{clientId}`. A 403 names the products in use. */
export const setAvailability = (api: Api, clientId: number, product: string, available: boolean) =>
  api.send({ method: "PATCH", path: path(clientId), body: { product_name: product, available } });

/** Resets products to the reseller's default: `DELETE /iam/products/availability/clients/{clientId}`. */
export const resetAvailability = (api: Api, clientId: number, products: string[]) =>
  api.send({ method: "DELETE", path: path(clientId), body: { product_names: products } });
