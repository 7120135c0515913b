import { getResellerId } from "../../api/reseller";
import type { Api } from "../../api/transport";
import { advice } from "../../engine/advice";

/** The reseller that the API key belongs to, and the one in state. */

/** Its ID, as an output: `undefined` where the API does not show it. Never an error, since no call depends on it. */
export async function shownReseller(api: Api): Promise<number | undefined> {
  const reseller = await getResellerId(api).catch(() => "not shown" as const);
  return typeof reseller === "string" ? undefined : reseller.known;
}

/** What was not found, in the texts of an error: "its client account"; "the account really was closed". */
export interface Missing {
  what: string;
  gone: string;
}

/**
 * Asserts that what was not found is gone: what belongs to another reseller is answered with 404 too.
 * @param reseller the one in state.
 * @param isShown the API returned it as deleted: then only a key that certainly is another reseller's is an error.
 * @throws when the key belongs to another reseller, or when that cannot be determined.
 */
export async function assertOwnReseller(
  api: Api,
  { what, gone }: Missing,
  reseller: number | undefined,
  isShown = false,
): Promise<void> {
  const current = await getResellerId(api);
  if (typeof current === "string" || reseller === undefined) {
    if (isShown) return;
    const reason = typeof current === "string" ? notKnown[current] : "its reseller is not in state";
    throw new Error(`${what} was not found, and ${reason}, so it may belong to another one. ${advice.maybeGone(gone)}`);
  }
  if (current.known === reseller) return;
  throw new Error(
    `${what} belongs to reseller ${reseller}, and the API key to reseller ${current.known}: check the API key. ` +
      "Nothing was changed.",
  );
}

const notKnown = {
  "no accounts": "this API key's reseller has no accounts at all",
  "not shown": "Gcore does not show the reseller",
};
