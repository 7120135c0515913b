import { type Context, Hono } from "hono";
import type { Env } from "../env";
import { jsonBody, notFound, Refusal } from "../http";
import { callingReseller } from "./authentication";
import { EmailTo } from "./schemas";

/** Emails that a reseller has sent to a user or a seller. Nothing is sent: each call is in the log. */
export const emails = new Hono<Env>();

emails.post("/auth/renew_invitation", (c) => {
  if (recipient(c).activated === 1) throw new Refusal(400, { message: "This user already activated." });
  return c.body(null, 200);
});

emails.post("/auth/reset_password", (c) => {
  recipient(c);
  return c.body(null, 200);
});

/** The user or the seller of the calling reseller with the email address of the body; 404 if there is none. */
function recipient(c: Context<Env>) {
  const reseller = callingReseller(c);
  const { email } = jsonBody(c, EmailTo);
  const { accounts, sellers } = c.get("store");
  const user = accounts.userByEmail(email);
  if (user?.reseller === reseller) {
    c.set("client", user.client);
    return user;
  }
  const seller = sellers.byEmail(email).find((one) => one.reseller === reseller && one.deleted === 0);
  if (seller === undefined) throw notFound();
  return seller;
}
