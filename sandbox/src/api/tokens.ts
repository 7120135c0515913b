import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Env } from "../env";
import { check, forbidden, jsonBody, notFound, Refusal } from "../http";
import type { UserRow } from "../store/accounts";
import { integer, text } from "../store/list";
import type { TokenRow } from "../store/tokens";
import { tokenRecord } from "./records";
import { groups, NewToken } from "./schemas";

const TokenFilters = z.object({
  issued_by: integer.optional(),
  not_issued_by: integer.optional(),
  /** The id or the name of a group. */
  role: text.optional(),
  deleted: text
    .toLowerCase()
    .pipe(z.enum(["true", "false"]))
    .optional(),
});

const path = "/v2/clients/:client{-?[0-9]+}/tokens";

/** `/iam/v2/clients/{client}/tokens`: permanent API tokens, which users of the account manage themselves. */
export const tokens = new Hono<Env>();

tokens.get(path, (c) => {
  const { client } = member(c);
  const query = c.req.query();
  c.set(
    "unknownQuery",
    Object.keys(query).filter((name) => !Object.hasOwn(TokenFilters.shape, name)),
  );
  const { issued_by, not_issued_by, role, deleted } = check(TokenFilters, query);
  const found = c
    .get("store")
    .tokens.list(client)
    .filter((token) => issued_by === undefined || token.user === issued_by)
    .filter((token) => not_issued_by === undefined || token.user !== not_issued_by)
    .filter((token) => role === undefined || role === `${token.role}` || role === groups.get(token.role));
  // The sandbox keeps no deleted tokens; the contract's value for the others is "True".
  return c.json(deleted === "false" ? [] : found.map(tokenRecord));
});

tokens.post(path, (c) => {
  const { client, user } = member(c);
  const request = jsonBody(c, NewToken);
  const role = roleOf(request.client_user.role);
  const store = c.get("store");
  const id = store.tokens.create(client, user.id, role, request);
  return c.json({ token: `${id}_${randomBytes(32).toString("hex")}`, ...tokenRecord(found(c, client, id)) });
});

tokens.get(`${path}/:token{-?[0-9]+}`, (c) => {
  return c.json(tokenRecord(found(c, member(c).client, Number(c.req.param("token")))));
});

tokens.delete(`${path}/:token{-?[0-9]+}`, (c) => {
  const token = found(c, member(c).client, Number(c.req.param("token")));
  c.get("store").tokens.delete(token.id);
  return c.body(null, 204);
});

/** The calling user and the account of the path, which they must belong to. */
function member(c: Context<Env>): { user: UserRow; client: number } {
  const caller = c.get("caller");
  if (caller.kind !== "user") throw forbidden();
  const client = Number(c.req.param("client"));
  const { accounts } = c.get("store");
  if (accounts.client(client) === undefined) throw notFound();
  if (!accounts.memberships(caller.user.id).some((membership) => membership.client === client)) throw forbidden();
  return { user: caller.user, client };
}

function found(c: Context<Env>, client: number, id: number): TokenRow {
  const token = c.get("store").tokens.get(client, id);
  if (token === undefined) throw notFound();
  return token;
}

/** A role is given by its id or its name; without one the token has the role of an administrator. */
function roleOf(role: { id?: number | undefined; name?: string | undefined } | undefined): number {
  const match = [...groups].find(([id, name]) => (role?.id ?? id) === id && (role?.name ?? name) === name);
  if (match === undefined) {
    throw new Refusal(400, { errors: { client_user: { role: [`Invalid role: ${role?.name ?? role?.id}`] } } });
  }
  return match[0];
}
