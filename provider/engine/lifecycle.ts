import { GcoreError, NotFoundError, ValidationError } from "../api/errors";
import type { Api } from "../api/transport";
import { keepingMark, problemsIn, refusedChanges, sameBy } from "./check";
import type { Definition, Observed } from "./define";
import { createExactlyOnce, noteDeleted, noteManaged } from "./exactly-once";
import { isOriginMark } from "./origin-mark";
import { fromState, pick, toState, withoutAbsent } from "./state";

/**
 * The life of a resource, the same for all kinds: what Pulumi asks of a dynamic provider, answered from a definition.
 * The only home of the policies about taking over what exists and about failures half-way.
 */

type Properties = Record<string, unknown>;

/** Gives the way to the API, or throws why there is none. Asked at each call, so that `check` can report it nicely. */
export type Session = () => Api;

/** Something was made or changed, and then a call failed: what was reached goes into state together with the error. */
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

/** Binds a definition to the verbs that Pulumi calls. */
export function bindLifecycle<Inputs extends object, Outputs extends object>(
  definition: Definition<Inputs, Outputs>,
  session: Session,
) {
  type State = Inputs & Outputs;
  const inputNames = Object.keys(definition.schema.shape) as (keyof Inputs & string)[];

  const same = sameBy(definition.normalize);

  /**
   * The declared inputs as they stand. What the API does not show (`undefined`, not `null`) and what only differs in
   * spelling stays as the program wrote it, so that no drift is seen where there is none.
   */
  const asTheyStand = (declared: Partial<Inputs>, found: Partial<Inputs>): Partial<Inputs> => {
    const kept = (name: keyof Inputs) => found[name] === undefined || same(name, declared[name], found[name]);
    const names = inputNames.filter((name) => name in declared);
    return withoutAbsent(
      Object.fromEntries(names.map((name) => [name, (kept(name) ? declared : found)[name]])),
    ) as Partial<Inputs>;
  };

  /** What the engine keeps: the outputs, and the inputs as they stand. */
  const stateOf = (known: object, inputs: object) => toState(definition, known, pick(inputs, inputNames));

  /** Makes the calls for what differs, one by one. Once something was made or changed, a failure keeps what was reached. */
  const applyChanges = async (id: string, from: Partial<Inputs> & Outputs, news: Inputs, alreadyMade: boolean) => {
    let reached: Properties = { ...from };
    let touched = alreadyMade;
    for (const call of definition.changes) {
      const changed = call.properties.filter((name) => !same(name, from[name], news[name]));
      if (changed.length === 0) continue;
      const reach = (inputs: object) => {
        touched = true;
        reached = { ...reached, ...inputs };
      };
      try {
        await call.apply(session(), { olds: from, news, changed }, reach);
      } catch (error) {
        throw touched ? partialFailure(id, reached, news, error as Error) : error;
      }
      reach(pick(news, changed));
    }
  };

  const partialFailure = (id: string, reached: object, news: Inputs, cause: Error) =>
    new PartialFailure(id, { ...stateOf(reached, reached), __provider: (news as Properties).__provider }, cause);

  const adopt = async (inputs: Inputs, adoptId: string) => {
    const found = await definition.read(session(), adoptId, inputs as Partial<State>);
    if (!found) throw new Error(`adoptId ${adoptId}: there is no such ${definition.kind} for this reseller.`);
    return converge(found, inputs);
  };

  /** Brings an existing thing to what is declared; its id is known from the start and never lost again. */
  const converge = async (found: Observed<Inputs, Outputs>, inputs: Inputs) => {
    const conflict = definition.identity.conflict(found, inputs);
    if (conflict) throw new Error(`${definition.identity.describe(found)} cannot be taken over: ${conflict}`);
    const from = { ...found.outputs, ...asTheyStand(inputs, found.inputs) };
    await applyChanges(found.id, from, inputs, true);
    return { id: found.id, outs: stateOf(found.outputs, inputs) };
  };

  /** Two stacks that manage one thing would undo each other's work, and the first destroy would take it from both. */
  const tellOfAnotherKeeper = (known: Partial<Inputs>, found: Observed<Inputs, Outputs>) => {
    const { originMark, describe } = definition.identity;
    const [before, now] = [known[originMark], found.inputs[originMark]];
    if (!isOriginMark(before) || !isOriginMark(now) || before === now) return;
    session().tell(
      `${describe(found)} is now managed by ${now}: if it moved there on purpose, ` +
        "`pulumi state delete` it here, which touches nothing at Gcore.",
    );
  };

  return explainingErrors(definition, {
    async check(olds: Properties, news: Properties) {
      const inputs = keepingMark(definition, olds, withoutProvider(news));
      const problems = problemsIn(definition, inputs);
      // What is not of its type cannot be compared.
      const refused = problems.length > 0 ? [] : refusedChanges(definition, olds, inputs);
      const failures = [...problemsOf(session), ...problems, ...refused];
      // The property stays empty: with one, the engine prints its value, which may be a secret.
      return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
    },

    /** Says "no change" where nothing differs but order or spelling, and else leaves the diff to the engine, which names each property. */
    async diff(id: string, olds: Properties, news: Properties) {
      if (problemsOf(session).length === 0) noteManaged(session(), id);
      const compared = inputNames.filter((name) => !definition.createOnly.includes(name));
      return compared.every((name) => same(name, olds[name], news[name])) ? { changes: false } : {};
    },

    async create(props: Properties) {
      const inputs = props as Inputs;
      const { adoptId } = props;
      if (typeof adoptId === "string") return adopt(inputs, adoptId);
      const { how, thing } = await createExactlyOnce(definition, session(), inputs);
      return how === "made" ? { id: thing.id, outs: stateOf(thing.outputs, inputs) } : converge(thing, inputs);
    },

    async read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }> {
      const declared = withoutProvider(props) as Partial<Inputs>;
      const known = fromState(declared as Properties) as Partial<State>;
      const found = await definition.read(session(), id, known);
      if (!found) return { id: "", props: {} };
      tellOfAnotherKeeper(known, found);
      const lookedUp = Object.keys(known).length === 0;
      const inputs = lookedUp ? withoutAbsent(found.inputs) : asTheyStand(declared, found.inputs);
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
        // 404 is also what a wrong key or URL gets: reading knows whether it is gone.
        if (!(error instanceof NotFoundError) || (await definition.read(session(), id, state))) throw error;
      }
      noteDeleted(session(), id);
    },
  });
}

/** 404 while updating says that the state is out of date; reading tells whether the thing is gone, and deleting asks it. */
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

/** The verbs again, with every error told in the program's own property names and with the way out. */
function explainingErrors<I extends object, O extends object, V extends object>(
  definition: Definition<I, O>,
  verbs: V,
): V {
  const guarded = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await verb(...args);
      } catch (error) {
        throw explained(definition, error);
      }
    },
  ]);
  return Object.fromEntries(guarded) as V;
}

function explained<I extends object, O extends object>(definition: Definition<I, O>, error: unknown): Error {
  if (error instanceof PartialFailure) {
    return new PartialFailure(error.id, error.properties, explained(definition, error.cause));
  }
  const told = error instanceof ValidationError ? error.renamed((field) => field && definition.property(field)) : error;
  // The plugin prints the stack of an error after its text: of use for a bug in this package only.
  if (told instanceof GcoreError) told.stack = "";
  return told instanceof Error ? told : new Error(String(told));
}

const withoutProvider = (inputs: object): Properties => {
  const { __provider, ...rest } = inputs as Properties;
  return rest;
};
