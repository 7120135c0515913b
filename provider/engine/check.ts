import { isDeepStrictEqual } from "node:util";
import type { Definition } from "./define";
import { isOriginMark, sameResource } from "./origin-mark";
import { hasUnknown, isUnknownAt } from "./unknowns";

/** What can be said of inputs before anything is sent. Values that preview does not know yet pass. */

type Properties = Record<string, unknown>;

/**
 * An origin mark that the resource has is kept when its stack is renamed. A resource that is renamed (by an alias) gets the
 * mark of its new name: another one of the old name would take the account for its own.
 */
export function keepingMark<I extends object, O extends object>(
  { identity: { originMark } }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Properties {
  const [old, mark] = [olds[originMark], news[originMark]];
  const keep = isOriginMark(old) && isOriginMark(mark) && sameResource(old, mark);
  return keep ? { ...news, [originMark]: old } : news;
}

/** What the schema has against the inputs, all of it, each with its property path. */
export function problemsIn<I extends object, O extends object>({ schema }: Definition<I, O>, inputs: Properties) {
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

/** Changes that the API has no call for, each with the way out. */
export function refusedChanges<I extends object, O extends object>(
  { unchangeable, normalize }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): string[] {
  if (Object.keys(olds).length === 0) return [];
  const same = sameBy(normalize);
  const names = Object.keys(unchangeable) as (keyof I & string)[];
  // What is no longer declared is no longer managed, which is no change.
  const declared = names.filter((name) => news[name] != null && !hasUnknown(news[name]));
  const changed = declared.filter((name) => !same(name, olds[name], news[name]));
  return changed.map((name) => `${name}: ${unchangeable[name]}`);
}

/** Whether two values of an input mean the same. Null and absent do; what is not known yet equals only itself. */
export function sameBy<I extends object>(normalize: Definition<I>["normalize"]) {
  const form = (name: keyof I, value: unknown): unknown => {
    const normal = normalize[name] as ((value: unknown) => unknown) | undefined;
    return value == null || hasUnknown(value) || !normal ? (value ?? null) : (normal(value) ?? null);
  };
  return (name: keyof I, a: unknown, b: unknown): boolean => isDeepStrictEqual(form(name, a), form(name, b));
}
