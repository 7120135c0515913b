import type { GetClientResult } from "pulumi-gcore-reseller";

/** Names of accounts in code. */

/** "Müller & Söhne GmbH" => "muller-sohne-gmbh"; letters of other scripts stay. */
export const slug = (company: string): string =>
  company
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .toLowerCase()
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");

/**
 * A readable name of each account from its company, by the account's ID. Where several would have the same one, or it is
 * taken, the account's ID follows, so that no name depends on the order of the accounts.
 */
export function uniqueNames(
  clients: readonly GetClientResult[],
  taken: ReadonlySet<string> = new Set(),
): Map<number, string> {
  const base = ({ company = "" }: GetClientResult) => slug(company) || "account";
  const sharing = Map.groupBy(clients, base);
  const isAlone = (name: string) => name !== "account" && sharing.get(name)?.length === 1 && !taken.has(name);
  const used = new Set([...taken, ...[...sharing.keys()].filter(isAlone)]);
  return new Map(
    clients.map((client) => {
      let name = base(client);
      if (isAlone(name)) return [client.client, name];
      do name += `-${client.client}`;
      while (used.has(name));
      used.add(name);
      return [client.client, name];
    }),
  );
}
