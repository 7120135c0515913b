import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";

const account = z.strictObject({
  email: z.email(),
  company: z.string().min(1),
  /** ID of the seller. */
  seller: z.int().positive().optional(),
  /** A lost entry deletes no user. */
  protect: z.boolean().default(true),
});
const file = z.record(z.string().min(1), account);

/** An account, under the name that is its key. */
export type Account = { name: string } & z.output<typeof account>;

/** @throws with every problem of the file. */
export function readAccounts(path: string): Account[] {
  const { data, error } = file.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (error)
    throw new Error(error.issues.map((issue) => `${path}: ${issue.path.join(".")}: ${issue.message}`).join("\n"));
  return Object.entries(data).map(([name, entry]) => ({ name, ...entry }));
}

/**
 * The first password of an account, derived from one secret. It is the same in every run, so that a killed run loses none;
 * a random one would only be in a state that was perhaps not written.
 */
export function firstPassword(name: string): string {
  const secret = process.env.FIRST_PASSWORD_SECRET;
  if (!secret) throw new Error("FIRST_PASSWORD_SECRET is not set: the first passwords are derived from it");
  // The end has the kinds of characters that rules for passwords require.
  return `${createHmac("sha256", secret).update(name).digest("base64url").slice(0, 24)}-Aa1`;
}
