import { ConflictError, isRefusalAbout, outcomeUnknown, saysInvalid, ValidationError } from "../api/errors";
import { backoff, LOG_DELAY_THRESHOLD_MS, surelyNotExecuted } from "../api/retry";
import type { Api } from "../api/transport";
import { advice } from "./advice";
import { type CreatableDefinition, type Definition, type Made, type Observed, propertiesOf } from "./define";
import { equalityBy } from "./equality";
import { foreignResourceError } from "./ownership";
import { declarationName, resourceKey, type Session } from "./session";

/**
 * Creates a resource exactly once, whatever becomes of the reply, the process or the network.
 *
 *   POST ── 201 ───────────────────────────────────────────────▶ created
 *    │ ╲── surely not executed: the transport waits and sends again
 *    │
 *    ├── outcome unknown ──▶ lookup ── found ──▶ is it owned? ── yes ──▶ recovered
 *    │                         │                     ╲── no ──▶ error
 *    │                         ╰── not found until the deadline ──▶ POST again
 *    ├── refused, exists ────▶ lookup (as above; not found ──▶ error)
 *    ╰── any other refusal ──▶ error
 *
 * A second POST cannot create a second resource where the key of the lookup is unique at the API. Where it is not, the key is
 * looked up before the first POST too.
 */

/** Largest difference assumed between this machine's clock and the API's. */
const CLOCK_SKEW_MS = 120_000;
/** How long a resource that the API says exists is looked for when no POST of this run was lost. */
const DUPLICATE_LOOKUP_TIMEOUT_MS = 5_000;

/**
 * The result: created now; or proved to be this declaration's own, and created by a lost request of this run ("recovered") or
 * before it ("found").
 */
export type Created<I extends object, O extends object> = {
  outcome: "created" | "recovered" | "found";
  resource: Observed<I, O>;
};

/** The resource may or may not have been created, and the lookup could not decide it. */
class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
}

/** Time that each lookup has, also the last one, which starts at the deadline. */
const MIN_LOOKUP_MS = 1_000;

/** One declaration on its way through the protocol. */
interface Declaration<I extends object, O extends object> {
  definition: CreatableDefinition<I, O>;
  session: Session;
  api: Api;
  inputs: I;
  origin: string;
}

/**
 * Runs the protocol for one declaration.
 * @throws {ForeignResourceError} when the key belongs to a resource that is not proved to be this declaration's own.
 * @throws {OutcomeUnknownError} when the lookup could not decide before the deadline.
 */
export async function createExactlyOnce<I extends object, O extends object>(
  definition: CreatableDefinition<I, O>,
  session: Session,
  inputs: I,
  origin: string,
): Promise<Created<I, O>> {
  const api = session.api();
  const declaration = { definition, session, api, inputs, origin };
  const { clock, settings } = api;
  const timeoutMs = settings.recoveryTimeoutSeconds * 1000;
  const name = declarationName(definition.kind, origin);
  let firstSentAt = session.lostSince.get(name);

  if (!definition.isUnique) {
    const existing = await definition.find(api, inputs);
    if (existing && !session.deleted.has(resourceKey(definition, existing.id))) {
      return recover(declaration, existing, firstSentAt, new Error(`${definition.key[0]}: exists already.`));
    }
  }
  for (let posts = 1; ; posts++) {
    const sentAt = clock.now();
    try {
      const resource = await definition.create(api, inputs);
      session.claims.claim(definition.exclusive(resource.id), name);
      return { outcome: "created", resource };
    } catch (error) {
      const cause = error as Error;
      const isUnknown = outcomeUnknown(error);
      if (isUnknown) {
        firstSentAt ??= sentAt;
        session.lostSince.set(name, firstSentAt);
      }
      const isLost = firstSentAt !== undefined;
      if (!isUnknown && !isDuplicateError(definition, error)) throw isLost ? unknownError(declaration, cause) : error;

      const lookupMs = isLost ? timeoutMs : Math.min(timeoutMs, DUPLICATE_LOOKUP_TIMEOUT_MS);
      const found = await lookup(declaration, lookupMs, cause);
      if (found) return recover(declaration, found, firstSentAt, cause);
      if (!isUnknown && !isLost) throw unseenError(definition, error);
      if (!isUnknown || posts > settings.maxRetries) throw unknownError(declaration, cause);
    }
  }
}

/** What exists under the declaration's key, if it is proved to be its own. */
async function recover<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  cause: Error,
): Promise<Created<I, O>> {
  const { definition, session, api, inputs, origin } = declaration;
  const { mark, secrets, afterCreate, deletion } = definition;
  const description = definition.describe(propertiesOf(found));
  const isOwn = await isOwned(declaration, found, firstSentAt, cause).catch((failure: Error) => {
    if (failure instanceof OutcomeUnknownError) throw failure;
    const detail = `${description} was found, but its owner could not be determined: ${failure.message}`;
    throw unknownError(declaration, cause, detail);
  });
  if (!isOwn) throw foreignResourceError(definition, session, found, inputs, origin);
  const marked = mark ? `${description}, ${mark} ${found.inputs[mark] ?? "none"},` : description;
  const isLost = firstSentAt !== undefined;
  // Created by another run, which may have declared other values of inputs that cannot be read.
  const unverified =
    isLost || secrets.length === 0 ? "" : `; its ${secrets.join(" and ")} is assumed to be the declared one`;
  api.log(
    definition.shape === "ensured" && !isLost
      ? `${description} existed already; a destroy ${deletion}.`
      : `${marked} was created by an earlier attempt and is recovered${unverified}.`,
  );
  if (isLost) return { outcome: "recovered", resource: found };
  for (const name of afterCreate.filter((name) => inputs[name] != null))
    api.log(`${description}: the call for ${name} may have been made by an earlier run. ${advice.onlyOnce(name)}`);
  return { outcome: "found", resource: found };
}

/** Looks the key up until it is found or the time is over. A lookup that fails for a passing reason counts as one that finds nothing. */
async function lookup<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  timeoutMs: number,
  cause: Error,
  createdSince?: Date,
): Promise<Observed<I, O> | undefined> {
  const { definition, session, api, inputs } = declaration;
  const { clock } = api;
  const started = clock.now();
  const deadline = () => Math.max(started + timeoutMs, clock.now() + MIN_LOOKUP_MS);
  const inTime: Api = { ...api, send: (request) => api.send({ ...request, until: deadline() }) };
  // Created again, an ensured resource has the ID of the one that was deleted: then the API itself says that it exists.
  const mayBeDeleted = definition.shape === "ensured" && isDuplicateError(definition, cause);
  let isLogged = false;
  for (let attempt = 1; ; attempt++) {
    const found = await definition.find(inTime, inputs, createdSince).catch((error: Error) => {
      const isPassing = outcomeUnknown(error) || surelyNotExecuted(error);
      if (isPassing && clock.now() - started < timeoutMs) return undefined;
      throw unknownError(declaration, cause, `The lookup failed: ${error.message}`);
    });
    if (found && (mayBeDeleted || !session.deleted.has(resourceKey(definition, found.id)))) return found;
    const remainingMs = started + timeoutMs - clock.now();
    if (remainingMs <= 0) return undefined;
    if (!isLogged && clock.now() - started >= LOG_DELAY_THRESHOLD_MS) {
      api.log(`${cause.message} Looking it up for another ${Math.ceil(remainingMs / 1000)} s.`);
      isLogged = true;
    }
    await clock.sleep(Math.min(remainingMs, backoff(attempt, clock.random())));
  }
}

/** The proof of ownership: the first that holds. */
async function isOwned<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  cause: Error,
): Promise<boolean> {
  const { definition, session, inputs, origin } = declaration;
  const { mark } = definition;
  // This declaration's POST would have set this ID, so another one means another declaration.
  if (mark && !equalityBy(definition)(mark, inputs[mark], found.inputs[mark])) return false;

  const key = definition.exclusive(found.id);
  const name = declarationName(definition.kind, origin);
  // Claimed before anything is awaited, so that of two creates at once only one can prove it.
  const wasClaimed = session.claims.holder(key) === name;
  if (session.claims.claim(key, name) !== name) return false;
  if (definition.shape === "ensured" || (mark && inputs[mark] === origin)) return true;
  let isProved = false;
  try {
    isProved = await isRecentAndProved(declaration, definition, found, firstSentAt, cause);
    return isProved;
  } finally {
    if (!isProved && !wasClaimed) session.claims.release(key, name);
  }
}

/** A declared ID, or none, is no proof by itself: the resource must be young enough, and its kind's own proof must hold. */
async function isRecentAndProved<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  definition: Made<I, O> & Pick<Definition<I, O>, "mark">,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  cause: Error,
): Promise<boolean> {
  const { api, inputs } = declaration;
  const { mark, proves } = definition;
  const { recoveryTimeoutSeconds, recoveryWindowMinutes } = api.settings;
  const windowMs = recoveryWindowMinutes * 60_000;
  // Without an ID in a field that could have one, the account of any run would do.
  const mayBeOfEarlierRun = windowMs > 0 && (mark === undefined || inputs[mark] != null);
  const since = [
    ...(firstSentAt === undefined ? [] : [firstSentAt - CLOCK_SKEW_MS]),
    ...(mayBeOfEarlierRun ? [api.clock.now() - windowMs] : []),
  ];
  if (since.length === 0) return false;
  // After a lost reply, a list that does not show the resource yet proves nothing.
  const timeoutMs = firstSentAt === undefined ? 0 : recoveryTimeoutSeconds * 1000;
  const recent = await lookup(declaration, timeoutMs, cause, new Date(Math.min(...since)));
  return recent !== undefined && recent.id === found.id && proves(api, inputs, recent);
}

/**
 * A conflict, or a refusal about the key, says that the resource exists, unless it calls the key invalid: nothing can exist
 * with such a key.
 */
const isDuplicateError = <I extends object, O extends object>(
  { keyFields }: CreatableDefinition<I, O>,
  error: unknown,
): boolean => (error instanceof ConflictError || isRefusalAbout(error, keyFields)) && !saysInvalid(error, keyFields);

/** The refusal, with advice where the API may have said that the key is taken: what has it was not found. */
function unseenError<I extends object, O extends object>(
  { shape, key }: CreatableDefinition<I, O>,
  error: unknown,
): unknown {
  if (shape === "ensured" || !(error instanceof ValidationError)) return error;
  const fields = { ...error.fields, "": [...(error.fields[""] ?? []), advice.unseen(key.join(", "))] };
  return new ValidationError(error.call, error.status, fields);
}

function unknownError<I extends object, O extends object>(
  { definition: { kind, key, noun }, inputs, api }: Declaration<I, O>,
  cause: Error,
  detail = `No matching resource appeared within ${api.settings.recoveryTimeoutSeconds} s.`,
): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `the outcome is unknown for the ${kind} with ${key.map((name) => `${name} ${inputs[name]}`).join(", ")}: ` +
      `${cause.message} ${detail} ${advice.outcomeUnknown(noun)}`,
  );
}
