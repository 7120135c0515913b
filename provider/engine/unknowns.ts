/** During preview an unknown value of any type reaches a dynamic provider as this string. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isUnknown = (value: unknown): boolean => value === UNKNOWN;

/** Whether the value, or any value nested in it, is unknown. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(hasUnknown);
}

/** Whether the value at `path`, or a value that contains it, is unknown. */
export function isUnknownAt(root: unknown, path: readonly PropertyKey[]): boolean {
  let value = root;
  for (const key of path) {
    if (isUnknown(value)) return true;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  return isUnknown(value);
}
