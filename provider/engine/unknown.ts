/** An input that preview does not know yet, at any depth of a resource's inputs. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** Whether the value, or anything inside it, is unknown. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(hasUnknown);
}

/** Whether the value at `path` is unknown, or lies inside an unknown value. */
export function isUnknownAt(root: unknown, path: readonly PropertyKey[]): boolean {
  let value = root;
  for (const key of path) {
    if (value === UNKNOWN) return true;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  return value === UNKNOWN;
}
