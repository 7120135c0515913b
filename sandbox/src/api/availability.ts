import { Hono } from "hono";
import type { Env } from "../env";
import { jsonBody, Refusal } from "../http";
import type { Store } from "../store";
import { statusesInUse } from "../store/services";
import { callingReseller, ownClient } from "./authentication";
import { type ProductName, ResetAvailability, SetAvailability } from "./schemas";

/** `/iam/products/availability`: which products clients may activate. */
export const availability = new Hono<Env>();

availability.get("/products/availability/defaults", (c) => {
  return c.json(c.get("store").products.defaults(callingReseller(c)));
});

availability.patch("/products/availability/defaults", (c) => {
  const reseller = callingReseller(c);
  const { product_name, available } = jsonBody(c, SetAvailability);
  const store = c.get("store");
  if (!available) refuseInUse(store, store.products.followers(reseller, product_name), [product_name]);
  store.products.setDefault(reseller, product_name, available);
  return c.json({ product_name, available });
});

availability.get("/products/availability/clients/:client{-?[0-9]+}", (c) => {
  const client = ownClient(c, Number(c.req.param("client")));
  return c.json(c.get("store").products.of(client.id, client.reseller));
});

availability.patch("/products/availability/clients/:client{-?[0-9]+}", (c) => {
  const client = ownClient(c, Number(c.req.param("client")));
  const { product_name, available } = jsonBody(c, SetAvailability);
  const store = c.get("store");
  if (!available) refuseInUse(store, [client.id], [product_name]);
  store.products.set(client.id, product_name, available);
  return c.json({ product_name, available });
});

availability.delete("/products/availability/clients/:client{-?[0-9]+}", (c) => {
  const client = ownClient(c, Number(c.req.param("client")));
  const { product_names } = jsonBody(c, ResetAvailability);
  const store = c.get("store");
  const unavailable = store.products
    .defaults(client.reseller)
    .filter((product) => !product.available && product_names.includes(product.product_name))
    .map((product) => product.product_name);
  refuseInUse(store, [client.id], unavailable);
  store.products.clear(client.id, product_names);
  return c.body(null, 204);
});

/** Products whose services are in use cannot be made unavailable. */
function refuseInUse(store: Store, clients: readonly number[], products: readonly ProductName[]): void {
  const found = store.services.inUse(clients, products);
  if (statusesInUse.every((status) => found[status].length === 0)) return;
  throw new Refusal(403, { message: "Services of these products are in use.", ...found });
}
