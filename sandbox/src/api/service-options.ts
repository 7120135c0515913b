import { invalid } from "../http";
import type { ServiceRow } from "../store/services";
import { type ProductName, productNames, type ServiceOption } from "./schemas";

type OptionType = "int" | "bool";
type Definition = { name: string; type: OptionType; standard: string; category: string; title: string };

/** The options that the sandbox has for each product. */
const serviceOptions: readonly Definition[] = [
  { name: "max_resources", type: "int", standard: "10", category: "limits", title: "Maximum number of resources" },
  { name: "support_access", type: "bool", standard: "False", category: "access", title: "Access for the support" },
];
/** The options of a change of status. */
const transitionOptions: readonly Definition[] = [
  { name: "trial_days", type: "int", standard: "0", category: "trial", title: "Days of the trial; 0: as usual" },
];

/** The options of a service with their present values. */
export function optionsOf(service: ServiceRow): ServiceOption[] {
  const values: Record<string, string> = JSON.parse(service.options);
  return serviceOptions.map((definition, index) => option(service.product, definition, index, values[definition.name]));
}

export function transitionOptionsOf(service: ServiceRow): ServiceOption[] {
  const first = serviceOptions.length;
  return transitionOptions.map((definition, index) => option(service.product, definition, first + index));
}

/** The stored form of a service's options after a request. */
export function changedOptions(
  service: ServiceRow,
  given: readonly ServiceOption[] | undefined,
  resets: { omittedOptions: "kept" | "reset"; unlistedOptions: "kept" | "reset" },
): string {
  if (given === undefined) return resets.omittedOptions === "kept" ? service.options : "{}";
  const kept = resets.unlistedOptions === "kept" ? JSON.parse(service.options) : {};
  return JSON.stringify({ ...kept, ...valuesOf("options", given, optionsOf(service)) });
}

/** The length of a trial that is asked for by an option, in days; undefined if none is. */
export function askedTrialDays(service: ServiceRow, given: readonly ServiceOption[] = []): number | undefined {
  const { trial_days } = valuesOf("status_transition_options", given, transitionOptionsOf(service));
  return trial_days === undefined || Number(trial_days) === 0 ? undefined : Number(trial_days);
}

/** The values of given options, by name, each in the form in which the API returns it. */
function valuesOf(
  field: string,
  given: readonly ServiceOption[],
  known: readonly ServiceOption[],
): Record<string, string> {
  const entries = given.map(({ id, name, value, value_type }) => {
    const match = known.find((one) => one.name === name);
    if (match === undefined) throw invalid(field, `Unknown option: ${name}.`);
    if (match.id !== id) throw invalid(field, `${name}: the id is ${match.id}.`);
    if (match.value_type !== value_type) throw invalid(field, `${name}: the type is ${match.value_type}.`);
    return [name, normalized(field, name, value, value_type)];
  });
  const values = Object.fromEntries(entries);
  if (Object.keys(values).length < given.length) throw invalid(field, "An option may be listed only once.");
  return values;
}

function normalized(field: string, name: string, value: string, type: string): string {
  if (type === "int" && /^\d{1,9}$/.test(value)) return String(Number(value));
  if (type === "bool" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true" ? "True" : "False";
  throw invalid(field, `${name}: not a valid ${type}.`);
}

function option(product: ProductName, definition: Definition, index: number, value?: string): ServiceOption {
  const { name, type, standard, category, title } = definition;
  return {
    id: 1000 + productNames.indexOf(product) * 10 + index,
    value: value ?? standard,
    value_type: type,
    name,
    category,
    description: `${title} of ${product}.`,
    title,
  };
}
