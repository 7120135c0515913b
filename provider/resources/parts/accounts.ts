import { readClient } from "../../api/client-pages";
import { type Client, listClientsByEmail, updateClient } from "../../api/clients";
import { ifFound } from "../../api/errors";
import type { Api } from "../../api/transport";
import { toApi } from "../../engine/codec";
import type { Change } from "../../engine/define";
import { assertOwnReseller, type Missing } from "./reseller";

/** Client accounts as resources read them. No call deletes an account, so "gone" needs more than one reply. */

/** What is known of an account before it is read. */
export interface KnownAccount {
  /** Its ID in state. Absent while the account is not in state: then nothing is lost by taking a 404 for "not found". */
  client?: number | undefined;
  reseller?: number | undefined;
  email?: string | null | undefined;
}

/**
 * One account: from a page of `GET /iam/clients` where it exists and `isBelieved` accepts what the page shows, else by
 * `GET /iam/clients/{clientId}`. `undefined` only when it certainly is gone: marked as deleted, or 404 to the key of its own
 * reseller and not among the accounts of its email. Of an account that is not in state a 404 is enough.
 * @throws when a 404 proves nothing: with another reseller's key, or when the reseller is not known.
 */
export async function readAccount(
  api: Api,
  clientId: number,
  known: KnownAccount,
  isBelieved: (client: Client) => boolean,
): Promise<Client | undefined> {
  const client = await ifFound(readClient(api, clientId, (shown) => !shown.deleted && isBelieved(shown)));
  if (client) return client.deleted ? undefined : client;
  if (known.client === undefined) return undefined;
  await assertOwnReseller(api, missing, known.reseller);
  const others = known.email ? await listClientsByEmail(api, known.email) : [];
  const found = others.find(({ id }) => id === clientId);
  return found?.deleted ? undefined : found;
}

const missing: Missing = { what: "its client account", gone: "the account really was closed" };

/** The inputs that an account's record shows. An absent country or company does not mean that it was removed. */
export const accountInputs = ({ companyName, is_test, seller, custom_id, country_code }: Client) =>
  ({
    company: companyName ?? undefined,
    isTest: is_test,
    seller,
    customId: custom_id,
    countryCode: country_code ?? undefined,
  }) as { company?: string; isTest?: boolean; seller?: number; customId?: string | null; countryCode?: string };

/**
 * Changes the account's own fields, with the reseller's key: `PATCH /iam/clients/{client}`.
 * @param cleared the fields that an absent value clears; others are left as they are.
 */
export async function changeAccount(
  api: Api,
  client: number,
  { news, changed }: Pick<Change<object, object>, "news" | "changed">,
  cleared: readonly string[],
) {
  const body = toApi(news, changed, { exceptions: { company: "companyName" }, cleared });
  if (Object.keys(body).length > 0) await updateClient(api, client, body);
}

/** An account in a few words: "client account 7 (Acme)". */
export const describeAccount = ({ client, company }: { client?: number; company?: string }) =>
  `client account ${client}${company ? ` (${company})` : ""}`;
