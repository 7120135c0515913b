import { z } from "zod";

/** Validators and normal forms that resources share. A validator's text follows the property's path in an error. */

export const text = z.string("must be text").trim().min(1, "must not be empty");
/** Text that is taken as it is, such as a password. */
export const exactText = z.string("must be text").min(1, "must not be empty");
export const email = z.email({ pattern: z.regexes.html5Email, error: "must be an email address" });
export const flag = z.boolean("must be true or false");
export const countryCode = z.string().regex(/^[A-Za-z]{2}$/, "must be two letters (ISO 3166-1 alpha-2)");
export const id = (what: string) => z.int(`must be ${what}`).positive(`must be ${what}`);
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `must be one of ${values.join(", ")}`);

export const lowerCase = (value: string): string => value.toLowerCase();
export const trimmed = (value: string): string => value.trim();
/** A text without blanks around it; an empty one is absent. */
export const trimmedOrAbsent = (value: string | null | undefined): string | null => value?.trim() || null;
/** A phone number without what only separates its digits. */
export const phoneDigits = (phone: string): string => phone.replace(/[\s().-]/g, "");
/** The default, declared, equals an absent value. */
export const absentIf =
  <T>(byDefault: T) =>
  (value: T): T | null =>
    value === byDefault ? null : value;
