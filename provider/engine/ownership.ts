import { advice } from "./advice";
import { equalityBy } from "./check";
import { type Definition, type Observed, propertiesOf } from "./define";
import { isOriginMark, parseMark, urnOf } from "./origin-mark";
import type { Properties } from "./properties";
import { idKey, type Session } from "./session";

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
  const { normalize, identity } = definition;
  const isSame = equalityBy(normalize);
  const mark = found.inputs[identity.mark];
  if (isSame(identity.mark, mark, state[identity.mark]) || isSame(identity.mark, mark, state.origin)) return "own";
  if (isOriginMark(mark)) return "foreign";
  return state[identity.mark] == null ? "own" : "edited";
}

/** Name of a declaration in messages, from its mark: `ClientUser acme`. */
export const nameOf = (kind: string, origin: unknown): string =>
  isOriginMark(origin) ? `${kind} ${parseMark(origin).name}` : kind;

/** The error for a resource that a create found under its key and that belongs to another declaration, with the way out. */
export function foreignResourceError<I extends object, O extends object>(
  { kind, identity, describe }: Definition<I, O>,
  session: Session,
  found: Observed<I, O>,
  origin: string,
): ForeignResourceError {
  const value = found.inputs[identity.mark];
  const holder = session.claims.holder(idKey(kind, found.id));
  const existing = `${identity.key}: already belongs to ${describe(propertiesOf(found))}`;
  const described = value == null ? existing : `${existing} with ${identity.mark} "${value}"`;
  if (holder !== undefined && holder !== origin)
    return new ForeignResourceError(`${described}; ${advice.sameProgram(nameOf(kind, holder))}`);
  const proof = "which this resource is not proved to have created.";
  return new ForeignResourceError(`${described}, ${proof} ${wayOut(kind, found.id, value, origin)}`);
}

function wayOut(kind: string, id: string, value: unknown, origin: string): string {
  if (!isOriginMark(value)) return advice.adopt(id);
  const { stack } = parseMark(value);
  return stack === parseMark(origin).stack ? advice.renamed(urnOf(value, kind)) : advice.otherStack(stack, id);
}
