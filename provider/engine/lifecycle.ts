import { NotFoundError } from "../api/errors";
import { getResellerId, resellerIdOf } from "../api/reseller";
import { adoptionConflict, findAdopted, previewAdoption } from "./adoption";
import { advice } from "./advice";
import { changesOf } from "./changes";
import { completed, type Failure, inputFailures } from "./check";
import { type Definition, type Observed, propertiesOf } from "./define";
import { equalityBy, hasSameInputs, normalFormBy } from "./equality";
import { createExactlyOnce } from "./exactly-once";
import { resourceError, withRefreshAdvice } from "./failures";
import { isOfSameStack, nameOf, otherResellerError, ownerOf } from "./ownership";
import { omit, type Properties, pick, withoutUndefined } from "./properties";
import { declarationName, resourceKey, type Session } from "./session";
import { stateCodec } from "./state";

/**
 * The lifecycle of a resource, the same for all kinds: the verbs that an engine calls on a provider, implemented from a
 * definition. The only place with the policies on ownership and disappearance. Knows no engine's dialect.
 */

/**
 * What `diff` found: nothing; other inputs; equal inputs, but a resource at Gcore that is not as the state wants it; or
 * inputs that make another resource of it, and which of the two calls comes first.
 */
export type Difference =
  | { is: "none" | "inputs" | "resource" }
  | { is: "replacement"; inputs: readonly string[]; first: "delete" | "create" };

/** A resource as the engine keeps it. */
export interface Stored {
  id: string;
  state: Properties;
  /** The inputs as refresh found them. */
  inputs: Properties;
}

/** The verbs of one kind. Properties are inputs with their hidden ones; state is inputs and outputs together. */
export interface Lifecycle {
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<Difference>;
  create(inputs: Properties): Promise<Pick<Stored, "id" | "state">>;
  /** @returns `undefined` when the resource no longer exists. */
  read(id: string, state: Properties): Promise<Stored | undefined>;
  /** @returns the new state. */
  update(id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, state: Properties): Promise<void>;
}

/** Binds a definition to the verbs. @throws {ResourceError} from each of them. */
export function bindLifecycle<I extends object, O extends object>(
  definition: Definition<I, O>,
  session: Session,
): Lifecycle {
  const { kind, key, mark, describe, replacing } = definition;
  const codec = stateCodec(definition);
  const changes = changesOf(definition);
  const isSame = equalityBy(definition);
  const normalForm = normalFormBy(definition);

  const declarationOf = (properties: Properties) => declarationName(kind, properties.origin);
  const label = (properties: Properties) => nameOf(declarationOf(properties));
  /** The values of the key, as texts; empty unless all of them are known. */
  const keyValues = (properties: Properties): string[] => {
    const values = key.map((name) => properties[name]);
    const isKnown = values.every((value) => typeof value === "string" || typeof value === "number");
    return isKnown ? values.map((value, index) => String(normalForm(key[index] as keyof I, value))) : [];
  };
  const subject = (properties: Properties) => {
    const values = key
      .map((name) => properties[name])
      .filter((value) => typeof value === "string" || typeof value === "number");
    return values.length > 0 ? `${label(properties)} (${values.join("/")})` : label(properties);
  };
  const log = (properties: Properties, line: string) => session.api().log(`${label(properties)}: ${line}`);
  const described = (state: Properties) => describe(state as Partial<I & O>);
  const markOf = (found: Observed<I, O>) => String(mark && found.inputs[mark]);
  const managed = (value: string, id: string, state: Properties) =>
    isOfSameStack(value, state) ? advice.managedBySibling(value, id) : advice.managedElsewhere(value);
  /**
   * Claims what the key names, only where the key alone makes the ID: if the creation then fails, the delete of a former
   * declaration must not end what the program declares.
   * @returns the resource of another kind that manages it.
   */
  const claimAgainstOtherKinds = (inputs: Properties, values: readonly string[]): string | undefined => {
    if (definition.shape === "made") return undefined;
    const claim = definition.exclusive(values.join("/"));
    const holder = session.claims.claim(claim, declarationOf(inputs), { isIntent: true });
    return holder.startsWith(`${kind} `) ? undefined : holder;
  };
  /** Two resources of one program must not declare the same key: the second would be refused by the API, or take the first. */
  const duplicateFailures = (inputs: Properties, isNew: boolean): Failure[] => {
    const values = keyValues(inputs);
    if (values.length < key.length) return [];
    const claim = [kind, ...key, ...values].join(" ");
    const holder = session.claims.claim(claim, declarationOf(inputs), { isIntent: isNew });
    const path = key[0] ?? "";
    const other = holder === declarationOf(inputs) ? claimAgainstOtherKinds(inputs, values) : holder;
    return other === undefined ? [] : [{ path, reason: advice.sameProgram(nameOf(other)) }];
  };

  /** Settings are no resource of one account, so the API does not refuse the key of another reseller. */
  const assertResellerOfSetting = async (state: Properties) => {
    if (!definition.isResellerSetting || state.origin === undefined) return;
    const known = resellerIdOf(await getResellerId(session.api()));
    if (known === undefined || known !== state.reseller)
      throw otherResellerError(described(state), state.reseller, known);
  };

  /** Makes the calls that lead from some inputs to the declared ones. The ID is known from the start and never lost again. */
  const complete = async ({ id, outputs }: Observed<I, O>, from: Properties, inputs: Properties) => {
    const state = { ...outputs, ...from } as Partial<I> & O;
    const reached = await changes.apply(session.api(), id, state, inputs as I, true);
    return { id, state: codec.state(reached, inputs) };
  };
  /** Brings an existing resource to what is declared. */
  const converge = async (found: Observed<I, O>, from: Properties, inputs: Properties) => {
    const conflict = adoptionConflict(definition, found, inputs as Partial<I>);
    if (conflict) throw new Error(`${describe(propertiesOf(found))} cannot be taken over: ${conflict}`);
    return complete(found, from, inputs);
  };

  /** Why the resource at Gcore may be somebody else's, though no mark says so; `undefined` when it is this declaration's. */
  const doubt = (found: Observed<I, O>, state: Properties): string | undefined => {
    if (mark === undefined) return undefined;
    const isEdited = ownerOf(definition, found, state) === "edited";
    // Without an ID of its own, or where the API does not show it, an account is recognized by its key alone.
    const hasNoId = isSame(mark, state[mark], undefined) || found.inputs[mark] === undefined;
    const otherKey = hasNoId ? key.find((name) => !isSame(name, found.inputs[name], state[name])) : undefined;
    const name = isEdited ? mark : otherKey;
    return name && `${name} is ${found.inputs[name] ?? "none"}, state has ${state[name]}`;
  };

  /** Whether a new resource of the program with this name adopts the very one of this ID. */
  const isToBeAdopted = (declaration: string, id: string) => {
    const adoptId = session.adoptIds.get(declaration);
    return adoptId === id || (adoptId !== undefined && id.endsWith(`/${adoptId}`));
  };

  /** A 404 is also what a repeated request gets when the reply to the first was lost: reading again decides. */
  const deleteUnlessGone = async (id: string, state: I & O, isReplaced: boolean) => {
    try {
      if (definition.shape === "given") await definition.release?.(session.api(), state, isReplaced);
      else await definition.delete(session.api(), state);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      const found = await definition.read(session.api(), id, state);
      if (found && !found.lost) throw error;
    }
  };

  const verbs: Lifecycle = {
    async check(olds, news) {
      const inputs = completed(definition, olds, news);
      session.checked.add(declarationOf(inputs));
      if (olds.origin !== undefined) session.renamed.set(declarationOf(olds), declarationOf(inputs));
      const failures = [...settingsFailures(session), ...inputFailures(definition, olds, inputs)];
      const isNew = Object.keys(olds).length === 0;
      if (failures.length === 0) failures.push(...duplicateFailures(inputs, isNew));
      if (failures.length === 0 && isNew && typeof inputs.adoptId === "string") {
        session.adoptIds.set(declarationOf(inputs), inputs.adoptId);
        failures.push(...(await previewAdoption(definition, session, inputs, inputs.adoptId)));
      }
      // Only settings are the same cause for all resources: what is wrong with an input is said of each.
      const shown = (path: string, reason: string) => (path ? reason : session.causeFor(subject(inputs), reason));
      return { inputs, failures: failures.map(({ path, reason }) => ({ path, reason: shown(path, reason) })) };
    },

    async diff(id, olds, news) {
      // Refresh calls diff too, for resources that are no longer in the program: those claim nothing.
      const isInProgram = session.checked.has(declarationOf(news));
      const holder = isInProgram
        ? session.claims.claim(definition.exclusive(id), declarationOf(news))
        : declarationOf(news);
      if (olds.deleted === true) return { is: "resource" };
      // Before what follows: a resource that is given up may belong to another declaration already.
      const replaced = replacing.inputs.filter((name) => !isSame(name, olds[name], news[name]));
      if (replaced.length > 0) return { is: "replacement", inputs: replaced, first: replacing.first };
      // Taken by another resource in this run: update says so.
      if (holder !== declarationOf(news)) return { is: "resource" };
      if (hasSameInputs(definition, olds, news)) return { is: "none" };
      // An engine's own comparison takes null for absent, so that it would find nothing.
      return { is: hasSameInputs({ ...definition, clearable: [] }, olds, news) ? "resource" : "inputs" };
    },

    async create(inputs) {
      if (typeof inputs.adoptId === "string") {
        const found = await findAdopted(definition, session, inputs, inputs.adoptId);
        return converge(found, codec.adopted(inputs, found.inputs), inputs);
      }
      if (definition.shape === "given") {
        const found = await definition.find(session.api(), inputs as I);
        const holder = session.claims.claim(definition.exclusive(found.id), declarationOf(inputs));
        if (holder !== declarationOf(inputs)) throw new Error(advice.sameProgram(nameOf(holder)));
        // What the API does not show is set.
        return converge(found, codec.adopted(inputs, found.inputs), inputs);
      }
      const { outcome, resource } = await createExactlyOnce(definition, session, inputs as I, String(inputs.origin));
      // What creating does not set is still to be done, unless an earlier run may have done it.
      const set = outcome === "found" ? inputs : omit(inputs, definition.afterCreate);
      if (outcome === "created") return complete(resource, codec.inputs(set), inputs);
      return converge(resource, codec.refreshed(set, resource.inputs), inputs);
    },

    async read(id, state) {
      // What `get` reads is not managed: it has no origin, and nothing of it is declared.
      const isManaged = state.origin !== undefined;
      const isInState = Object.values(state).some((value) => value != null);
      if (!isInState && !definition.id.pattern.test(id)) {
        throw new Error(`id: must be ${definition.id.form}, not "${id}".`);
      }
      await assertResellerOfSetting(state);
      const found = await definition.read(session.api(), id, state as Partial<I & O>);
      if (!isInState && (!found || found.lost)) throw new Error(`id: ${id} is no ${kind} of this reseller.`);
      if (!found) return undefined;
      if (!isManaged) {
        return { id: found.id, state: codec.state(found.outputs, found.inputs), inputs: codec.inputs(found.inputs) };
      }
      const outputs = { ...state, ...withoutUndefined(found.outputs) };
      if (found.lost) {
        log(state, found.lost);
        return { id: found.id, state: codec.state(outputs, state), inputs: codec.inputs(state) };
      }
      const isForeign = ownerOf(definition, found, state) === "foreign";
      if (isForeign) log(state, `${described(outputs)} ${managed(markOf(found), id, state)}`);
      // Another declaration's mark must not enter this state: it would then count as its own.
      const foundInputs = isForeign && mark ? { ...found.inputs, [mark]: state[mark] } : found.inputs;
      const inputs = codec.refreshed(state, foundInputs);
      if (found.notice) log(state, found.notice);
      for (const [name, value] of Object.entries((inputs.observed ?? {}) as Properties)) {
        log(state, advice.observedImmutable(name, state[name], value));
      }
      return { id: found.id, state: codec.state(outputs, inputs), inputs };
    },

    async update(id, olds, news) {
      const isDeleted = olds.deleted === true;
      const holder = session.claims.holder(definition.exclusive(id)) ?? declarationOf(news);
      if (holder !== declarationOf(news)) throw new Error(`${described(olds)}: ${advice.sameProgram(nameOf(holder))}`);
      if (!isDeleted && !changes.areNeeded(olds as Partial<I & O>, news as I)) return codec.state(olds, news);
      // Only what identifies the resource is read: more could cost a request of its own.
      const identifying = pick(olds, [...Object.keys(definition.outputs.shape), ...key]) as Partial<I & O>;
      await assertResellerOfSetting(olds);
      const found = await definition.read(session.api(), id, identifying);
      if (!found) throw new Error(`${described(olds)} no longer exists. ${advice.refresh()}`);
      if (found.lost) {
        if (!hasSameInputs(definition, olds, news)) throw new Error(found.lost);
        log(news, found.lost);
        return codec.state(olds, olds);
      }
      // A run that was killed may have set the new mark of a renamed resource, which the state does not have yet.
      const isForeign = [olds, news].every((declared) => ownerOf(definition, found, declared) === "foreign");
      if (isForeign) throw new Error(`${described(olds)} ${managed(markOf(found), id, news)}`);
      try {
        const known = { ...olds, ...withoutUndefined(found.outputs) } as Partial<I> & O;
        const reached = await changes.apply(session.api(), id, known, news as I, false);
        return codec.state(reached, news);
      } catch (error) {
        throw withRefreshAdvice(error);
      }
    },

    async delete(id, state) {
      // A resource that is renamed and replaced in one run is deleted under its old name, and claimed under its new one.
      const declaration = session.renamed.get(declarationOf(state)) ?? declarationOf(state);
      const claim = definition.exclusive(id);
      const holder = session.claims.holder(claim) ?? declaration;
      if (holder !== declaration && session.claims.isIntent(claim)) {
        const wayOut = "Run `pulumi up` again, without --replace.";
        throw new Error(`${described(state)} is declared by ${nameOf(holder)}: nothing was deleted. ${wayOut}`);
      }
      if (isToBeAdopted(declaration, id)) {
        throw new Error(`${described(state)} cannot be replaced while adoptId names it. ${advice.replaceAdopted()}`);
      }
      if (holder !== declaration) {
        log(state, `${described(state)} now belongs to ${nameOf(holder)}: nothing is deleted.`);
        return;
      }
      await assertResellerOfSetting(state);
      const found = await definition.read(session.api(), id, state as Partial<I & O>);
      // A resource of the program that is deleted all the same is being replaced.
      const isReplaced = session.checked.has(declaration);
      const remains =
        found && definition.remains({ ...state, ...withoutUndefined(found.outputs) } as Partial<I & O>, isReplaced);
      if (found && !found.lost) {
        if (ownerOf(definition, found, state) === "foreign") {
          const value = markOf(found);
          if (isOfSameStack(value, state)) throw new Error(`${described(state)}: ${advice.renamedUnstored(value)}`);
          log(state, `${described(state)} is managed by ${value}: nothing is deleted.`);
          return;
        }
        const reason = doubt(found, state);
        if (reason) {
          throw new Error(
            `${described(state)}: ${reason}, so it may belong to somebody else; nothing was deleted. ${advice.refresh()}`,
          );
        }
        if (definition.shape === "made" && remains && isReplaced) {
          log(state, `is replaced: ${remains} stays at Gcore, and a new ${definition.noun} is created.`);
        }
        await deleteUnlessGone(id, { ...state, ...withoutUndefined(found.outputs) } as I & O, isReplaced);
      }
      session.deleted.add(resourceKey(definition, id));
      session.claims.release(claim, declaration);
      if (remains) log(state, `${remains} stays at Gcore.`);
    },
  };

  /** The verb with its errors as {@link ResourceError}s; the last of its arguments names the resource. */
  const guarded =
    <A extends unknown[], R>(verb: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await verb(...args);
      } catch (error) {
        throw resourceError(definition, session, subject(args.at(-1) as Properties), error);
      }
    };
  return {
    check: guarded(verbs.check),
    diff: guarded(verbs.diff),
    create: guarded(verbs.create),
    read: guarded(verbs.read),
    update: guarded(verbs.update),
    delete: guarded(verbs.delete),
  };
}

/** The settings are checked with the inputs, so that a preview reports both. */
function settingsFailures(session: Session): Failure[] {
  try {
    session.api();
    return [];
  } catch (error) {
    return [{ path: "", reason: (error as Error).message }];
  }
}
