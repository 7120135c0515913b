import { Hono } from "hono";
import type { Env } from "../env";
import { type FieldErrors, forbidden, invalid, jsonBody, notFound, Refusal } from "../http";
import { hashPassword, passwordMatches } from "../passwords";
import { callingReseller, callingUser, ownUser, type Sessions } from "./authentication";
import { checkCustomId } from "./custom-id";
import { isEmailInUse } from "./email-in-use";
import { fullUser, publicUser } from "./records";
import { ChangePassword, CreateUser, UpdateEmail, UpdateUser } from "./schemas";

const hasTokens = "You can't remove the user as they have active tokens";
const hasAccounts = "Cannot delete user with multiple accounts.";

/** `/iam/users` and the membership of users in accounts. */
export function users(sessions: Sessions) {
  const routes = new Hono<Env>();

  routes.post("/users", (c) => {
    const reseller = callingReseller(c);
    const request = jsonBody(c, CreateUser);
    checkCustomId(c, request.custom_id);
    const store = c.get("store");
    if (request.seller !== undefined && !store.accounts.hasSeller(reseller, request.seller)) {
      throw invalid("seller", "Seller does not exist.");
    }
    if (isEmailInUse(c, request.email)) {
      const errors = { email: ["A user with this email address already exists."] };
      throw new Refusal(c.get("assumptions").duplicateEmailStatus, { errors });
    }
    const user = store.accounts.user(store.accounts.create(reseller, request));
    c.set("client", user?.client);
    return user === undefined ? c.body(null, 500) : c.json(fullUser(store, user), 201);
  });

  routes.get("/users/:user{-?[0-9]+}", (c) => {
    const id = Number(c.req.param("user"));
    const user = c.get("caller").kind === "user" ? callingUser(c, id) : ownUser(c, id);
    return c.json(publicUser(user));
  });

  routes.patch("/users/:user{-?[0-9]+}", (c) => {
    const user = callingUser(c, Number(c.req.param("user")));
    const { email, ...changes } = jsonBody(c, UpdateUser);
    if (email !== undefined && email !== user.email)
      throw invalid("email", "The email address is changed by its own call.");
    const store = c.get("store");
    store.accounts.updateUser(user.id, changes);
    return c.json(fullUser(store, { ...user, ...store.accounts.user(user.id) }));
  });

  routes.put("/users/:user{-?[0-9]+}/email", (c) => {
    const user = callingUser(c, Number(c.req.param("user")));
    const { new_email, password } = jsonBody(c, UpdateEmail, emailErrors);
    const accounts = c.get("store").accounts;
    const refuse = (field: string, text: string, status = 400) => new Refusal(status, emailErrors({ [field]: [text] }));
    if (!passwordMatches(password, user.password)) throw refuse("password", "Password is incorrect.");
    if (new_email === user.email) throw refuse("new_email", "Same email address.");
    if (isEmailInUse(c, new_email, { user: user.id })) {
      throw refuse("new_email", `${new_email} already exists.`, c.get("assumptions").duplicateEmailStatus);
    }
    accounts.updateUser(user.id, { email: new_email });
    return c.json({ new_email });
  });

  routes.put("/users/:user{-?[0-9]+}/password", async (c) => {
    const user = callingUser(c, Number(c.req.param("user")));
    const request = jsonBody(c, ChangePassword);
    if (!passwordMatches(request.old, user.password)) throw invalid("old", "Old password is incorrect");
    if (c.get("assumptions").rejectSamePassword && request.new === request.old) {
      throw invalid("new", "The new password must differ from the old one.");
    }
    if (request.new !== request.double) throw invalid("new", "New and double values don't match");
    c.get("store").accounts.updateUser(user.id, { password: hashPassword(request.new) });
    return c.json(await sessions.issue(user));
  });

  routes.delete("/users/:user{-?[0-9]+}", (c) => {
    const user = ownUser(c, Number(c.req.param("user")));
    const { accounts, tokens } = c.get("store");
    if (accounts.memberships(user.id).length > 1) throw forbidden(hasAccounts);
    if (tokens.count(user.id) > 0) throw forbidden(hasTokens);
    accounts.setMemberships(user.id, []);
    return c.body(null, 200);
  });

  // The contract allows both callers: the reseller for its users, a user for themselves.
  routes.delete("/clients/:client{-?[0-9]+}/client-users/:user{-?[0-9]+}", (c) => {
    const id = Number(c.req.param("user"));
    const client = Number(c.req.param("client"));
    const user = c.get("caller").kind === "user" ? callingUser(c, id) : ownUser(c, id);
    const { accounts, tokens } = c.get("store");
    const memberships = accounts.memberships(user.id).map((membership) => membership.client);
    if (!memberships.includes(client)) throw notFound();
    if (tokens.count(user.id, client) > 0) throw forbidden(hasTokens);
    accounts.setMemberships(
      user.id,
      memberships.filter((member) => member !== client),
    );
    return c.body(null, 200);
  });

  return routes;
}

/** Errors of the email call are one object in a list, with one text for each field. */
function emailErrors(errors: FieldErrors): unknown {
  return [{ errors: Object.fromEntries(Object.entries(errors).map(([field, texts]) => [field, texts[0]])) }];
}
