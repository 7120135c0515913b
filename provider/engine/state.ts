import type { Definition } from "./define";

/**
 * How a resource's properties stand in state. The CLI pays for each value there at every checkpoint and at every call, N
 * times; so what only the API decides is one value, a JSON text. The ids stand by themselves, for whoever looks for them.
 */

type Properties = Record<string, unknown>;

/** Name of the property that holds the outputs, less the ids, as JSON. */
export const DETAILS = "details";

/** Names of the outputs that {@link DETAILS} holds. */
export const namesInDetails = <I extends object, O extends object>({ outputs, identity }: Definition<I, O>) =>
  outputs.filter((name) => !identity.ids.includes(name));

/** State from what is known of the outputs, and the inputs as they stand. */
export function toState<I extends object, O extends object>(
  definition: Definition<I, O>,
  known: object,
  inputs: object,
): Properties {
  const details = JSON.stringify(withoutAbsent(pick(known, namesInDetails(definition))));
  return withoutAbsent({ ...inputs, ...pick(known, definition.identity.ids), [DETAILS]: details });
}

/** All that state tells, inputs and outputs. */
export function fromState({ [DETAILS]: details, ...rest }: Properties): Properties {
  return { ...outputsIn(details), ...rest };
}

/** The outputs that {@link DETAILS} tells. */
export const outputsIn = (details: unknown): Properties => (typeof details === "string" ? JSON.parse(details) : {});

export const pick = (from: object, names: readonly PropertyKey[]): Properties =>
  Object.fromEntries(names.map((name) => [name, (from as Record<PropertyKey, unknown>)[name]]));

/** State is plain JSON: an `undefined` in it would be refused by the plugin, and `null` only costs bytes. */
export const withoutAbsent = <T extends object>(properties: T): T =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value != null)) as T;
