import type { Definition } from "./define";

/**
 * The form of a resource's properties in state. Each value there costs the CLI time at every checkpoint and every call, for
 * each resource; so the outputs are one value, a JSON text. The ids are separate properties, so that they are easy to find.
 */

type Properties = Record<string, unknown>;

/** Name of the property that contains the outputs, except the ids, as JSON. */
export const DETAILS = "details";

/** Names of the outputs that {@link DETAILS} contains. */
export const namesInDetails = <I extends object, O extends object>({ outputs, identity }: Definition<I, O>) =>
  outputs.filter((name) => !identity.ids.includes(name));

/** The state of a resource from its known outputs and its current inputs. */
export function toState<I extends object, O extends object>(
  definition: Definition<I, O>,
  known: object,
  inputs: object,
): Properties {
  const details = JSON.stringify(withoutAbsent(pick(known, namesInDetails(definition))));
  return withoutAbsent({ ...inputs, ...pick(known, definition.identity.ids), [DETAILS]: details });
}

/** The inputs and outputs of a resource from its state. */
export function fromState({ [DETAILS]: details, ...rest }: Properties): Properties {
  return { ...outputsIn(details), ...rest };
}

/** The outputs that {@link DETAILS} contains. */
export const outputsIn = (details: unknown): Properties => (typeof details === "string" ? JSON.parse(details) : {});

/** The named properties of an object; undefined where it has none. */
export const pick = (from: object, names: readonly PropertyKey[]): Properties =>
  Object.fromEntries(names.map((name) => [name, (from as Record<PropertyKey, unknown>)[name]]));

/** The properties that are neither `undefined`, which the plugin refuses in state, nor `null`, which only takes space. */
export const withoutAbsent = <T extends object>(properties: T): T =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value != null)) as T;
