/** An input that preview does not know yet, at any depth of a resource's inputs. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** Whether the value, or anything inside it, is unknown. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(hasUnknown);
}

/** Whether the value at `path` is unknown. The path is one of an issue, so all that it leads through are objects. */
export const isUnknownAt = (root: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce((value, key) => (value as Record<PropertyKey, unknown>)[key], root) === UNKNOWN;
