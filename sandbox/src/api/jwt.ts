import { Hono } from "hono";
import type { Env } from "../env";
import { invalid, jsonBody } from "../http";
import { passwordMatches } from "../passwords";
import { ownUser, type Sessions } from "./authentication";
import { Login } from "./schemas";

/** The passcode that the sandbox accepts from all users with two-step verification. */
const PASSCODE = "123456";

/** `/iam/auth/jwt`: tokens with which users call the API. */
export function jwt(sessions: Sessions) {
  const routes = new Hono<Env>();

  routes.get("/auth/jwt/users/:user{-?[0-9]+}/token", async (c) => {
    return c.json(await sessions.issue(ownUser(c, Number(c.req.param("user")))));
  });

  routes.post("/auth/jwt/login", async (c) => {
    const { username, password, one_time_password } = jsonBody(c, Login);
    const user = c.get("store").accounts.userByEmail(username);
    const mayLogIn = user !== undefined && user.activated === 1 && user.is_active === 1;
    if (!mayLogIn || !passwordMatches(password, user.password)) {
      throw invalid("errors", "No active account found with the given credentials.");
    }
    if (user.two_fa === 1) {
      if (one_time_password === undefined) throw invalid("one_time_password", "This field is required.");
      if (one_time_password !== PASSCODE) throw invalid("one_time_password", "The passcode is incorrect.");
    }
    return c.json(await sessions.issue(user));
  });

  return routes;
}
