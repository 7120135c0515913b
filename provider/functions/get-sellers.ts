import { z } from "zod";
import { listSellers } from "../api/sellers";
import * as inputs from "../engine/inputs";
import { defineFunction, type FunctionOptions, type FunctionOutputOptions, type OutputArgs } from "../pulumi/functions";
import { queryOf } from "./parts/query";
import { type GetSellerResult, sellerResult } from "./parts/seller";

/** Filters of {@link getSellers}. Without any: all sellers, deleted ones too. */
export interface GetSellersArgs {
  /** Email address. */
  email?: string | undefined;
  /** Full name. */
  fullName?: string | undefined;
  /** Whether the invitation was accepted. */
  activated?: boolean | undefined;
  /** true: only deleted sellers; false: only others. */
  deleted?: boolean | undefined;
  /** Name of the reseller. */
  resellerName?: string | undefined;
}

const { text, flag } = inputs;
const { plain, output } = defineFunction<GetSellersArgs, GetSellerResult[]>({
  name: "getSellers",
  schema: z
    .strictObject({ email: inputs.email, fullName: text, activated: flag, deleted: flag, resellerName: text })
    .partial(),
  call: async (api, filters) => (await listSellers(api, queryOf({ ...filters }))).map(sellerResult),
});

/**
 * All sellers that match the filters, by ID: `GET /iam/admin/sellers`, a request for each 100.
 *
 * @example
 * ```ts
 * const active = await gcore.getSellers({ activated: true, deleted: false });
 * ```
 */
export const getSellers = (filters: GetSellersArgs = {}, opts?: FunctionOptions): Promise<GetSellerResult[]> =>
  plain(filters, opts);

/** {@link getSellers} with filters that may be outputs; unknown while one of them is. */
export const getSellersOutput = (filters: OutputArgs<GetSellersArgs> = {}, opts?: FunctionOutputOptions) =>
  output(filters, opts);
