/** A resource's inputs or state as plain JSON values by property name. */
export type Properties = Record<string, unknown>;

export const pick = (from: object, names: readonly PropertyKey[]): Properties =>
  Object.fromEntries(names.map((name) => [name, (from as Record<PropertyKey, unknown>)[name]]));

export const omit = (from: object, names: readonly PropertyKey[]): Properties =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));

/** Without properties that are `undefined`: what is not shown replaces nothing. */
export const withoutUndefined = <T extends object>(properties: T): T =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as T;

/** Without properties that are `undefined` or `null`. State is plain JSON: `undefined` cannot be stored, `null` means absent. */
export const withoutAbsent = <T extends object>(properties: T): T =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value != null)) as T;
