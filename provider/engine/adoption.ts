import type { Api } from "../api/transport";
import { advice, shown } from "./advice";
import type { Failure } from "./check";
import { type Definition, type Observed, propertiesOf } from "./define";
import { equalityBy } from "./equality";
import { isOriginMark } from "./origin-mark";
import { nameOf } from "./ownership";
import { type Properties, pick } from "./properties";
import { declarationName, type Session } from "./session";
import { hasUnknown } from "./unknown";

/** Taking over a resource that exists: on purpose, by `adoptId`, or one's own after a lost reply. */

/** Time that a preview spends on reading what an adoption changes. */
const ADOPTION_PREVIEW_MS = 5_000;

/** Finds the resource to adopt, claims it for the declaration, and logs what the adoption changes unless `check` has done so. */
export async function findAdopted<I extends object, O extends object>(
  definition: Definition<I, O>,
  session: Session,
  inputs: Properties,
  adoptId: string,
): Promise<Observed<I, O>> {
  const found = await definition.read(session.api(), adoptId, known(definition, inputs));
  const failure = claimFailure(definition, session, inputs, adoptId, found);
  if (!found || failure) throw new Error(`adoptId: ${failure?.reason}`);
  const line = describeAdoption(definition, found, inputs as Partial<I>);
  if (session.adoptions.get(declarationName(definition.kind, inputs.origin)) !== line)
    logAdoption(definition, session, inputs, line);
  return found;
}

/** Reads and logs at preview what an adoption will change. Reading is best effort; a conflict that it shows is a failure. */
export async function previewAdoption<I extends object, O extends object>(
  definition: Definition<I, O>,
  session: Session,
  inputs: Properties,
  adoptId: string,
): Promise<Failure[]> {
  const found = await readInTime(session.api(), (api) => definition.read(api, adoptId, known(definition, inputs)));
  if (found instanceof Error) {
    logAdoption(definition, session, inputs, `adopts ${adoptId}, not read: ${found.message}`);
    return [];
  }
  const failure = claimFailure(definition, session, inputs, adoptId, found, { isIntent: true });
  if (!found || failure) return failure ? [failure] : [];
  const declared = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value)));
  const conflict = adoptionConflict(definition, found, declared as Partial<I>);
  if (conflict) return [{ path: "adoptId", reason: `${definition.describe(propertiesOf(found))}: ${conflict}` }];
  const line = describeAdoption(definition, found, inputs as Partial<I>);
  session.adoptions.set(declarationName(definition.kind, inputs.origin), line);
  logAdoption(definition, session, inputs, line);
  return [];
}

/** Why the existing resource cannot become what is declared; `undefined` when it can. */
export function adoptionConflict<I extends object, O extends object>(
  definition: Definition<I, O>,
  found: Observed<I, O>,
  inputs: Partial<I>,
): string | undefined {
  const { key, mark, immutable } = definition;
  const isSame = equalityBy(definition);
  const [existing, declared] = [found.inputs as Properties, inputs as Properties];
  const differs = (name: keyof I & string) =>
    declared[name] != null && existing[name] != null && !isSame(name, existing[name], declared[name]);
  const other = key.find(differs);
  if (other) return `its ${other} is ${existing[other]}, and the declared one is ${declared[other]}.`;
  const fixed = immutable.find(differs);
  if (fixed) return advice.observedImmutable(fixed, declared[fixed], existing[fixed]);
  if (mark === undefined) return undefined;
  const [id, newId] = [existing[mark], declared[mark]];
  if (id != null && !isOriginMark(id) && isOriginMark(newId)) return advice.keepCustomId(mark, id);
  return undefined;
}

/** What reading needs to know; services are set without a look, so none are read. */
const known = <I extends object, O extends object>({ key }: Definition<I, O>, inputs: Properties) =>
  pick(
    inputs,
    key.filter((name) => !hasUnknown(inputs[name])),
  ) as Partial<I & O>;

/** Claims the resource for the declaration. Fails when there is none, or when it belongs to another one of this program. */
function claimFailure<I extends object, O extends object>(
  definition: Definition<I, O>,
  { claims }: Session,
  { origin }: Properties,
  adoptId: string,
  found: Observed<I, O> | undefined,
  options?: { isIntent: boolean },
): Failure | undefined {
  const { kind, noun } = definition;
  if (!found || found.lost) {
    return { path: "adoptId", reason: `${adoptId} is no ${kind} of this reseller. ${advice.adoptMissing(noun)}` };
  }
  const declaration = declarationName(kind, origin);
  const holder = claims.claim(definition.exclusive(found.id), declaration, options);
  return holder === declaration ? undefined : { path: "adoptId", reason: advice.sameProgram(nameOf(holder)) };
}

/** One line with every field that the adoption changes at Gcore, old => new. */
function describeAdoption<I extends object, O extends object>(
  definition: Definition<I, O>,
  found: Observed<I, O>,
  inputs: Partial<I>,
): string {
  const { changes, describe, secrets, assumed } = definition;
  const isSame = equalityBy(definition);
  const [existing, declared] = [found.inputs as Properties, inputs as Properties];
  const names = changes.flatMap(({ properties }) => properties).filter((name) => declared[name] !== undefined);
  const lines = names.flatMap((name) => {
    if (secrets.includes(name)) return [`${name} stays`];
    const assume = (assumed as Record<string, ((declared: unknown) => unknown) | undefined>)[name];
    if (assume && (hasUnknown(declared[name]) || !isSame(name, assume(declared[name]), declared[name]))) {
      return [`${name} => ${shown(declared[name])}`];
    }
    return assume || isSame(name, existing[name], declared[name])
      ? []
      : [`${name} ${shown(existing[name])} => ${shown(declared[name])}`];
  });
  return `adopts ${describe(propertiesOf(found))}: ${lines.join(", ") || "nothing changes"}`;
}

const logAdoption = <I extends object, O extends object>(
  { kind }: Definition<I, O>,
  session: Session,
  { origin }: Properties,
  line: string,
) => session.api().log(`${nameOf(declarationName(kind, origin))}: ${line}`);

/** What `read` returns in time, without a retry; an error says why there is nothing. */
async function readInTime<T>(api: Api, read: (api: Api) => Promise<T>): Promise<T | Error> {
  const until = api.clock.now() + ADOPTION_PREVIEW_MS;
  const withoutRetry: Api = { ...api, send: (request) => api.send({ ...request, until, isRetried: false }) };
  const seconds = ADOPTION_PREVIEW_MS / 1000;
  const timeout = api.clock.sleep(ADOPTION_PREVIEW_MS).then(() => new Error(`no reply within ${seconds} s`));
  return Promise.race([read(withoutRetry).catch((error: Error) => error), timeout]);
}
