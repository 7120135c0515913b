import { z } from "zod";
import { byProduct, getDefaultAvailability } from "../api/availability";
import { defineFunction, type FunctionOptions, type FunctionOutputOptions } from "../pulumi/functions";

const { plain, output } = defineFunction<object, Record<string, boolean>>({
  name: "getDefaultProductAvailability",
  schema: z.strictObject({}),
  call: async (api) => byProduct(await getDefaultAvailability(api)),
});

/**
 * Whether each product is available to accounts without a setting of their own:
 * `GET /iam/products/availability/defaults`, one request.
 *
 * @example
 * ```ts
 * const { CDN } = await gcore.getDefaultProductAvailability();
 * ```
 */
export const getDefaultProductAvailability = (opts?: FunctionOptions) => plain({}, opts);

/** {@link getDefaultProductAvailability} as an output, for `dependsOn` and for a provider whose settings are outputs. */
export const getDefaultProductAvailabilityOutput = (opts?: FunctionOutputOptions) => output({}, opts);
