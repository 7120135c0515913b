import type { Changes } from "./changes";
import { clientList, listClients } from "./clients";
import { PAGE_SIZE, unreadableRecord } from "./pages";
import type { Api } from "./transport";

/**
 * The reseller that the API key belongs to, as far as the API shows it. "no accounts": it has none that could show it,
 * which proves nothing. "not shown": no record names a reseller, or the records name several.
 */
export type KeyReseller = { known: number } | "no accounts" | "not shown";

/** Its ID, if the API shows it. */
export const resellerIdOf = (reseller: KeyReseller): number | undefined =>
  typeof reseller === "string" ? undefined : reseller.known;

/** What was read, by the object that all copies of an {@link Api} share. */
const readings = new WeakMap<Changes, Promise<KeyReseller>>();

/**
 * The reseller of the API key, read from the first page of accounts and their users: `GET /iam/clients`. A key never changes
 * its reseller, so one that is known is not read again.
 */
export function getResellerId(api: Api): Promise<KeyReseller> {
  const reading = readings.get(api.changes) ?? readReseller(api);
  readings.set(api.changes, reading);
  const forget = () => readings.delete(api.changes);
  reading.then((reseller) => typeof reseller === "string" && forget(), forget);
  return reading;
}

async function readReseller(api: Api): Promise<KeyReseller> {
  const page = await listClients(api, { limit: PAGE_SIZE, offset: 0 });
  const shown = page.records.flatMap(({ resellers, users }) => [resellers, ...users.map(({ reseller }) => reseller)]);
  const [known, ...others] = new Set(shown.filter((reseller) => reseller != null));
  if (known !== undefined && others.length === 0) return { known };
  if (page.unreadable > 0) throw unreadableRecord(clientList, page);
  return page.records.length === 0 ? "no accounts" : "not shown";
}
