import { z } from "zod";
import { getAvailability, resetAvailability, setAvailability } from "../../api/availability";
import type { Api } from "../../api/transport";
import { hasUnknown } from "../../engine/unknowns";

/** The products that a client account may use, as resources declare them. */

/** Gcore's products, by their API names. */
export const productNames = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"] as const;

/** One product's availability for one client account. */
export interface Service {
  /** The product: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. */
  productName: (typeof productNames)[number];
  /** true: the client may activate it; false: he may not; null: as the reseller's default says. */
  available: boolean | null;
}

/** @internal */
export const services = z
  .array(
    z.strictObject({
      productName: z.enum(productNames, `must be one of ${productNames.join(", ")}`),
      available: z.boolean("must be true, false or null").nullable(),
    }),
  )
  // Told together with what is wrong with single entries, not only once they are right.
  .refine((list) => twice(list) === undefined, {
    error: ({ input }) => `${twice(input as Service[])} is listed twice`,
    when: ({ value }) => Array.isArray(value),
  });

function twice(list: readonly Partial<Service>[]): string | undefined {
  const names = list
    .map((service) => service?.productName)
    .filter((name) => typeof name === "string" && !hasUnknown(name));
  return names.find((name, i) => names.indexOf(name) < i);
}

/**
 * Order and defaults mean nothing: what is left is the personal availability by product.
 * @internal
 */
export function personal(list: readonly Service[]): Record<string, boolean> | null {
  const set = list.flatMap(({ productName, available }) =>
    available == null ? [] : [[productName, available] as const],
  );
  return set.length > 0 ? Object.fromEntries(set) : null;
}

/**
 * The declared services as they stand. The account's record lists the products available now, so it takes a request of
 * its own only when that list speaks against the declaration.
 * @internal
 */
export async function servicesNow(
  api: Api,
  clientId: number,
  available: readonly string[],
  declared: readonly Service[],
) {
  const agrees = declared.every(
    (service) => service.available == null || service.available === available.includes(service.productName),
  );
  if (agrees) return [...declared];
  const now = new Map(
    (await getAvailability(api, clientId)).map((product) => [product.product_name, product.available]),
  );
  return declared.map((service) =>
    service.available == null ? service : { ...service, available: now.get(service.productName) ?? service.available },
  );
}

/**
 * The calls from one list to the other: a PATCH for each product that is set, one DELETE for all that go back to default.
 * `reached` is told what stands after each.
 * @internal
 */
export async function changeServices(
  api: Api,
  clientId: number,
  lists: { olds: readonly Service[] | undefined; news: readonly Service[] | undefined },
  reached: (services: Service[]) => void,
) {
  const [now, after] = [personal(lists.olds ?? []) ?? {}, personal(lists.news ?? []) ?? {}];
  const done = () =>
    reached(Object.entries(now).map(([name, available]) => ({ productName: name, available }) as Service));
  const toDefault = Object.keys(now).filter((product) => !(product in after));
  if (toDefault.length > 0) {
    await resetAvailability(api, clientId, toDefault);
    for (const product of toDefault) delete now[product];
    done();
  }
  for (const [product, available] of Object.entries(after)) {
    if (now[product] === available) continue;
    await setAvailability(api, clientId, product, available);
    now[product] = available;
    done();
  }
}
