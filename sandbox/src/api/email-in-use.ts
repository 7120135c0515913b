import type { Context } from "hono";
import type { Env } from "../env";

/** Whether a user or a seller, other than those of `except`, has this email address. */
export function isEmailInUse(c: Context<Env>, email: string, except: { user?: number; seller?: number } = {}): boolean {
  const { accounts, sellers } = c.get("store");
  const { uniqueSellerEmail, deletedSellerFreesEmail } = c.get("assumptions");
  const user = accounts.userByEmail(email);
  if (user !== undefined && user.id !== except.user) return true;
  if (!uniqueSellerEmail) return false;
  return sellers
    .byEmail(email)
    .some((seller) => seller.id !== except.seller && !(deletedSellerFreesEmail && seller.deleted === 1));
}
