import { getResellerId, type KeyReseller, resellerIdOf } from "../../api/reseller";
import type { Api } from "../../api/transport";
import { advice } from "../../engine/advice";
import { otherResellerError } from "../../engine/ownership";
import { waitUntil } from "../../engine/wait";

/** The reseller that the API key belongs to, and the one in state. */

/** Its ID, as an output: `undefined` where the API does not show it. Never an error, since no call depends on it. */
export async function shownReseller(api: Api): Promise<number | undefined> {
  return getResellerId(api).then(resellerIdOf, () => undefined);
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
  throw otherResellerError(what, reseller, current.known);
}

const notKnown = {
  "no accounts": "this API key's reseller has no accounts at all",
  "not shown": "Gcore does not show the reseller",
};

/**
 * The reseller of the API key, which only client accounts show. One that has none yet may get its first by the same program,
 * so it is waited for.
 * @throws when it stays unknown: later, nothing would keep another reseller's key from changing that one's defaults.
 */
export async function knownReseller(api: Api): Promise<number> {
  let reseller: KeyReseller | undefined = await getResellerId(api);
  if (reseller === "no accounts") {
    reseller = await waitUntil(api, {
      situation: "the reseller has no client account yet, which alone shows its ID",
      timeoutSeconds: api.settings.recoveryTimeoutSeconds,
      poll: () => getResellerId(api),
      isOver: (now) => now !== "no accounts",
    });
  }
  if (typeof reseller === "object") return reseller.known;
  throw new Error(unknownReseller[reseller ?? "no accounts"]);
}

const unknownReseller = {
  "no accounts":
    "nothing was changed, because only client accounts show which reseller the API key belongs to, and there are none. " +
    advice.firstAccount(),
  "not shown": "nothing was changed, because Gcore does not show which reseller the API key belongs to.",
};
