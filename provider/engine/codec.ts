/** Converts between a resource's properties and the API's fields, by tables. */

/** Property name → field name. */
export type Fields = Record<string, string>;

/**
 * The request fields of the named inputs. An omitted input is not sent, unless it is one of `cleared`: then it is sent as
 * null.
 */
export function toApi(fields: Fields, inputs: object, names: readonly string[], cleared: readonly string[] = []) {
  const values = Object.entries(fields)
    .filter(([name]) => names.includes(name))
    .map(([name, field]) => [field, (inputs as Fields)[name] ?? (cleared.includes(name) ? null : undefined)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
}

/** The properties of a table, read from the fields of a reply. */
export const fromApi = <T>(fields: Fields, reply: object): T =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, (reply as Fields)[field]])) as T;

/** The property that an API field belongs to; undefined if the table has no such field. */
export const propertyOf = (fields: Fields, field: string): string | undefined =>
  Object.keys(fields).find((name) => fields[name] === field);
