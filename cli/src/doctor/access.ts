import type { Reader } from "pulumi-gcore-reseller/reader";
import { type CallFailure, type Finding, failureText, ok, type Result, unknown, wrong } from "./finding";
import { type Reads, usersOf } from "./reads";

/** Key, URL, reseller and rights. */

/** Key and URL. Without `page` in the answer nothing else can be read. */
export async function checkConnection(reader: Reader, reads: Reads): Promise<Finding[]> {
  const { baseUrl, proxy, isKnownKeyForm } = reader;
  const via = proxy === undefined ? "directly" : `by the proxy in ${proxy}, unless NO_PROXY names the host`;
  const form = isKnownKeyForm ? "it has a known form" : "its form is not 1234$abcdef or 42_abcdef";
  const connected = { check: "connection", ...ok(`${baseUrl} answers, ${via}`) };
  try {
    await reads.page();
    return [connected, { check: "key", ...ok(`GCORE_API_KEY is accepted; ${form}`) }];
  } catch (error) {
    const { status } = error as CallFailure;
    const text = failureText(error as Error);
    if (status === 401) return [connected, { check: "key", ...wrong(text) }];
    if (status === 403) {
      const advice = "the key may not read accounts: use a key of the reseller's administrator";
      return [connected, { check: "rights", ...wrong(`${text} ${advice}`) }];
    }
    const advice = status === undefined ? "" : " Check GCORE_BASE_URL: it may not be Gcore's API, or it has failed.";
    return [{ check: "connection", ...wrong(`${baseUrl}, ${via}: ${text}${advice}`) }];
  }
}

/** The reseller that the key belongs to, read as the provider does: from the first page of accounts and their users. */
export async function checkReseller(reads: Reads): Promise<Result> {
  const records = await reads.records();
  const shown = records.flatMap((record) => [record.resellers, ...usersOf(record).map(({ reseller }) => reseller)]);
  const resellers = [...new Set(shown.filter((reseller) => reseller != null))];
  const [reseller, ...others] = resellers;
  if (records.length === 0)
    return wrong(
      "the key's reseller has no client account, and only accounts show which reseller it is: make sure that the key is " +
        "yours. A 404 is an error, and DefaultProductAvailability waits for the first account",
    );
  if (reseller === undefined)
    return wrong("no account shows its reseller: a 404 is always an error; `pulumi state delete` forgets what is gone");
  if (others.length > 0)
    return wrong(`the accounts show several resellers, ${resellers.join(", ")}: use a key of one reseller`);
  return ok(`the key belongs to reseller ${reseller}`);
}

/** What this package reads, and what needs it. */
const rights: [what: string, neededBy: string, read: (reads: Reads) => Promise<unknown>][] = [
  ["accounts", "every resource", (reads) => reads.clients()],
  ["a user", "getUser, and ClientUser.get by a user's ID", (reads) => reads.user()],
  ["services and availability", "ClientService and services of ClientUser", (reads) => reads.samples()],
  ["default availability", "DefaultProductAvailability", (reads) => reads.defaults()],
  ["sellers", "Seller and getSeller", (reads) => reads.sellers()],
  ["features", "getFeature", (reads) => reads.features()],
];

/** What the key may read, in the form that the provider reads. What it may change shows at the first change only. */
export async function checkRights(reads: Reads): Promise<Result[]> {
  const failures = new Map<string, Result>();
  for (const [what, neededBy, read] of rights) {
    const text = await read(reads).then(() => undefined, failureText);
    // Without accounts, users and services fail for the same cause.
    if (text === undefined || failures.has(text)) continue;
    const advice = text.endsWith(" answered 403.") ? "Use a key with this right, or do without" : "It is needed by";
    failures.set(text, wrong(`${what} cannot be read: ${text} ${advice}: ${neededBy}`));
  }
  if (failures.size > 0) return [...failures.values()];
  if ((await reads.records()).length === 0)
    return [unknown("there is no account, so users, services and availability were not read; the rest can be read")];
  return [ok("accounts, users, services, availability, defaults, sellers and features can be read")];
}
