import type { Account } from "../accounts";

/** A fleet file in JSON. */
export const json = (accounts: Account[]): string => `${JSON.stringify(fleet(accounts), null, 2)}\n`;

/** The content of a fleet file. */
export const fleet = (accounts: Account[]) => ({
  accounts: Object.fromEntries(accounts.map(({ name, entry }) => [name, entry])),
});
