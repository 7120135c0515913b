import { Hono } from "hono";
import type { Env } from "../env";
import { type ApiKeys, authenticate, type Sessions } from "./authentication";
import { availability } from "./availability";
import { clients } from "./clients";
import { jwt } from "./jwt";
import { shapeReplies } from "./replies";
import { tokens } from "./tokens";
import { users } from "./users";

/** The reseller API under `/iam`. */
export function api(keys: () => ApiKeys, sessions: Sessions): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use(shapeReplies);
  routes.use(authenticate(keys, sessions));
  for (const part of [users(sessions), jwt(sessions), clients, availability, tokens]) routes.route("/", part);
  return routes;
}
