import { createHash, randomBytes } from "node:crypto";

/** One round of SHA-256 keeps passwords out of the file and is fast; it does not protect real passwords. */
export function hashPassword(password: string, salt = randomBytes(8).toString("hex")): string {
  return `${salt}:${createHash("sha256").update(`${salt}:${password}`).digest("hex")}`;
}

export function passwordMatches(password: string, hash: string): boolean {
  return hashPassword(password, hash.split(":")[0]) === hash;
}
