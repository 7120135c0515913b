import { z } from "zod";
import { flag, text } from "./fields";
import type { Api } from "./transport";

/** Availability of products, by default and for one client account (API tag "Products' availability"). */

const availabilities = z.array(z.object({ product_name: text, available: flag })).transform((products) =>
  // A product without a readable value is left out.
  products.flatMap(({ product_name, available }) =>
    product_name == null || available == null ? [] : [{ product_name, available }],
  ),
);

/** The same by the name of the product. */
export const byProduct = (products: z.output<typeof availabilities>): Record<string, boolean> =>
  Object.fromEntries(products.map(({ product_name, available }) => [product_name, available]));

/** Availability by product for accounts without a setting of their own: `GET /iam/products/availability/defaults`. */
export const getDefaultAvailability = (api: Api) =>
  api.send({ method: "GET", path: "/iam/products/availability/defaults", reply: availabilities });

/**
 * Sets the default of one product: `PATCH /iam/products/availability/defaults`. It applies at once to all accounts without a
 * setting of their own. A 403 names the products in use.
 */
export const setDefaultAvailability = (api: Api, product: string, available: boolean) =>
  api.send({
    method: "PATCH",
    path: "/iam/products/availability/defaults",
    body: { product_name: product, available },
    changes: "any",
  });

const path = (clientId: number) => `/iam/products/availability/clients/${clientId}`;

/**
 * Availability by product for the account, its own or the reseller's default:
 * `GET /iam/products/availability/clients/{clientId}`.
 */
export const getAvailability = (api: Api, clientId: number) =>
  api.send({ method: "GET", path: path(clientId), reply: availabilities });

/** Sets one product for this account only: `PATCH /iam/products/availability/clients/{clientId}`. A 403 names the products in use. */
export const setAvailability = (api: Api, clientId: number, product: string, available: boolean) =>
  api.send({ method: "PATCH", path: path(clientId), body: { product_name: product, available }, changes: clientId });

/** Resets products to the reseller's default: `DELETE /iam/products/availability/clients/{clientId}`. */
export const resetAvailability = (api: Api, clientId: number, products: string[]) =>
  api.send({ method: "DELETE", path: path(clientId), body: { product_names: products }, changes: clientId });
