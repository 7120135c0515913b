import { outcomeUnknown, ValidationError } from "../api/errors";
import { backoff, LOG_DELAY_THRESHOLD_MS, surelyNotExecuted } from "../api/retry";
import type { Api } from "../api/transport";
import type { Definition, Observed } from "./define";
import { isOriginMark } from "./origin-mark";

/**
 * Creates a resource exactly once, even if the reply is lost, the process is killed or the network fails.
 *
 *   POST ── 201 ───────────────────────────────────────────────▶ created
 *    │ ╲── surely not executed: the transport waits and retries
 *    │
 *    ├── outcome unknown ──▶ lookup ── found ──▶ owned? ── yes ──▶ recovered
 *    │                         │                    ╲── no ──▶ error
 *    │                         ╰── not found until the deadline ──▶ POST again
 *    ├── 400, duplicate ─────▶ lookup (as above; not found ──▶ error)
 *    ╰── any other 4xx ──────▶ error
 *
 * A second POST cannot create a second resource, because the input that the lookup searches for is unique at the API.
 */

/** Maximum difference between the local clock and the API's. */
const CLOCK_SKEW_MS = 120_000;
/** Deadline of the lookup after a duplicate error, if no POST of this call has an unknown outcome. */
const DUPLICATE_LOOKUP_TIMEOUT_MS = 5_000;

/** The result: created by this call, or created earlier and proved to be owned by this declaration. */
export type Created<I extends object, O extends object> = {
  outcome: "created" | "recovered";
  resource: Observed<I, O>;
};

/** The existing resource was not proved to be owned by this declaration. */
export class ForeignResourceError extends Error {
  override readonly name = "ForeignResourceError";
}

/** The resource may or may not have been created, and the lookup did not decide it. */
export class OutcomeUnknownError extends Error {
  override readonly name = "OutcomeUnknownError";
}

/** The resource to create: its definition, its API and its inputs. */
interface Declaration<I extends object, O extends object> {
  definition: Definition<I, O>;
  api: Api;
  inputs: I;
}

/**
 * Runs the protocol for one declaration, through the definition's `create`, `find` and `authenticate`.
 * @throws {ForeignResourceError} if a resource that is not proved to be owned has the same unique input.
 * @throws {OutcomeUnknownError} if the outcome could not be determined before the deadline.
 * @throws the API's error if the resource was certainly not created.
 */
export async function createExactlyOnce<I extends object, O extends object>(
  definition: Definition<I, O>,
  api: Api,
  inputs: I,
): Promise<Created<I, O>> {
  const declaration = { definition, api, inputs };
  const { clock, settings } = api;
  const { describe } = definition.identity;
  const timeoutMs = settings.recoveryTimeoutSeconds * 1000;
  let firstSentAt: number | undefined;

  for (let posts = 1; ; posts++) {
    const sentAt = clock.now();
    try {
      const resource = await definition.create(api, inputs);
      claim(api, resource.id);
      return { outcome: "created", resource };
    } catch (error) {
      const cause = error as Error;
      const isOutcomeUnknown = outcomeUnknown(error);
      if (isOutcomeUnknown) firstSentAt ??= sentAt;
      const wasLost = firstSentAt !== undefined;
      if (!isOutcomeUnknown && !isDuplicateError(definition, error))
        throw wasLost ? outcomeUnknownError(declaration, cause) : error;

      const resource = await lookup(
        declaration,
        wasLost ? timeoutMs : Math.min(timeoutMs, DUPLICATE_LOOKUP_TIMEOUT_MS),
        cause,
      );
      if (resource) {
        const owned = await isOwned(declaration, resource, firstSentAt, cause).catch((failure: Error) => {
          if (failure instanceof OutcomeUnknownError) throw failure;
          throw outcomeUnknownError(
            declaration,
            cause,
            `${describe(resource)} was found, but its owner could not be determined: ${failure.message}`,
          );
        });
        if (!owned) throw foreignResourceError(definition, resource);
        // Created by an earlier run, which may have declared another value of an input that cannot be read.
        const unchecked = wasLost ? "" : `; its ${definition.secrets.join(" and ")} is assumed to be the declared one`;
        api.log(`${describe(resource)} was created by an earlier attempt and is recovered${unchecked}.`);
        return { outcome: "recovered", resource };
      }
      if (!isOutcomeUnknown && !wasLost) throw error;
      if (!isOutcomeUnknown || posts > settings.maxRetries) throw outcomeUnknownError(declaration, cause);
    }
  }
}

/** Ids that this process has created, recovered or already manages: none may be recovered by another resource. */
const claimedIds = idsOf();
/** Ids that this process has deleted: a lookup that still returns one is stale. */
const deletedIds = idsOf();

/** Records that a resource is managed: no other declaration of this process can recover it. */
export const claim = (api: Api, id: string) => claimedIds(api).add(id);

/** Records that a resource was deleted: its replacement must not recover it from a stale read. */
export const recordDeletion = (api: Api, id: string) => deletedIds(api).add(id);

function idsOf() {
  const all = new WeakMap<Api, Set<string>>();
  return (api: Api): Set<string> => {
    const ids = all.get(api) ?? new Set();
    all.set(api, ids);
    return ids;
  };
}

/** Looks the resource up until it is found or the deadline has passed. A transient failure counts as "not found". */
async function lookup<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  timeoutMs: number,
  cause: Error,
  createdSince?: Date,
): Promise<Observed<I, O> | undefined> {
  const { definition, api, inputs } = declaration;
  const { clock } = api;
  const started = clock.now();
  const apiUntilDeadline: Api = { ...api, send: (request) => api.send({ ...request, until: started + timeoutMs }) };
  let logged = false;
  for (let attempt = 1; ; attempt++) {
    const found = await definition.identity.find(apiUntilDeadline, inputs, createdSince).catch((error: Error) => {
      const isTransient = outcomeUnknown(error) || surelyNotExecuted(error);
      if (isTransient && clock.now() - started < timeoutMs) return undefined;
      throw outcomeUnknownError(declaration, cause, `The lookup failed: ${error.message}`);
    });
    if (found && !deletedIds(api).has(found.id)) return found;
    const leftMs = started + timeoutMs - clock.now();
    if (leftMs <= 0) return undefined;
    if (!logged && clock.now() - started >= LOG_DELAY_THRESHOLD_MS) {
      api.log(`${cause.message} Looking it up for another ${Math.ceil(leftMs / 1000)} s.`);
      logged = true;
    }
    await clock.sleep(Math.min(leftMs, backoff(attempt, clock.random())));
  }
}

/** The proof of ownership: by origin mark, else by login. A resource that is proved to be owned is claimed. */
async function isOwned<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  cause: Error,
): Promise<boolean> {
  const { definition, api, inputs } = declaration;
  const { originMark } = definition.identity;
  const [declared, actual] = [inputs[originMark] ?? null, found.inputs[originMark] ?? null];
  // A POST of this declaration would have set this value, so another one proves another creator.
  if (declared !== actual) return false;

  const claimed = claimedIds(api);
  if (claimed.has(found.id)) return false;
  // Claimed before the first await, so that of two concurrent creates only one can prove ownership.
  claimed.add(found.id);
  if (isOriginMark(declared)) return true;
  let isProved = false;
  try {
    isProved = await verifyByLogin(declaration, found, firstSentAt, cause);
    return isProved;
  } finally {
    if (!isProved) claimed.delete(found.id);
  }
}

/** A resource that was created at the time of this declaration's POST and accepts its password counts as owned. */
async function verifyByLogin<I extends object, O extends object>(
  declaration: Declaration<I, O>,
  found: Observed<I, O>,
  firstSentAt: number | undefined,
  cause: Error,
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
  // After a POST with an unknown outcome, a list without the resource proves nothing yet.
  const timeoutMs = firstSentAt === undefined ? 0 : recoveryTimeoutSeconds * 1000;
  const recent = await lookup(declaration, timeoutMs, cause, new Date(Math.min(...since)));
  return recent !== undefined && adoptId(recent) === adoptId(found) && authenticate(api, inputs);
}

function isDuplicateError<I extends object, O extends object>(
  { identity, property }: Definition<I, O>,
  error: unknown,
): boolean {
  return (
    error instanceof ValidationError && Object.keys(error.fields).some((field) => property(field) === identity.unique)
  );
}

function foreignResourceError<I extends object, O extends object>(
  { identity }: Definition<I, O>,
  found: Observed<I, O>,
): ForeignResourceError {
  const mark = found.inputs[identity.originMark];
  const owner = isOriginMark(mark) ? `, managed by ${mark}` : mark ? `, with ${identity.originMark} "${mark}"` : "";
  return new ForeignResourceError(
    `${identity.unique}: already belongs to ${identity.describe(found)}${owner}, and it cannot be ` +
      `proved that this resource created it. To adopt it on purpose, set adoptId: "${identity.adoptId(found)}" and run \`pulumi up\`.`,
  );
}

function outcomeUnknownError<I extends object, O extends object>(
  { definition: { kind, identity }, inputs }: Declaration<I, O>,
  cause: Error,
  detail = "No match was found before the deadline.",
): OutcomeUnknownError {
  return new OutcomeUnknownError(
    `the outcome is unknown for the ${kind} with ${identity.unique} ${inputs[identity.unique]}: ${cause.message} ${detail} ` +
      "Run `pulumi up` again: it recovers the resource if it was created, and creates it otherwise.",
  );
}
