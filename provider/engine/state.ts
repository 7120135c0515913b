import type { Definition } from "./define";
import { equalityBy, HIDDEN_INPUTS } from "./equality";
import { type Properties, pick, withoutAbsent } from "./properties";

/** How what was declared and what was observed become the state of a resource. State is plain JSON, inputs and outputs together. */
export interface StateCodec<I extends object> {
  /** What the engine keeps. */
  state(outputs: object, inputs: object): Properties;
  /** The inputs of a state. */
  inputs(state: Properties): Properties;
  /** The known inputs as the API shows them, for a refresh. What the API does not show, or cannot change, stays as declared. */
  refreshed(known: Properties, found: Partial<I>): Properties;
  /** The declared inputs as an adoption finds them. Secrets are taken to be the declared ones. */
  adopted(declared: Properties, found: Partial<I>): Properties;
}

/** Derives the codec of a kind. */
export function stateCodec<I extends object, O extends object>(definition: Definition<I, O>): StateCodec<I> {
  const { immutable, clearable, assumed, secrets } = definition;
  const inputNames = Object.keys(definition.inputs.shape) as (keyof I & string)[];
  const outputNames = Object.keys(definition.outputs.shape);
  const isSame = equalityBy(definition);

  /** Without what is absent: for most inputs that is null too. */
  const present = (properties: Properties): Properties => {
    const cleared = (clearable as readonly string[]).filter((name) => properties[name] === null);
    return { ...withoutAbsent(properties), ...pick(properties, cleared) };
  };
  const inputs = (properties: object) => present(pick(properties, [...inputNames, ...HIDDEN_INPUTS]));

  /** Undefined is "not shown", null is "none". A different spelling is no difference. */
  const isKept = (name: keyof I & string, known: Properties, found: Partial<I>) =>
    immutable.includes(name) || found[name] === undefined || isSame(name, known[name], found[name]);

  /** An output of the same name is in state whether it was declared or not: only a value other than the default was declared. */
  const isDeclared = (name: keyof I & string, known: Properties) =>
    name in known && !(outputNames.includes(name) && isSame(name, known[name], undefined));

  return {
    state: (outputs, declared) => ({ ...withoutAbsent(pick(outputs, outputNames)), ...inputs(declared) }),
    inputs,

    refreshed(known, found) {
      const names = inputNames.filter((name) => isDeclared(name, known));
      const values = names.map((name) => [name, isKept(name, known, found) ? known[name] : found[name]]);
      const differing = immutable.filter(
        (name) => known[name] != null && found[name] != null && !isSame(name, known[name], found[name]),
      );
      const observed = differing.length > 0 ? pick(found, differing) : undefined;
      return present({ ...Object.fromEntries(values), origin: known.origin, observed });
    },

    adopted(declared, found) {
      const assumptions = Object.entries(assumed as Record<string, (declared: unknown) => unknown>)
        .filter(([name]) => declared[name] != null)
        .map(([name, assume]) => [name, assume(declared[name])]);
      const shown = inputNames.filter((name) => name in declared);
      return present({ ...pick(found, shown), ...Object.fromEntries(assumptions), ...pick(declared, secrets) });
    },
  };
}
