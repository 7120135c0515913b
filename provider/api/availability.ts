import { z } from "zod";
import type { Api } from "./transport";

/** Which products a client account may use (API tag "Products' availability"). */

const availability = z.object({ product_name: z.string(), available: z.boolean() });

const path = (clientId: number) => `/iam/products/availability/clients/${clientId}`;

/** Every product as it stands for the account, personal or by default: `GET /iam/products/availability/clients/{clientId}`. */
export const getAvailability = (api: Api, clientId: number) =>
  api.send({ method: "GET", path: path(clientId), reply: z.array(availability) });

/** Sets one product for this account alone: `PATCH /iam/products/availability/clients/{clientId}`. 403 names products in use. */
export const setAvailability = (api: Api, clientId: number, product: string, available: boolean) =>
  api.send({ method: "PATCH", path: path(clientId), body: { product_name: product, available } });

/** Puts products back to the reseller's default: `DELETE /iam/products/availability/clients/{clientId}`. */
export const resetAvailability = (api: Api, clientId: number, products: string[]) =>
  api.send({ method: "DELETE", path: path(clientId), body: { product_names: products } });
