import { isDeepStrictEqual } from "node:util";
import type { Definition } from "./define";
import { type Properties, pick, withoutUndefined } from "./properties";
import { hasUnknown } from "./unknown";

/** When two values of an input mean the same. The only comparison: of diff, proof of ownership and refresh alike. */

/** Inputs that no program declares: the origin mark, and what Gcore has for an immutable input where it differs. */
export const HIDDEN_INPUTS = ["origin", "observed"] as const;

/** What says which values are equal. */
type Normalization<I extends object> = Pick<Definition<I>, "normalize" | "clearable">;

/**
 * The one form of all values of an input that mean the same. Absent is null, except where null clears; an unknown value keeps
 * its form.
 */
export function normalFormBy<I extends object>({ normalize, clearable }: Normalization<I>) {
  return (name: keyof I, value: unknown): unknown => {
    if (value === undefined && clearable.includes(name)) return undefined;
    const normalizer = normalize[name] as ((value: unknown) => unknown) | undefined;
    return value == null || hasUnknown(value) || !normalizer ? (value ?? null) : (normalizer(value) ?? null);
  };
}

/**
 * Compares two values of an input by its normal form. Null and absent are equal, except where null clears; an unknown value
 * equals no known one.
 */
export function equalityBy<I extends object>(definition: Normalization<I>) {
  const normalForm = normalFormBy<I>(definition);
  return (name: keyof I, a: unknown, b: unknown): boolean =>
    isDeepStrictEqual(normalForm(name, a), normalForm(name, b));
}

/** Whether two sets of inputs mean the same, in the given inputs and the hidden ones. */
export function hasSameInputs<I extends object, O extends object>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): boolean {
  const isSame = equalityBy(definition);
  const names = Object.keys(definition.inputs.shape) as (keyof I & string)[];
  return (
    names.every((name) => definition.createOnly.includes(name) || isSame(name, olds[name], news[name])) &&
    isDeepStrictEqual(withoutUndefined(pick(olds, HIDDEN_INPUTS)), withoutUndefined(pick(news, HIDDEN_INPUTS)))
  );
}
