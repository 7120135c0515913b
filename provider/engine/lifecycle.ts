import { GcoreError, NotFoundError, ValidationError } from "../api/errors";
import type { Api } from "../api/transport";
import { inputProblems, preserveOriginMark, rejectedChanges, sameBy } from "./check";
import type { Definition, Observed } from "./define";
import { claim, createExactlyOnce, recordDeletion } from "./exactly-once";
import { isOriginMark } from "./origin-mark";
import { fromState, pick, toState, withoutAbsent } from "./state";

/**
 * The verbs of a dynamic provider, the same for all kinds, implemented from a definition. The policies about adoption and
 * about partial failure are here and nowhere else.
 */

type Properties = Record<string, unknown>;

/** Returns the API, or throws if a setting is missing or invalid. Called by each verb, so that `check` can report it. */
export type Session = () => Api;

/**
 * A call failed after the resource was created or changed. The engine stores the reached properties in state, together with
 * the error (Pulumi's InitFailed).
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly reasons: string[];
  constructor(
    readonly id: string,
    readonly properties: Properties,
    cause: Error,
  ) {
    super(cause.message, { cause });
    this.reasons = [cause.message];
  }
}

/** Returns the verbs that Pulumi calls on a dynamic provider, bound to a definition. */
export function bindLifecycle<Inputs extends object, Outputs extends object>(
  definition: Definition<Inputs, Outputs>,
  session: Session,
) {
  type State = Inputs & Outputs;
  const inputNames = Object.keys(definition.schema.shape) as (keyof Inputs & string)[];

  const same = sameBy(definition.normalize);

  /**
   * The current values of the declared inputs. An input that the API does not return (`undefined`, not `null`) or that only
   * differs in spelling keeps its declared value, so that it is not reported as drift.
   */
  const observedInputs = (declared: Partial<Inputs>, found: Partial<Inputs>): Partial<Inputs> => {
    const keepsDeclared = (name: keyof Inputs) => found[name] === undefined || same(name, declared[name], found[name]);
    const names = inputNames.filter((name) => name in declared);
    return withoutAbsent(
      Object.fromEntries(names.map((name) => [name, (keepsDeclared(name) ? declared : found)[name]])),
    ) as Partial<Inputs>;
  };

  /** The state to store: the known outputs and the current inputs. */
  const stateOf = (known: object, inputs: object) => toState(definition, known, pick(inputs, inputNames));

  /**
   * Makes the calls for the inputs that differ, one by one.
   * @throws {PartialFailure} if a call fails after the resource was created or changed.
   */
  const applyChanges = async (id: string, from: Partial<Inputs> & Outputs, news: Inputs, exists: boolean) => {
    let reached: Properties = { ...from };
    // After recovery or adoption even the first failure must store the ID.
    let isPartial = exists;
    for (const call of definition.changes) {
      const changed = call.properties.filter((name) => !same(name, from[name], news[name]));
      if (changed.length === 0) continue;
      const reach = (inputs: object) => {
        isPartial = true;
        reached = { ...reached, ...inputs };
      };
      try {
        await call.apply(session(), { olds: from, news, changed }, reach);
      } catch (error) {
        throw isPartial ? partialFailure(id, reached, news, error as Error) : error;
      }
      reach(pick(news, changed));
    }
  };

  const partialFailure = (id: string, reached: object, news: Inputs, cause: Error) =>
    new PartialFailure(id, { ...stateOf(reached, reached), __provider: (news as Properties).__provider }, cause);

  const adopt = async (inputs: Inputs, adoptId: string) => {
    const found = await definition.read(session(), adoptId, inputs as Partial<State>);
    if (!found) throw new Error(`adoptId ${adoptId}: this reseller has no such ${definition.kind}.`);
    return converge(found, inputs);
  };

  /** Updates an existing resource to the declared inputs. A failure keeps its id in state. */
  const converge = async (found: Observed<Inputs, Outputs>, inputs: Inputs) => {
    const conflict = definition.identity.conflict(found, inputs);
    if (conflict) throw new Error(`${definition.identity.describe(found)} cannot be adopted: ${conflict}`);
    const from = { ...found.outputs, ...observedInputs(inputs, found.inputs) };
    await applyChanges(found.id, from, inputs, true);
    return { id: found.id, outs: stateOf(found.outputs, inputs) };
  };

  /** Two stacks that manage one resource would revert each other's changes, and the first destroy would delete it for both. */
  const warnIfManagedElsewhere = (known: Partial<Inputs>, found: Observed<Inputs, Outputs>) => {
    const { originMark, describe } = definition.identity;
    const [before, now] = [known[originMark], found.inputs[originMark]];
    if (!isOriginMark(before) || !isOriginMark(now) || before === now) return;
    session().log(
      `${describe(found)} is now managed by ${now}: if it was moved there on purpose, ` +
        "run `pulumi state delete` for it here, which changes nothing at Gcore.",
    );
  };

  return withRenamedErrors(definition, {
    async check(olds: Properties, news: Properties) {
      const inputs = preserveOriginMark(definition, olds, withoutProvider(news));
      const problems = inputProblems(definition, inputs);
      // Values of a wrong type cannot be compared.
      const rejected = problems.length > 0 ? [] : rejectedChanges(definition, olds, inputs);
      const failures = [...problemsOf(session), ...problems, ...rejected];
      // The property stays empty: if it is set, the engine prints its value, which may be a secret.
      return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
    },

    /**
     * Returns `changes: false` if nothing differs but order or spelling. Otherwise the engine computes the diff itself, which
     * names each property.
     */
    async diff(id: string, olds: Properties, news: Properties) {
      if (problemsOf(session).length === 0) claim(session(), id);
      const compared = inputNames.filter((name) => !definition.createOnly.includes(name));
      return compared.every((name) => same(name, olds[name], news[name])) ? { changes: false } : {};
    },

    async create(props: Properties) {
      const inputs = props as Inputs;
      const { adoptId } = props;
      if (typeof adoptId === "string") return adopt(inputs, adoptId);
      const { outcome, resource } = await createExactlyOnce(definition, session(), inputs);
      return outcome === "created"
        ? { id: resource.id, outs: stateOf(resource.outputs, inputs) }
        : converge(resource, inputs);
    },

    async read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }> {
      const declared = withoutProvider(props) as Partial<Inputs>;
      const known = fromState(declared as Properties) as Partial<State>;
      const found = await definition.read(session(), id, known);
      if (!found) return { id: "", props: {} };
      warnIfManagedElsewhere(known, found);
      const isGet = Object.keys(known).length === 0;
      const inputs = isGet ? withoutAbsent(found.inputs) : observedInputs(declared, found.inputs);
      return {
        id: found.id,
        props: stateOf({ ...known, ...withoutAbsent(found.outputs) }, inputs),
        inputs: { ...inputs },
      };
    },

    async update(id: string, olds: Properties, news: Properties) {
      const state = fromState(withoutProvider(olds)) as State;
      const inputs = news as Inputs;
      await refreshIfNotFound(applyChanges(id, state, inputs, false));
      return { outs: stateOf(state, inputs) };
    },

    async delete(id: string, props: Properties) {
      const state = fromState(withoutProvider(props)) as State;
      try {
        await definition.delete(session(), state);
      } catch (error) {
        // A wrong key or URL gets 404 too: `read` decides whether the resource is gone.
        if (!(error instanceof NotFoundError) || (await definition.read(session(), id, state))) throw error;
      }
      recordDeletion(session(), id);
    },
  });
}

/** Adds the advice to refresh to a 404 of an update: the state is out of date, and only `read` decides whether it is gone. */
async function refreshIfNotFound(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const cause = error instanceof PartialFailure ? error.cause : error;
    if (cause instanceof NotFoundError) cause.message += " Run `pulumi refresh` to bring the state up to date.";
    throw error;
  }
}

function problemsOf(session: Session): string[] {
  try {
    session();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** The same verbs, whose errors use the program's property names. */
function withRenamedErrors<I extends object, O extends object, V extends object>(
  definition: Definition<I, O>,
  verbs: V,
): V {
  const guarded = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await verb(...args);
      } catch (error) {
        throw renamedError(definition, error);
      }
    },
  ]);
  return Object.fromEntries(guarded) as V;
}

function renamedError<I extends object, O extends object>(definition: Definition<I, O>, error: unknown): Error {
  if (error instanceof PartialFailure) {
    return new PartialFailure(error.id, error.properties, renamedError(definition, error.cause));
  }
  const renamed =
    error instanceof ValidationError ? error.renamed((field) => field && definition.property(field)) : error;
  // The plugin prints the stack of an error after its text, which helps only with a bug in this package.
  if (renamed instanceof GcoreError) renamed.stack = "";
  return renamed instanceof Error ? renamed : new Error(String(renamed));
}

const withoutProvider = (inputs: object): Properties => {
  const { __provider, ...rest } = inputs as Properties;
  return rest;
};
