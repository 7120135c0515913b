import type { z } from "zod";
import type { Api } from "../api/transport";

/**
 * The definition of a resource kind: its schema, its codec and its verbs. What is the same for all resources (check, diff,
 * adoption, partial failure) is in the lifecycle and not repeated here.
 */
export interface Definition<Inputs extends object = object, Outputs extends object = object> {
  /** Name of the kind, as used in programs and messages. */
  kind: string;
  /** Schema of the inputs, used by `check`. Strict, so that a misspelt input is reported. */
  schema: z.ZodObject;
  /** Inputs that are always secret. */
  secrets: readonly (keyof Inputs & string)[];
  /** Names of the properties that only the API sets. */
  outputs: readonly (keyof Outputs & string)[];
  /** Inputs that the API cannot change, each with the way out. A change is rejected at preview. */
  immutable: { [K in keyof Inputs]?: string };
  /** Inputs that are used only at create; a later change of them is ignored. */
  createOnly: readonly (keyof Inputs)[];
  /** Normal forms of inputs: values with the same normal form are equal, so their difference is no diff. */
  normalize: { [K in keyof Inputs]?: (value: NonNullable<Inputs[K]>) => unknown };
  /** Name of the input that an API field belongs to, for the texts of a validation error. */
  property(field: string): string;

  /** Creates the resource with all inputs. Not idempotent: never retried without a lookup. */
  create(api: Api, inputs: Inputs): Promise<Observed<Inputs, Outputs>>;
  /** Reads the current resource; undefined if it is gone. Only a 404 about the resource itself means that. */
  read(api: Api, id: string, known: Partial<Inputs & Outputs>): Promise<Observed<Inputs, Outputs> | undefined>;
  /** The calls of an update, in order, each with the inputs that it changes. A call whose inputs are equal is not made. */
  changes: readonly ChangeCall<Inputs, Outputs>[];
  /** Deletes the resource. Throws on 404: only `read` decides whether the resource is gone already. */
  delete(api: Api, state: Inputs & Outputs): Promise<void>;
  /** How an existing resource is identified: needed to create it exactly once and to adopt it. */
  identity: Identity<Inputs, Outputs>;
}

/** What distinguishes one resource of a kind from another, and an owned one from a foreign one. */
export interface Identity<Inputs extends object, Outputs extends object> {
  /** The input that is unique at the API: a lookup searches for it, and a 400 that names it means "duplicate". */
  unique: keyof Inputs & string;
  /** The input that carries the origin mark. */
  originMark: keyof Inputs & string;
  /** The outputs that identify the resource at the API. */
  ids: readonly (keyof Outputs & string)[];
  /** Finds the resource by its unique input; with `createdSince` only if it was created at that time or later. */
  find(api: Api, inputs: Inputs, createdSince?: Date): Promise<Observed<Inputs, Outputs> | undefined>;
  /** Whether the declared credentials log in. */
  authenticate(api: Api, inputs: Inputs): Promise<boolean>;
  /** A short description for messages, such as "client account 7". */
  describe(found: Observed<Inputs, Outputs>): string;
  /** The value of `adoptId` that adopts the resource. */
  adoptId(found: Observed<Inputs, Outputs>): string;
  /** Why the existing resource cannot be changed to the declared inputs; undefined if it can. */
  conflict(found: Observed<Inputs, Outputs>, inputs: Inputs): string | undefined;
}

/** A resource as the API shows it: its inputs, and the outputs that only the API sets. */
export interface Observed<Inputs extends object, Outputs extends object> {
  id: string;
  inputs: Partial<Inputs>;
  outputs: Outputs;
}

/** One call of an update. */
export interface ChangeCall<Inputs extends object, Outputs extends object> {
  properties: readonly (keyof Inputs & string)[];
  /** Makes the call. If it takes several requests, `reached` is called after each with the inputs that are now in place. */
  apply(api: Api, change: Change<Inputs, Outputs>, reached: (inputs: Partial<Inputs>) => void): Promise<void>;
}

/** The old state, the new inputs, and which of the call's properties differ. */
export interface Change<Inputs extends object, Outputs extends object> {
  olds: Partial<Inputs> & Outputs;
  news: Inputs;
  changed: readonly string[];
}

/** Returns the definition unchanged; checks its types where it is written. */
export const defineResource = <Inputs extends object, Outputs extends object>(
  definition: Definition<Inputs, Outputs>,
): Definition<Inputs, Outputs> => definition;
