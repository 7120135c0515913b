import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { optionValue, type ServiceOption } from "../../api/services";

/** Options of a service: a program declares values by name, the API has objects with the value as text and its type. */

/** Values of options by name. */
export type OptionValues = { readonly [name: string]: string | number | boolean };

/** @internal */
export const optionValues = z.record(
  z.string().min(1),
  z.union([z.string(), z.number(), z.boolean()], "must be text, a number, true or false"),
  {
    error: ({ code }) =>
      code === "invalid_key" ? "an option must have a name" : "must be values by the names of options",
  },
);

/** Declared values as texts: whether two texts mean the same depends on the option's type, which only the API knows. */
export const textValues = (values: OptionValues): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/**
 * The declared options as they are now; one that does not exist is left out. An equal value keeps its declared form.
 * @internal
 */
export function currentValues(options: readonly ServiceOption[], declared: OptionValues): OptionValues {
  const entries = Object.entries(declared).flatMap(([name, value]) => {
    const option = options.find((one) => one.name === name);
    const now = option && optionValue(option);
    return now === undefined ? [] : [[name, option && hasValue(option, value) ? value : now]];
  });
  return Object.fromEntries(entries);
}

/**
 * Whether each option has the value of the one of the same name.
 * @internal
 */
export const haveValues = (options: readonly ServiceOption[], wanted: readonly ServiceOption[]): boolean =>
  wanted.every(({ name, value }) => options.some((one) => one.name === name && hasValue(one, value)));

/**
 * The API's whole objects of the declared options, with the declared values.
 * @throws when an option does not exist; names those that do.
 * @internal
 */
export function optionsWithValues(
  options: readonly ServiceOption[] | null | undefined,
  declared: OptionValues,
  property: string,
  service: string,
): ServiceOption[] {
  return Object.entries(declared).map(([name, value]) => {
    const option = options?.find((one) => one.name === name);
    if (option) return { ...option, value: textOf(option, value) };
    const existing = options?.map((one) => one.name).join(", ");
    throw new Error(`${property}: ${service} has no option ${name}; it has ${existing || "none"}.`);
  });
}

/** Compares by the option's type: numbers by value, booleans without regard to case, JSON by structure, all else as text. */
const hasValue = (option: ServiceOption, value: ServiceOption["value"]): boolean =>
  isDeepStrictEqual(comparable(option, option.value), comparable(option, value));

function comparable({ value_type }: ServiceOption, value: ServiceOption["value"]): unknown {
  const text = String(value);
  if (value_type === "int") return text.trim() === "" ? text : Number(text);
  if (value_type === "bool") return text.toLowerCase();
  if (value_type !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as the API writes it. */
const textOf = ({ value_type }: ServiceOption, value: string | number | boolean): string =>
  value_type === "bool"
    ? String(value)
        .toLowerCase()
        .replace(/^[tf]/, (first) => first.toUpperCase())
    : String(value);
