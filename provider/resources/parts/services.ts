import { z } from "zod";
import { byProduct, getAvailability, resetAvailability, setAvailability } from "../../api/availability";
import type { Api } from "../../api/transport";
import type { Change } from "../../engine/define";
import { hasUnknown } from "../../engine/unknown";

/** The products that are available to a client account, as resources declare them. */

/** Gcore's products, by their API names. */
export const productNames = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"] as const;
export type ProductName = (typeof productNames)[number];

/** One product's availability for one client account. */
export interface Service {
  /** The product: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. */
  productName: ProductName;
  /** true: the client can activate it; false: the client cannot; null: the reseller's default. */
  available: boolean | null;
}

/**
 * A list of products, none twice.
 * @internal
 */
export const productList = <T extends z.ZodType<boolean | null>>(available: T) =>
  z
    .array(
      z.strictObject({ productName: z.enum(productNames, `must be one of ${productNames.join(", ")}`), available }),
    )
    // Reported together with the problems of single entries, not only after they are fixed.
    .refine((list) => duplicateProduct(list as Service[]) === undefined, {
      error: ({ input }) => `${duplicateProduct(input as Service[])} is listed twice`,
      when: ({ value }) => Array.isArray(value),
    });

/** @internal */
export const services = productList(z.boolean("must be true, false or null").nullable());

function duplicateProduct(list: readonly Partial<Service>[]): string | undefined {
  const names = list
    .map((service) => service?.productName)
    .filter((name) => typeof name === "string" && !hasUnknown(name));
  return names.find((name, i) => names.indexOf(name) < i);
}

/**
 * The availability by product, without order and defaults; null if all products have the default.
 * @internal
 */
export function personalAvailability(list: readonly Service[]): Record<string, boolean> | null {
  const entries = list.flatMap(({ productName, available }) =>
    available == null ? [] : [[productName, available] as const],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

/**
 * The current values of the declared services. The account's record lists the available products, so a request
 * (`GET /iam/products/availability/clients/{clientId}`) is made only if that list contradicts the declaration.
 * @internal
 */
export async function currentServices(
  api: Api,
  clientId: number,
  available: readonly string[],
  declared: readonly Service[],
) {
  const isCurrent = declared.every(
    (service) => service.available == null || service.available === available.includes(service.productName),
  );
  if (isCurrent) return [...declared];
  const now = byProduct(await getAvailability(api, clientId));
  return declared.map((service) =>
    service.available == null ? service : { ...service, available: now[service.productName] ?? service.available },
  );
}

/**
 * Services of which every declared one differs: personal settings look the same as defaults, so an adoption sets or resets
 * each declared product.
 * @internal
 */
export const oppositeServices = (declared: readonly Service[]): Service[] =>
  declared.map(({ productName, available }) => ({ productName, available: available === null || !available }));

/**
 * Changes the availability from the old list to the new one, by `/iam/products/availability/clients/{clientId}`: one DELETE
 * for all products that are reset to the default, a PATCH for each that is set. Calls `reached` after each request with the
 * services that are now in place.
 * @internal
 */
export async function changeServices(
  api: Api,
  { olds, news }: Change<{ services?: readonly Service[] }, { client: number }>,
  reached: (inputs: { services: Service[] }) => void,
) {
  const { client } = olds;
  const [current, desired] = [
    personalAvailability(olds.services ?? []) ?? {},
    personalAvailability(news.services ?? []) ?? {},
  ];
  const reportReached = () =>
    reached({
      services: Object.entries(current).map(([name, available]) => ({ productName: name, available }) as Service),
    });
  const toDefault = Object.keys(current).filter((product) => !(product in desired));
  if (toDefault.length > 0) {
    await resetAvailability(api, client, toDefault);
    for (const product of toDefault) delete current[product];
    reportReached();
  }
  for (const [product, available] of Object.entries(desired)) {
    if (current[product] === available) continue;
    await setAvailability(api, client, product, available);
    current[product] = available;
    reportReached();
  }
}
