import { UNKNOWN } from "../engine/unknown";

/** In preview an unknown value reaches a dynamic provider as this text, whatever its type and at any depth. */
const SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The values of an object with {@link UNKNOWN} in place of the text, and back. */
export const decodeUnknowns = <T>(value: T): T => replaced(value, SENTINEL, UNKNOWN) as T;
export const encodeUnknowns = <T>(value: T): T => replaced(value, UNKNOWN, SENTINEL) as T;

function replaced(value: unknown, from: unknown, to: unknown): unknown {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, from, to)]));
}
