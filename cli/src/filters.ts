import type { ClientFilters } from "pulumi-gcore-reseller";

/** The filters of `listClients` on the command line: `--filter name=value`. */

const text = (value: string) => value;
const flag = (value: string) => (value === "true" || value === "false" ? value === "true" : value);
const number = (value: string) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : value);
const texts = (value: string) => value.split(",");
const numbers = (value: string) => texts(value).map(number);

/** How each value is read. One that cannot be read stays text, and `listClients` says what it must be. */
const readers: Record<keyof Omit<ClientFilters, "deleted">, (value: string) => unknown> = {
  company: text,
  email: text,
  name: text,
  customId: text,
  seller: number,
  reseller: number,
  countryCode: (value) => (value === "null" ? null : value),
  isTest: flag,
  activated: flag,
  clientType: text,
  billType: text,
  createdAtGte: text,
  createdAtLte: text,
  usersEmail: text,
  usersName: text,
  featureIds: numbers,
  personalProductAvailability: texts,
  excludedClients: numbers,
  cdn: text,
  storage: text,
  ddos: text,
  dns: text,
  cloud: text,
  infrastructureProtection: text,
  connect: text,
  minTraffic: number,
  maxTraffic: number,
  secondaryHostnames: text,
  promoCode: text,
};

/** @throws if a filter is misspelt: the API ignores one that it does not know, and returns every account. */
export function parseFilters(filters: readonly string[]): ClientFilters {
  return Object.fromEntries(
    filters.map((filter) => {
      const [, name = filter, value] = /^([^=]*)=(.*)$/s.exec(filter) ?? [];
      if (!Object.hasOwn(readers, name) || value === undefined)
        throw new Error(`--filter ${filter}: must be <name>=<value> with one of ${Object.keys(readers).join(", ")}`);
      return [name, readers[name as keyof typeof readers](value)];
    }),
  );
}
