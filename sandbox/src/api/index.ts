import { Hono } from "hono";
import type { Env } from "../env";
import { type ApiKeys, authenticate, type Sessions } from "./authentication";
import { availability } from "./availability";
import { clients } from "./clients";
import { emails } from "./emails";
import { features } from "./features";
import { jwt } from "./jwt";
import { shapeReplies } from "./replies";
import { sellers } from "./sellers";
import { services } from "./services";
import { tokens } from "./tokens";
import { users } from "./users";

/** The reseller API under `/iam`. */
export function api(keys: () => ApiKeys, sessions: Sessions): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use(shapeReplies);
  routes.use(authenticate(keys, sessions));
  const parts = [users(sessions), jwt(sessions), emails, clients, sellers, services, features, availability, tokens];
  for (const part of parts) routes.route("/", part);
  return routes;
}
