import { stringify } from "csv-stringify/sync";
import type { Account } from "../accounts";
import type { Entry } from "../entry";

/** A fleet file in CSV: a row of each account, and a column of each field that an account has. */

const order = [
  ...["account", "email", "company", "name", "phone", "lang", "customId", "seller", "countryCode", "isTest", "adoptId"],
  ...["products", "services", "features"],
];
/** `products.CDN` stands where `products` does. */
const position = (column: string) => order.indexOf(column.split(".")[0] ?? "");

export function csv(accounts: Account[]): string {
  const rows = accounts.map(({ name, entry }): Record<string, unknown> => ({ account: name, ...flat(entry) }));
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...names].sort((a, b) => position(a) - position(b));
  return stringify(rows, { header: true, columns, cast: { boolean: String } });
}

function flat({ products = {}, services = {}, features, ...fields }: Entry): Record<string, unknown> {
  const cells = (prefix: string, map: object) => Object.entries(map).map(([key, value]) => [`${prefix}.${key}`, value]);
  return {
    ...fields,
    ...Object.fromEntries([...cells("products", products), ...cells("services", services)]),
    ...(features && { features: features.join("|") }),
  };
}
