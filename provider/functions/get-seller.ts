import { listSellers, getSeller as readSeller } from "../api/sellers";
import * as inputs from "../engine/inputs";
import { defineLookup, existing, type LookupArgs, onlyMatch } from "./parts/lookup";
import { type GetSellerResult, sellerResult } from "./parts/seller";

/** Arguments of {@link getSeller}: either `sellerId` or `email`. */
export interface GetSellerArgs extends LookupArgs {
  /** ID of the seller. */
  sellerId?: number | undefined;
  /** Email address of the seller. */
  email?: string | undefined;
}

const lookup = defineLookup<GetSellerArgs, GetSellerResult>({
  name: "getSeller",
  what: "seller",
  by: { sellerId: inputs.id("a seller's ID"), email: inputs.email },
  async find(api, { sellerId, email = "" }) {
    if (sellerId !== undefined) {
      const found = await existing(api, readSeller(api, sellerId));
      return found && sellerResult(found);
    }
    // Without the filter `email`, since how it compares is not documented; a reseller has few sellers.
    const sellers = await listSellers(api, { deleted: "false" });
    const matches = sellers.filter((one) => !one.deleted && one.email?.toLowerCase() === email.toLowerCase());
    const match = onlyMatch(matches, "sellerId");
    return match && sellerResult(match);
  },
});

/**
 * One seller: `GET /iam/admin/sellers/{sellerId}`, or by email address `GET /iam/admin/sellers`, a request for each
 * 100 sellers. A deleted seller counts as missing.
 *
 * @example
 * ```ts
 * const anna = await gcore.getSeller({ email: "anna@reseller.example" });
 * new gcore.ClientUser("acme", {
 *   email: "it@acme.example",
 *   password: config.requireSecret("acmePassword"),
 *   company: "Acme Ltd",
 *   seller: anna.sellerId,
 * });
 * ```
 * @throws if there is no such seller and `onMissing` is not "null", or if several match; it names their IDs.
 */
export const getSeller = lookup.plain;

/** {@link getSeller} with arguments that may be outputs; unknown while one of them is. */
export const getSellerOutput = lookup.output;
