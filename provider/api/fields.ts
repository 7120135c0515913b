import { z } from "zod";

/** How strictly fields of a reply are read: ids strictly, since calls are made with them; all other fields leniently. */

/** An ID. A number in text form is refused with a reason: were it accepted here, it would differ from the ID in state. */
export const id = z.int({
  error: ({ input }) =>
    typeof input === "string" && /^\d+$/.test(input) ? "an ID as text, not as a number" : undefined,
});

/** A field that may be missing, null or of another type: a value of another type is dropped, not the whole record. */
export const informational = <T extends z.ZodType>(type: T) => type.nullish().catch(undefined);

export const text = informational(z.string());
export const flag = informational(z.boolean());
