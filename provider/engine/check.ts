import { isDeepStrictEqual } from "node:util";
import { advice } from "./advice";
import type { Definition } from "./define";
import { equalityBy, HIDDEN_INPUTS } from "./equality";
import { isOriginMark } from "./origin-mark";
import type { Properties } from "./properties";
import { hasUnknown, isUnknownAt } from "./unknown";

/** What can be said of inputs before a request is sent. Unknown values pass. */

/** Why an input is rejected. */
export interface Failure {
  /** Path of the property, such as `services[1].productName`; empty for the resource as a whole. */
  path: string;
  reason: string;
}

/** The inputs with what the program did not declare: the default mark, and what refresh observed of immutable inputs. */
export function completed<I extends object, O extends object>(
  { mark, immutable }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Properties {
  const { observed: _, ...declared } = news;
  const known = Object.entries((olds.observed ?? {}) as Properties);
  const observed = known.filter(([name, value]) => {
    const now = declared[name];
    return immutable.includes(name as keyof I & string) && now != null && now !== value;
  });
  return {
    ...declared,
    ...(mark && declared[mark] === undefined && { [mark]: declared.origin }),
    ...(observed.length > 0 && { observed: Object.fromEntries(observed) }),
  };
}

/** Every input that does not fit the schema, or that Gcore or this provider will not accept. */
export function inputFailures<I extends object, O extends object>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Failure[] {
  const malformed = [...schemaFailures(definition, olds, news), ...definition.rules(news)];
  const isNew = Object.keys(olds).length === 0;
  const missing = definition.requiredToCreate.filter(
    (name) => news[name] == null && (isNew ? news.adoptId == null : olds[name] != null),
  );
  const absent = missing.map((name) => ({ path: name, reason: "is required" }));
  // Values of a wrong type cannot be compared.
  if (malformed.length > 0) return [...malformed, ...absent];
  return [
    ...absent,
    ...markFailures(definition, olds, news),
    ...(isNew ? [] : [...immutableFailures(definition, olds, news), ...unmetNeeds(definition, olds, news)]),
  ];
}

/**
 * What does not fit the schema. A value that state has already passes: refresh may have found one at Gcore that no program can
 * declare, and `ignoreChanges` repeats it.
 */
function schemaFailures<I extends object, O extends object>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Failure[] {
  const isInState = (name: string) => news[name] !== undefined && isDeepStrictEqual(olds[name], news[name]);
  const inputs = { ...news };
  for (const name of HIDDEN_INPUTS) delete inputs[name];
  const issues = definition.inputs.safeParse(inputs).error?.issues ?? [];
  return issues
    .filter((issue) => !isUnknownAt(inputs, issue.path) && !isInState(String(issue.path[0])))
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ path: propertyPath([...issue.path, key]), reason: "there is no such input" }))
        : { path: propertyPath(issue.path), reason: issue.message },
    );
}

function propertyPath(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");
}

/** Only the computed mark is a mark: a declared one would claim another declaration's account. `ignoreChanges` repeats the old one. */
function markFailures<I extends object, O extends object>(
  { mark }: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Failure[] {
  if (mark === undefined) return [];
  const value = news[mark];
  const isDeclaredMark = isOriginMark(value) && value !== news.origin && value !== olds[mark];
  return isDeclaredMark ? [{ path: mark, reason: advice.declaredMark() }] : [];
}

/** Changes of inputs that the API cannot change. What refresh observed is accepted too; an input no longer declared is no longer managed. */
function immutableFailures<I extends object, O extends object>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Failure[] {
  const { immutable, deletion } = definition;
  const isSame = equalityBy(definition);
  const observed = (olds.observed ?? {}) as Properties;
  const changed = immutable.filter(
    (name) =>
      news[name] != null &&
      !hasUnknown(news[name]) &&
      !isSame(name, olds[name], news[name]) &&
      !(name in observed && isSame(name, observed[name], news[name])),
  );
  return changed.map((name) => ({ path: name, reason: advice.immutable(olds[name], news[name], deletion) }));
}

/** Changes by calls that need the current value of an input which is not in state. */
function unmetNeeds<I extends object, O extends object>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): Failure[] {
  const isSame = equalityBy(definition);
  return definition.changes.flatMap(({ needs, properties }) => {
    if (needs === undefined || olds[needs] != null) return [];
    const changed = properties.filter((name) => !hasUnknown(news[name]) && !isSame(name, olds[name], news[name]));
    return changed.map((name) => ({ path: name, reason: advice.notInState(needs) }));
  });
}
