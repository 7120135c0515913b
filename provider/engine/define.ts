import type { z } from "zod";
import type { Api } from "../api/transport";

/**
 * What a resource tells the lifecycle about itself: its schema, its codec and its verbs. Everything that is the same
 * for all resources (checking, diffing, adoption, partial failure) is the lifecycle's and not repeated here.
 */
export interface Definition<Inputs extends object = object, Outputs extends object = object> {
  /** Its name, as programs and messages have it. */
  kind: string;
  /** What the inputs must look like; drives `check`. Strict, so that a misspelt input is found. */
  schema: z.ZodObject;
  /** Inputs that are secret whatever the program says. */
  secrets: readonly (keyof Inputs & string)[];
  /** Names of the properties that only the API decides. */
  outputs: readonly (keyof Outputs & string)[];
  /** Properties that the API cannot change, each with the way out. A change is refused at preview. */
  unchangeable: { [K in keyof Inputs]?: string };
  /** Inputs that only matter while the resource is created; a later change of them is no change. */
  createOnly: readonly (keyof Inputs)[];
  /** Brings spellings that mean the same to one form, so that they are not taken for a change. */
  normalize: { [K in keyof Inputs]?: (value: NonNullable<Inputs[K]>) => unknown };
  /** Name of the input that an API field belongs to, for the texts of a refusal. */
  property(field: string): string;

  /** Makes the thing with all declared inputs, by the one call that must never be repeated blindly. */
  create(api: Api, inputs: Inputs): Promise<Observed<Inputs, Outputs>>;
  /** The thing as it stands, or undefined when it is gone; only a 404 about the thing itself means that. */
  read(api: Api, id: string, known: Partial<Inputs & Outputs>): Promise<Observed<Inputs, Outputs> | undefined>;
  /** The calls of an update, in their order, each with the inputs that it changes. Only those that differ are made. */
  changes: readonly ChangeCall<Inputs, Outputs>[];
  /** Deletes the thing. A 404 is handed on: whether it is gone already is for `read` to say. */
  delete(api: Api, state: Inputs & Outputs): Promise<void>;
  /** How a thing that exists is recognized: needed to make it exactly once and to take it over. */
  identity: Identity<Inputs, Outputs>;
}

/** What tells one thing of a kind from another, and this declaration's own from everybody else's. */
export interface Identity<Inputs extends object, Outputs extends object> {
  /** The input that is unique at the API: a thing is found by it, and a 400 that names it means "taken". */
  unique: keyof Inputs & string;
  /** The input that carries the origin mark. */
  originMark: keyof Inputs & string;
  /** The outputs that the API knows it by. */
  ids: readonly (keyof Outputs & string)[];
  /** Finds the thing by its unique input; with `createdSince` only when it is not older. */
  find(api: Api, inputs: Inputs, createdSince?: Date): Promise<Observed<Inputs, Outputs> | undefined>;
  /** Whether the declared credentials open the thing. */
  authenticate(api: Api, inputs: Inputs): Promise<boolean>;
  /** The thing in a few words for a person, such as "client account 7". */
  describe(found: Observed<Inputs, Outputs>): string;
  /** What to write into `adoptId` to take it over. */
  adoptId(found: Observed<Inputs, Outputs>): string;
  /** Why the existing thing cannot become what is declared; undefined when it can. */
  conflict(found: Observed<Inputs, Outputs>, inputs: Inputs): string | undefined;
}

/** A thing as the API shows it: what can be declared of it, and what only the API decides. */
export interface Observed<Inputs extends object, Outputs extends object> {
  id: string;
  inputs: Partial<Inputs>;
  outputs: Outputs;
}

/** One call of an update. */
export interface ChangeCall<Inputs extends object, Outputs extends object> {
  properties: readonly (keyof Inputs & string)[];
  /** Makes the call. When it takes several, each tells `reached` what holds from there on. */
  apply(api: Api, change: Change<Inputs, Outputs>, reached: (inputs: Partial<Inputs>) => void): Promise<void>;
}

/** What is to become of what, and which of the call's properties differ. */
export interface Change<Inputs extends object, Outputs extends object> {
  olds: Partial<Inputs> & Outputs;
  news: Inputs;
  changed: readonly string[];
}

/** Checks a definition's types where it is written and hands it on for the lifecycle, which knows no resource. */
export const defineResource = <Inputs extends object, Outputs extends object>(
  definition: Definition<Inputs, Outputs>,
): Definition<Inputs, Outputs> => definition;
