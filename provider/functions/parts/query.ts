import type { Query } from "../../api/pages";
import { toApi } from "../../engine/codec";

/**
 * Filters in the API's form: names by rule unless `exceptions` has one, lists separated by commas, null as a text.
 * @internal
 */
export function queryOf(filters: Record<string, unknown>, exceptions: Record<string, string> = {}): Query {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const values = given.map(([name, value]) => [name, typeof value === "number" ? value : String(value)]);
  return toApi(
    Object.fromEntries(values),
    given.map(([name]) => name),
    { exceptions },
  ) as Query;
}
