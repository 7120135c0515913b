import type { z } from "zod";
import type { Api } from "../api/transport";

/**
 * What a resource declares about itself: its schema, its codec and its verbs. Everything that is the same for all resources
 * (checks, diff, ownership, adoption, partial failure) is in the lifecycle and not repeated here.
 */
export interface Definition<Inputs extends object = object, Outputs extends object = object> {
  /** Name of the resource type in programs and messages. */
  kind: string;
  /** Schema of the inputs, used by `check`. Strict, so that a misspelt input is reported. */
  schema: z.ZodObject;
  /** Inputs that are always secret. */
  secrets: readonly (keyof Inputs & string)[];
  /** Inputs that creating needs and adopting does not. The schema has them as optional. */
  requiredToCreate: readonly (keyof Inputs & string)[];
  /** Names of the properties that only the API sets. */
  outputs: readonly (keyof Outputs & string)[];
  /** The form of the resource's ID, also of `adoptId`. */
  id: { pattern: RegExp; form: string };
  /** What one declaration has for itself, from the ID: a client account belongs to one resource, whichever of its users it manages. */
  exclusive(id: string): string;
  /** Outputs that the ID contains; `undefined` where the ID has another form. They stay known while an update is previewed. */
  fromId: { [K in keyof Outputs]?: (id: string) => Outputs[K] | undefined };
  /** Inputs that the API cannot change. A change by the program is rejected at preview. */
  immutable: readonly (keyof Inputs & string)[];
  /** Inputs that only matter at creation; a later change of them is no change. */
  createOnly: readonly (keyof Inputs)[];
  /** Brings values that mean the same to one form. Used by every comparison: diff, proof of ownership, refresh. */
  normalize: { [K in keyof Inputs]?: (value: NonNullable<Inputs[K]>) => unknown };
  /**
   * Inputs that no read shows with certainty: what an adoption takes for their present value, so that every declared one is
   * set.
   */
  assumed: { [K in keyof Inputs]?: (declared: NonNullable<Inputs[K]>) => Inputs[K] };
  /** Name of the input that an API field belongs to, for the texts of a refusal. */
  property(field: string): string;
  /** What the resource belongs to and leaves at Gcore when it is deleted, in a few words: "client account 7 (Acme)". */
  describe(state: Partial<Inputs & Outputs>): string;

  /** Creates the resource with all inputs. Not idempotent: never retried without a lookup. */
  create(api: Api, inputs: Inputs): Promise<Observed<Inputs, Outputs>>;
  /** Reads the resource. `undefined` only when it certainly no longer exists; every doubt is an error. */
  read(api: Api, id: string, known: Partial<Inputs & Outputs>): Promise<Observed<Inputs, Outputs> | undefined>;
  /** The calls of an update in their order, each with the inputs that it changes. Only those that differ are made. */
  changes: readonly ChangeCall<Inputs, Outputs>[];
  /** Deletes the resource, which `read` has just shown. */
  delete(api: Api, state: Inputs & Outputs): Promise<void>;
  /** How an existing resource is found and recognized. */
  identity: Identity<Inputs, Outputs>;
}

/** How an existing resource is found, and recognized as this declaration's own. */
export interface Identity<Inputs extends object, Outputs extends object> {
  /** The input that is unique at the API: a resource is found by it, and a refusal about it means "exists already". */
  key: keyof Inputs & string;
  /** The API's names for it, by which a refusal is recognized. */
  keyFields: readonly string[];
  /** The input whose default is the origin mark. */
  mark: keyof Inputs & string;
  /** Finds the resource by its key; with `createdSince` only when it is not older. */
  find(api: Api, inputs: Inputs, createdSince?: Date): Promise<Observed<Inputs, Outputs> | undefined>;
  /** Whether the declared credentials open the resource. */
  authenticate(api: Api, inputs: Inputs): Promise<boolean>;
}

/** A resource as the API shows it: its inputs, and what only the API sets. */
export interface Observed<Inputs extends object, Outputs extends object> {
  id: string;
  inputs: Partial<Inputs>;
  outputs: Partial<Outputs>;
  /** The resource itself was deleted outside Pulumi, but what it belongs to exists: it stays in state. */
  isDeleted?: true;
}

/** Inputs and outputs of an observed resource together. */
export const propertiesOf = <I extends object, O extends object>({ inputs, outputs }: Observed<I, O>): Partial<I & O> =>
  ({
    ...inputs,
    ...outputs,
  }) as Partial<I & O>;

/** One call of an update. */
export interface ChangeCall<Inputs extends object, Outputs extends object> {
  properties: readonly (keyof Inputs & string)[];
  /** An input whose current value the call needs: without it in state the change is rejected at preview. */
  needs?: keyof Inputs & string;
  /** Makes the call. When it takes several requests, `reached` is called with what holds after each. */
  apply(api: Api, change: Change<Inputs, Outputs>, reached: (inputs: Partial<Inputs>) => void): Promise<void>;
}

/** An update: the state before it, the inputs after it, and which of the call's properties differ. */
export interface Change<Inputs extends object, Outputs extends object> {
  olds: Partial<Inputs> & Outputs;
  news: Inputs;
  changed: readonly string[];
}

/** Checks a definition's types where it is written; the lifecycle takes it as it is. */
export const defineResource = <Inputs extends object, Outputs extends object>(
  definition: Definition<Inputs, Outputs>,
): Definition<Inputs, Outputs> => definition;
