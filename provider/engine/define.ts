import type { z } from "zod";
import type { Api } from "../api/transport";
import type { Failure } from "./check";
import type { Properties } from "./properties";

/**
 * What a resource kind declares about itself: its inputs and outputs, its calls, and one of three shapes. Everything that is
 * the same for all kinds (checks, diff, ownership, adoption, partial failure) is in the lifecycle and not repeated here.
 */
export type Definition<I extends object = object, O extends object = object> = Required<Facts<I, O>> & Shape<I, O>;
/** A definition as it is written: with {@link defaults} for the facts that few kinds have. */
export type Declared<I extends object, O extends object> = Facts<I, O> & Shape<I, O>;

interface Facts<I extends object, O extends object> {
  /** Name of the resource type in programs and messages. */
  kind: string;
  /** What the resource is, in messages: "client account". */
  noun: string;
  /** Schema of the inputs, used by `check`. Strict, so that a misspelt input is reported. */
  inputs: Schema<I>;
  /** Schema of the properties that only the API sets. */
  outputs: Schema<O>;
  /** Inputs that are always secret. */
  secrets?: readonly (keyof I & string)[];
  /** Outputs that are always secret. */
  secretOutputs?: readonly (keyof O & string)[];
  /** The inputs by which people know the resource. No two resources of a program may have the same. */
  key: readonly (keyof I & string)[];
  /** The form of the resource's ID, also of `adoptId`. */
  id: { pattern: RegExp; form: string };
  /** Outputs that the ID contains; `undefined` where the ID has another form. They stay known while an update is previewed. */
  fromId: { [K in keyof O]?: (id: string) => O[K] | undefined };
  /**
   * What only one declaration of a program may manage, from the ID. Kinds that return the same text exclude each other.
   * Default: the kind and the ID.
   */
  exclusive?(id: string): string;
  /** Inputs that creating needs and adopting does not. The schema has them as optional. */
  requiredToCreate?: readonly (keyof I & string)[];
  /** Inputs that the API cannot change. A change by the program is rejected at preview. */
  immutable?: readonly (keyof I & string)[];
  /** Inputs whose change makes another resource of it, and which of the two calls comes first. */
  replacing?: { inputs: readonly (keyof I & string)[]; first: "delete" | "create" };
  /**
   * Inputs that creating does not set: their call of `changes` follows it, at most once for each value. No read shows whether
   * it was made.
   */
  afterCreate?: readonly (keyof I & string)[];
  /** Inputs that only matter at creation; a later change of them is no change. */
  createOnly?: readonly (keyof I)[];
  /**
   * Inputs that null clears. Left out, they keep the value that they have at Gcore: only for these null differs from absent,
   * and is in state.
   */
  clearable?: readonly (keyof I)[];
  /** Brings values that mean the same to one form. Used by every comparison: diff, proof of ownership, refresh. */
  normalize?: { [K in keyof I]?: (value: NonNullable<I[K]>) => unknown };
  /**
   * Inputs that no read shows with certainty: what an adoption takes for their present value, so that every declared one is
   * set.
   */
  assumed?: { [K in keyof I]?: (declared: NonNullable<I[K]>) => I[K] };
  /** What the inputs must satisfy together. Values may be unknown. */
  rules?(inputs: Properties): Failure[];
  /** Name of the input that an API field belongs to, for the texts of a refusal. Default: the field. */
  property?(field: string): string;
  /** The resource in a few words: "client account 7 (Acme)". */
  describe(state: Partial<I & O>): string;
  /** What a destroy does at Gcore, in messages and docs: "deletes the user". */
  deletion: string;
  /** What is left at Gcore after a delete, in a few words. Default: nothing. */
  remains?(state: Partial<I & O>, isReplaced: boolean): string | undefined;
  /**
   * The resource is a setting of the reseller: a request with another key would not fail, but change another reseller's. The
   * reseller in state is compared before each write.
   */
  isResellerSetting?: boolean;

  /** Reads the resource. `undefined` only when it certainly no longer exists; every doubt is an error. */
  read(api: Api, id: string, known: Partial<I & O>): Promise<Observed<I, O> | undefined>;
  /** The calls of an update in their order, each with the inputs that it changes. Only those that differ are made. */
  changes?: readonly ChangeCall<I, O>[];
  /** The input whose default is the origin mark. `undefined`: the API has no field for one. */
  mark?: (keyof I & string) | undefined;
  /** For the page in docs/resources alone. */
  docs?: DocsFacts<O>;
}

/** What the docs say of a kind, and no code needs. Sentences; null where Gcore documents nothing. */
interface DocsFacts<O extends object> {
  /** Outputs that no later read shows. The others are refreshed. */
  asOfCreation?: readonly (keyof O & string)[];
  /** After a lost reply: what proves that a resource of the shape "made" is this declaration's own; otherwise what is special. */
  lostReply?: string;
  /** Whose key or token the calls need, and what it must be allowed to do. */
  permissions?: string | null;
  /** How many there may be, and what else Gcore refuses. */
  limits?: string | null;
}

type Shape<I extends object, O extends object> = Made<I, O> | Ensured<I, O> | Given<I, O>;

/** Each POST makes another one: made exactly once, and recovered only with proof. */
export interface Made<I extends object, O extends object> extends Creatable<I, O> {
  shape: "made";
  /** Whether only this declaration can have created what was found. Asked of a resource that is not older than it may be. */
  proves(api: Api, inputs: I, found: Observed<I, O>): Promise<boolean>;
}

/** There or not: each declaration of it gets the same one. */
export interface Ensured<I extends object, O extends object> extends Creatable<I, O> {
  shape: "ensured";
}

/** There from the start: no call creates or deletes it. */
export interface Given<I extends object, O extends object> {
  shape: "given";
  /** Finds it, as it is now. @throws when what it belongs to does not exist. */
  find(api: Api, inputs: I): Promise<Observed<I, O>>;
  /** What a destroy does to it, or its replacement, which the program still declares. Left out: nothing. */
  release?(api: Api, state: I & O, isReplaced: boolean): Promise<void>;
}

interface Creatable<I extends object, O extends object> {
  /** Whether the API refuses a second one with the same key. If not, the key is looked up before each POST. */
  isUnique: boolean;
  /** The API's names for the key, by which a refusal is recognized as "exists already". */
  keyFields: readonly string[];
  /** Creates the resource with all inputs. Never repeated without a lookup. */
  create(api: Api, inputs: I): Promise<Observed<I, O>>;
  /** Finds the resource by its key; with `createdSince` only when it is not older. */
  find(api: Api, inputs: I, createdSince?: Date): Promise<Observed<I, O> | undefined>;
  /** Deletes the resource, which `read` has just shown. */
  delete(api: Api, state: I & O): Promise<void>;
}

/** A definition that can be created. */
export type CreatableDefinition<I extends object, O extends object> = Required<Facts<I, O>> &
  (Made<I, O> | Ensured<I, O>);

/** A schema with each property of `T`, and no other. */
export type Schema<T extends object> = z.ZodObject<{ [K in keyof Required<T>]: z.ZodType }>;

/** A resource as the API shows it: its inputs, and what only the API sets. */
export interface Observed<I extends object, O extends object> {
  id: string;
  /** `undefined` is "not shown", null is "none". */
  inputs: Partial<I>;
  /** The same. */
  outputs: { [K in keyof O]?: O[K] | null | undefined };
  /** A line that a refresh logs: what is at Gcore is no drift, but the user should know of it. */
  notice?: string | undefined;
  /**
   * The resource itself was deleted outside Pulumi, but what it belongs to exists: it stays in state. The text says what is
   * missing, and the way out.
   */
  lost?: string;
}

/** Inputs and outputs of an observed resource together. */
export const propertiesOf = <I extends object, O extends object>({ inputs, outputs }: Observed<I, O>): Partial<I & O> =>
  ({ ...inputs, ...outputs }) as Partial<I & O>;

/** One call of an update. */
export interface ChangeCall<I extends object, O extends object> {
  properties: readonly (keyof I & string)[];
  /** Method and path, for the docs. */
  call: string;
  /** An input whose current value the call needs: without it in state the change is rejected at preview. */
  needs?: keyof I & string;
  /** Whether it is this call that makes the change, where several calls set the same property. Default: it is. */
  isFor?(news: I): boolean;
  /** Whether the call is needed though no input differs: an earlier one was interrupted. */
  isPending?(olds: Partial<I & O>, news: I): boolean;
  /** Makes the call. `reached` is called with inputs and outputs that hold after each of its requests, if it makes several. */
  apply(api: Api, change: Change<I, O>, reached: (now: Partial<I & O>) => void): Promise<void>;
}

/** An update: the state before it, the inputs after it, and which of the call's properties differ. */
export interface Change<I extends object, O extends object> {
  olds: Partial<I> & O;
  news: I;
  changed: readonly string[];
}

/** A definition with the defaults of what it leaves out. Checks its types where it is written. */
export function defineResource<I extends object, O extends object>(declared: Declared<I, O>): Definition<I, O> {
  const exclusive = (id: string) => `${declared.kind} ${id}`;
  return { ...(defaults as object), exclusive, ...declared } as Definition<I, O>;
}

const defaults = {
  secrets: [],
  secretOutputs: [],
  requiredToCreate: [],
  immutable: [],
  replacing: { inputs: [], first: "delete" },
  afterCreate: [],
  createOnly: [],
  clearable: [],
  normalize: {},
  assumed: {},
  rules: () => [],
  property: (field) => field,
  remains: () => undefined,
  isResellerSetting: false,
  changes: [],
  mark: undefined,
  docs: {},
} satisfies Partial<Facts<object, object>>;
