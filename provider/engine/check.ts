import { isDeepStrictEqual } from "node:util";
import type { Definition } from "./define";
import { isOriginMark, sameResource } from "./origin-mark";
import { hasUnknown, isUnknownAt } from "./unknowns";

/** Validation of inputs before any request is sent. Values that are unknown during preview pass. */

type Properties = Record<string, unknown>;

/**
 * The new inputs, with the old origin mark where only the project or the stack was renamed. A resource that is renamed (by
 * an alias) gets the mark of its new name: another resource of the old name would otherwise recover the account as its own.
 */
export function preserveOriginMark<I extends object, O extends object>(
  { identity: { originMark } }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Properties {
  const [old, mark] = [olds[originMark], news[originMark]];
  const keep = isOriginMark(old) && isOriginMark(mark) && sameResource(old, mark);
  return keep ? { ...news, [originMark]: old } : news;
}

/** All violations of the schema, each with its property path. Unknown values are not checked. */
export function inputProblems<I extends object, O extends object>({ schema }: Definition<I, O>, inputs: Properties) {
  const issues = schema.safeParse(inputs).error?.issues ?? [];
  return issues
    .filter((issue) => !isUnknownAt(inputs, issue.path))
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `${propertyPath([...issue.path, key])}: there is no such input`)
        : `${propertyPath(issue.path)}: ${issue.message}`,
    );
}

function propertyPath(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");
}

/** Changes of immutable inputs, each as `<property>: <way out>`. Empty at create. */
export function rejectedChanges<I extends object, O extends object>(
  { immutable, normalize }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): string[] {
  if (Object.keys(olds).length === 0) return [];
  const same = sameBy(normalize);
  const names = Object.keys(immutable) as (keyof I & string)[];
  // An input that is no longer declared is no longer managed, which is no change.
  const declared = names.filter((name) => news[name] != null && !hasUnknown(news[name]));
  const changed = declared.filter((name) => !same(name, olds[name], news[name]));
  return changed.map((name) => `${name}: ${immutable[name]}`);
}

/**
 * Returns a function that compares two values of an input by their normal form. Null and absent are equal; an unknown value
 * equals only itself.
 */
export function sameBy<I extends object>(normalize: Definition<I>["normalize"]) {
  const normalForm = (name: keyof I, value: unknown): unknown => {
    const normalizeValue = normalize[name] as ((value: unknown) => unknown) | undefined;
    return value == null || hasUnknown(value) || !normalizeValue ? (value ?? null) : (normalizeValue(value) ?? null);
  };
  return (name: keyof I, a: unknown, b: unknown): boolean =>
    isDeepStrictEqual(normalForm(name, a), normalForm(name, b));
}
