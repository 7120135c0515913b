import { advice } from "./advice";
import { type Definition, type Observed, propertiesOf } from "./define";
import { equalityBy } from "./equality";
import { isOriginMark, parseMark, urnOf } from "./origin-mark";
import type { Properties } from "./properties";
import { declarationName, type Session } from "./session";

/** A resource at Gcore belongs to one declaration. What it carries as its mark says to which. */

/** An existing resource is not proved to be this declaration's own. */
export class ForeignResourceError extends Error {
  override readonly name = "ForeignResourceError";
}

/**
 * Who an existing resource belongs to: to this declaration, to another one (`foreign`), or neither can be said because its
 * ID was edited (`edited`).
 */
export type Owner = "own" | "foreign" | "edited";

/**
 * Compares the mark at Gcore with the one in state and with the computed one. Without one in state it is not managed: another
 * value proves nothing, unless it is a mark.
 */
export function ownerOf<I extends object, O extends object>(
  definition: Definition<I, O>,
  found: Observed<I, O>,
  state: Properties,
): Owner {
  const { mark } = definition;
  // The API has no field for a mark: the ID alone says it.
  if (mark === undefined) return "own";
  const isSame = equalityBy(definition);
  const value = found.inputs[mark];
  if (isSame(mark, value, state[mark]) || isSame(mark, value, state.origin)) return "own";
  if (isOriginMark(value)) return "foreign";
  // `undefined` is a mark that the API does not show.
  return value === undefined || isSame(mark, state[mark], undefined) ? "own" : "edited";
}

/** The error for a resource of another reseller than the API key's. */
export const otherResellerError = (what: string, reseller: unknown, keyReseller: number | undefined): Error =>
  new Error(
    `${what} belongs to reseller ${reseller ?? "unknown"}, and the API key to reseller ${keyReseller ?? "unknown"}: check the ` +
      "API key. Nothing was changed.",
  );

/** Whether a foreign mark is of the state's own project and stack. */
export const isOfSameStack = (mark: string, state: Properties): boolean =>
  parseMark(mark).stack === parseMark(String(state.origin)).stack;

/** Name of a declaration in messages: `ClientUser acme`. */
export function nameOf(declaration: string): string {
  const kindLength = declaration.indexOf(" ");
  const [kind, origin] = [declaration.slice(0, kindLength), declaration.slice(kindLength + 1)];
  return isOriginMark(origin) ? `${kind} ${parseMark(origin).name}` : kind;
}

/** The error for a resource that a create found under its key and that belongs to another declaration, with the way out. */
export function foreignResourceError<I extends object, O extends object>(
  definition: Definition<I, O>,
  session: Session,
  found: Observed<I, O>,
  inputs: I,
  origin: string,
): ForeignResourceError {
  const { kind, key, mark, describe } = definition;
  const value = mark && found.inputs[mark];
  const holder = session.claims.holder(definition.exclusive(found.id));
  const existing = `${key.join(", ")}: already belongs to ${describe(propertiesOf(found))}`;
  const described = value == null ? existing : `${existing} with ${mark} "${value}"`;
  if (holder !== undefined && holder !== declarationName(kind, origin))
    return new ForeignResourceError(`${described}; ${advice.sameProgram(nameOf(holder))}`);
  const proof = "which this resource is not proved to have created.";
  return new ForeignResourceError(`${described}, ${proof} ${wayOut(definition, found, inputs, origin)}`);
}

/** What its owner, or the one who wants it, can do. */
function wayOut<I extends object, O extends object>(
  definition: Definition<I, O>,
  { id, inputs: found }: Observed<I, O>,
  inputs: I,
  origin: string,
): string {
  const { kind, mark } = definition;
  const value = mark && found[mark];
  if (mark === undefined || value == null) return advice.adopt(id);
  if (isOriginMark(value)) {
    const { stack } = parseMark(value);
    return stack === parseMark(origin).stack ? advice.renamed(urnOf(value, kind)) : advice.otherStack(stack, id);
  }
  return equalityBy(definition)(mark, value, inputs[mark]) ? advice.sameCustomId(id) : advice.adopt(id);
}
