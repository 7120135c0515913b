import { z } from "zod";
import { byProduct, getDefaultAvailability, setDefaultAvailability } from "../api/availability";
import { getResellerId, resellerIdOf } from "../api/reseller";
import type { Api } from "../api/transport";
import { type Change, defineResource } from "../engine/define";
import * as validators from "../engine/inputs";
import { knownReseller } from "./parts/reseller";
import { personalAvailability, productList, type Service } from "./parts/services";

/** One product's default availability. */
export interface DefaultProduct {
  /** The product: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. */
  productName: Service["productName"];
  /** Whether clients without a setting of their own can activate it. */
  available: boolean;
}

/** Inputs of the default availability of products. */
export interface DefaultProductAvailabilityInputs {
  /**
   * The products that are managed, in any order; others are left alone. Changed in place, and at once for all accounts
   * without a setting of their own. Removed from the list: left as it is.
   */
  products: readonly DefaultProduct[];
  /**
   * Whether destroy restores what `before` says; else it leaves everything as it is. It counts once an `up` has stored it in
   * state. Default: false.
   */
  restoreOnDestroy?: boolean;
}

/** Outputs, which only the API sets. The resource's `id` is `"default"`. */
export interface DefaultProductAvailabilityOutputs {
  /** ID of the reseller whose setting it is. A key of another reseller is refused. */
  reseller: number;
  /**
   * Availability by product before this resource managed it. If `up` was killed right after the first change, it is what that
   * change has set.
   */
  before?: Record<string, boolean>;
}

const schema = z.strictObject({
  products: productList(z.boolean("must be true or false")).min(1, "must list a product"),
  restoreOnDestroy: validators.flag.nullish(),
});
const outputs = z.object({ reseller: z.number(), before: z.record(z.string(), z.boolean()).optional() });

type Availability = Record<string, boolean>;
const declaredAvailability = (products: readonly DefaultProduct[]): Availability =>
  personalAvailability(products) ?? {};
const listOf = (availability: Availability) =>
  Object.entries(availability).map(([productName, available]) => ({ productName, available }) as DefaultProduct);
const only = (availability: Availability, products: readonly DefaultProduct[]): Availability =>
  Object.fromEntries(
    Object.entries(availability).filter(([name]) => products.some(({ productName }) => productName === name)),
  );

const currentDefaults = async (api: Api): Promise<Availability> => byProduct(await getDefaultAvailability(api));

/**
 * Sets the products that differ, each by a `PATCH /iam/products/availability/defaults`. Those to be available come first, so
 * that no refusal of another one stands in their way.
 */
async function setDefaults(
  api: Api,
  current: Availability,
  desired: Availability,
  reached?: (now: Availability) => void,
) {
  const differing = Object.entries(desired).filter(([product, available]) => current[product] !== available);
  let now = current;
  for (const [product, available] of differing.sort(([, a], [, b]) => Number(b) - Number(a))) {
    await setDefaultAvailability(api, product, available);
    now = { ...now, [product]: available };
    reached?.(now);
  }
}

type Inputs = DefaultProductAvailabilityInputs;
type Outputs = DefaultProductAvailabilityOutputs;

async function changeDefaults(
  api: Api,
  { olds, news: { products } }: Change<Inputs, Outputs>,
  reached: (now: Partial<Inputs & Outputs>) => void,
) {
  const known = declaredAvailability(olds.products ?? []);
  // A product that was not managed is not in state.
  const current = products.every(({ productName }) => productName in known) ? known : await currentDefaults(api);
  const before = only({ ...current, ...olds.before }, products);
  await setDefaults(api, current, declaredAvailability(products), (now) =>
    reached({ products: listOf(only(now, products)), before }),
  );
  reached({ before });
}

const describe = ({ products = [] }: Partial<Inputs>) =>
  `the default availability of ${products.map(({ productName }) => productName).join(", ")}`;

/** @internal */
export const defaultProductAvailability = defineResource<Inputs, Outputs>({
  kind: "DefaultProductAvailability",
  noun: "default availability of products",
  shape: "given",
  inputs: schema,
  outputs,
  key: [],
  id: { pattern: /^default$/, form: '"default"' },
  fromId: {},
  // One for each reseller, and so for each process.
  exclusive: () => "default availability",
  isResellerSetting: true,
  normalize: { products: personalAvailability, restoreOnDestroy: validators.absentIf(false) },
  describe,
  deletion: "leaves the defaults as they are, or restores them if restoreOnDestroy is set",
  remains: (state) => (state.restoreOnDestroy ? undefined : describe(state)),

  async find(api, { products }) {
    const reseller = await knownReseller(api);
    const before = only(await currentDefaults(api), products);
    return { id: "default", inputs: { products: listOf(before) }, outputs: { reseller, before } };
  },
  async read(api, id, { products }) {
    const reseller = resellerIdOf(await getResellerId(api));
    const current = await currentDefaults(api);
    // One that Gcore does not show is no drift.
    const shown = products ? only({ ...declaredAvailability(products), ...current }, products) : current;
    return { id, inputs: { products: listOf(shown) }, outputs: { ...(reseller !== undefined && { reseller }) } };
  },
  changes: [{ properties: ["products"], call: "PATCH /iam/products/availability/defaults", apply: changeDefaults }],
  async release(api, { before = {}, restoreOnDestroy }) {
    if (restoreOnDestroy) await setDefaults(api, await currentDefaults(api), before);
  },
  docs: {
    asOfCreation: ["before"],
    permissions: "The reseller's API key.",
    limits:
      "One for each reseller. A product that an account without a setting of its own uses (trial, activating or active) cannot " +
      "become unavailable: the error names what is in use. At least one client account must exist, since only accounts show " +
      "the reseller.",
  },
});
