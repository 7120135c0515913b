/** Tables of a resource's properties and their fields at the API turn one into the other. */

/** Property name → field name. */
export type Fields = Record<string, string>;

/**
 * The named inputs as the API spells them. An input that is left out is left alone, unless it is one of `cleared`: then
 * it is sent as null.
 */
export function toApi(fields: Fields, inputs: object, names: readonly string[], cleared: readonly string[] = []) {
  const values = Object.entries(fields)
    .filter(([name]) => names.includes(name))
    .map(([name, field]) => [field, (inputs as Fields)[name] ?? (cleared.includes(name) ? null : undefined)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
}

/** The properties of a table as a reply shows them. */
export const fromApi = <T>(fields: Fields, reply: object): T =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, (reply as Fields)[field]])) as T;

/** The property that a field belongs to. */
export const propertyOf = (fields: Fields, field: string): string | undefined =>
  Object.keys(fields).find((name) => fields[name] === field);
