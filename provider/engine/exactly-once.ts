import { outcomeUnknown, ValidationError } from "../api/errors";
import { backoff, surelyNotExecuted, WORTH_A_WORD_MS } from "../api/retry";
import type { Api } from "../api/transport";
import type { Definition, Observed } from "./define";
import { isOriginMark } from "./origin-mark";

/**
 * Making a thing exactly once, whatever becomes of the reply, the process or the network.
 *
 *   POST ── 201 ───────────────────────────────────────────────▶ made
 *    │ ╲── surely not executed: the transport waits and sends again
 *    │
 *    ├── outcome unknown ──▶ look it up ── found ──▶ is it ours? ── yes ──▶ found
 *    │                         │                        ╲── no ──▶ error
 *    │                         ╰── not there until the deadline ──▶ POST again
 *    ├── 400, taken ─────────▶ look it up (as above; not there ──▶ error)
 *    ╰── any other refusal ──▶ error
 *
 * A second POST cannot make a second thing, because what it is looked up by is unique at the API.
 */

/** Our clock and the API's may differ by so much. */
const CLOCK_SKEW_MS = 120_000;
/** How long a thing that is said to exist may stay out of sight when no POST of ours went astray. */
const TAKEN_PATIENCE_MS = 5_000;

/** What came of it: made now, or made before and proved to be this declaration's own. */
export type Created<I extends object, O extends object> = { how: "made" | "found"; thing: Observed<I, O> };

/** The thing that is in the way was not proved to be this declaration's own. */
export class NotOursError extends Error {
  override readonly name = "NotOursError";
}

/** It may or may not have been made, and nothing could be found out. */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
}

/** What is to be made, by what and where. */
interface Declaration<I extends object, O extends object> {
  definition: Definition<I, O>;
  api: Api;
  inputs: I;
}

/**
 * Runs the protocol for one declaration.
 * @throws {NotOursError} when somebody else's thing is in the way.
 * @throws {OutcomeUnknownError} when nothing could be found out before the deadline.
 */
export async function createExactlyOnce<I extends object, O extends object>(
  definition: Definition<I, O>,
  api: Api,
  inputs: I,
): Promise<Created<I, O>> {
  const declaration = { definition, api, inputs };
  const { clock, settings } = api;
  const { describe } = definition.identity;
  const patience = settings.recoveryTimeoutSeconds * 1000;
  let firstSentAt: number | undefined;

  for (let posts = 1; ; posts++) {
    const sentAt = clock.now();
    try {
      const thing = await definition.create(api, inputs);
      noteManaged(api, thing.id);
      return { how: "made", thing };
    } catch (error) {
      const why = error as Error;
      const unknown = outcomeUnknown(error);
      if (unknown) firstSentAt ??= sentAt;
      const lost = firstSentAt !== undefined;
      if (!unknown && !isTaken(definition, error)) throw lost ? stillUnknown(declaration, why) : error;

      const thing = await lookUp(declaration, lost ? patience : Math.min(patience, TAKEN_PATIENCE_MS), why);
      if (thing) {
        const ours = await isOurs(declaration, thing, firstSentAt, why).catch((failure: Error) => {
          if (failure instanceof OutcomeUnknownError) throw failure;
          throw stillUnknown(declaration, why, `${describe(thing)} was found, but not whose it is: ${failure.message}`);
        });
        if (!ours) throw notOurs(definition, thing);
        // Made by another run, which may have declared another value of what cannot be read.
        const unchecked = lost ? "" : `; its ${definition.secrets.join(" and ")} is taken to be the declared one`;
        api.tell(`${describe(thing)} was made by an earlier attempt and is taken back${unchecked}.`);
        return { how: "found", thing };
      }
      if (!unknown && !lost) throw error;
      if (!unknown || posts > settings.maxRetries) throw stillUnknown(declaration, why);
    }
  }
}

/** What this process has made or taken back, or manages already: nothing of it may be taken once more. */
const takenBy = idsOf();
/** What this process has deleted: a look-up that still shows it is out of date. */
const deletedBy = idsOf();

/** Tells the protocol that a thing is some resource's: no other resource can have made it. */
export const noteManaged = (api: Api, id: string) => takenBy(api).add(id);

/** Tells the protocol that a thing was deleted: its replacement must not be taken for it. */
export const noteDeleted = (api: Api, id: string) => deletedBy(api).add(id);

function idsOf() {
  const all = new WeakMap<Api, Set<string>>();
  return (api: Api): Set<string> => {
    const ids = all.get(api) ?? new Set();
    all.set(api, ids);
    return ids;
  };
}

/** Looks until it is there or the time is over. A look that fails in passing is as good as one that finds nothing. */
async function lookUp<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  patience: number,
  why: Error,
  createdSince?: Date,
): Promise<Observed<I, O> | undefined> {
  const { definition, api, inputs } = declaration;
  const { clock } = api;
  const started = clock.now();
  const inTime: Api = { ...api, send: (request) => api.send({ ...request, until: started + patience }) };
  let told = false;
  for (let look = 1; ; look++) {
    const found = await definition.identity.find(inTime, inputs, createdSince).catch((error: Error) => {
      const passing = outcomeUnknown(error) || surelyNotExecuted(error);
      if (passing && clock.now() - started < patience) return undefined;
      throw stillUnknown(declaration, why, `looking for it failed: ${error.message}`);
    });
    if (found && !deletedBy(api).has(found.id)) return found;
    const left = started + patience - clock.now();
    if (left <= 0) return undefined;
    if (!told && clock.now() - started >= WORTH_A_WORD_MS) {
      api.tell(`${why.message} Looking for it for another ${Math.ceil(left / 1000)} s.`);
      told = true;
    }
    await clock.sleep(Math.min(left, backoff(look, clock.random())));
  }
}

/** The proof of ownership: the first that holds. */
async function isOurs<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  why: Error,
): Promise<boolean> {
  const { definition, api, inputs } = declaration;
  const { originMark } = definition.identity;
  const [declared, actual] = [inputs[originMark] ?? null, found.inputs[originMark] ?? null];
  // Our POST would have put this very id on it, so another one means another maker.
  if (declared !== actual) return false;

  const taken = takenBy(api);
  if (taken.has(found.id)) return false;
  // Reserved before anything is awaited, so that of two creates at once only one can prove it.
  taken.add(found.id);
  if (isOriginMark(declared)) return true;
  let proved = false;
  try {
    proved = await wasThereAndLogsIn(declaration, found, firstSentAt, why);
    return proved;
  } finally {
    if (!proved) taken.delete(found.id);
  }
}

/** Whoever knows the password and was there at the time counts as us. */
async function wasThereAndLogsIn<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  why: Error,
): Promise<boolean> {
  const { definition, api, inputs } = declaration;
  const { originMark, adoptId, authenticate } = definition.identity;
  const { recoveryTimeoutSeconds, recoveryWindowMinutes } = api.settings;
  const windowMs = recoveryWindowMinutes * 60_000;
  const since = [
    ...(firstSentAt === undefined ? [] : [firstSentAt - CLOCK_SKEW_MS]),
    ...(inputs[originMark] == null || windowMs === 0 ? [] : [api.clock.now() - windowMs]),
  ];
  if (since.length === 0) return false;
  // After a POST of ours went astray, a list that does not show it yet proves nothing.
  const patience = firstSentAt === undefined ? 0 : recoveryTimeoutSeconds * 1000;
  const recent = await lookUp(declaration, patience, why, new Date(Math.min(...since)));
  return recent !== undefined && adoptId(recent) === adoptId(found) && authenticate(api, inputs);
}

function isTaken<I extends object, O extends object>(
  { identity, property }: Definition<I, O>,
  error: unknown,
): boolean {
  return (
    error instanceof ValidationError && Object.keys(error.fields).some((field) => property(field) === identity.unique)
  );
}

function notOurs<I extends object, O extends object>(
  { identity }: Definition<I, O>,
  found: Observed<I, O>,
): NotOursError {
  const id = found.inputs[identity.originMark];
  const keeper = isOriginMark(id) ? `, managed by ${id}` : id ? `, with ${identity.originMark} "${id}"` : "";
  return new NotOursError(
    `${identity.unique}: already belongs to ${identity.describe(found)}${keeper}, which this resource cannot be proved ` +
      `to have made. To take it over on purpose, set adoptId: "${identity.adoptId(found)}" and run \`pulumi up\`.`,
  );
}

function stillUnknown<I extends object, O extends object>(
  { definition: { kind, identity }, inputs }: Declaration<I, O>,
  why: Error,
  then = "it was not to be seen before the deadline.",
): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `the outcome is unknown for the ${kind} with ${identity.unique} ${inputs[identity.unique]}: ${why.message} Then ${then} ` +
      "Run `pulumi up` again: it takes back what was made, and makes it if it was not.",
  );
}
