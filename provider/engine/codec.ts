/** Property names and the API's field names: one becomes the other by a rule, except where a table says otherwise. */

/** Property name → field name, for the fields that do not follow the rule. */
export type FieldNames = Record<string, string>;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (field: string): string => field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The named inputs as the API's fields. An absent input is left out, unless it is one of `cleared`: then it is sent as null.
 */
export function toApi(
  inputs: object,
  names: readonly string[],
  { exceptions = {}, cleared = [] }: { exceptions?: FieldNames; cleared?: readonly string[] } = {},
): Record<string, unknown> {
  const values = names.map((name) => [
    exceptions[name] ?? snakeCase(name),
    (inputs as Record<string, unknown>)[name] ?? (cleared.includes(name) ? null : undefined),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** The named properties from the fields of a reply. */
export const fromApi = (
  reply: object,
  names: readonly string[],
  exceptions: FieldNames = {},
): Record<string, unknown> =>
  Object.fromEntries(
    names.map((name) => [name, (reply as Record<string, unknown>)[exceptions[name] ?? snakeCase(name)]]),
  );

/** The input that an API field belongs to; the field itself when it belongs to none. */
export function propertyOf(field: string, names: readonly string[], exceptions: FieldNames = {}): string {
  const exception = exceptions[field];
  const name = exception ?? camelCase(field);
  return names.includes(name) ? name : field;
}
