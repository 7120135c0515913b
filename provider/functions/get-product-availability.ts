import { z } from "zod";
import { byProduct, getAvailability } from "../api/availability";
import * as inputs from "../engine/inputs";
import { defineFunction } from "../pulumi/functions";
import { ofClient } from "./parts/lookup";

/** Arguments of {@link getProductAvailability}. */
export interface GetProductAvailabilityArgs {
  /** ID of the client account. */
  client: number;
}

const { plain, output } = defineFunction<GetProductAvailabilityArgs, Record<string, boolean>>({
  name: "getProductAvailability",
  schema: z.strictObject({ client: inputs.id("a client account's ID") }),
  call: async (api, { client }) => byProduct(await ofClient(api, client, getAvailability(api, client))),
});

/**
 * Whether each product is available to a client account, by its own setting or the reseller's default:
 * `GET /iam/products/availability/clients/{clientId}`, one request.
 *
 * @example
 * ```ts
 * const { CDN } = await gcore.getProductAvailability({ client: 7 });
 * ```
 * @throws if there is no such account.
 */
export const getProductAvailability = plain;

/** {@link getProductAvailability} with arguments that may be outputs; unknown while one of them is. */
export const getProductAvailabilityOutput = output;
