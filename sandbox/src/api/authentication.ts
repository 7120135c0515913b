import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { sign, verify } from "hono/jwt";
import type { Caller, Env } from "../env";
import { forbidden, notFound, unauthorized } from "../http";
import type { Store } from "../store";
import type { ClientRow, UserRow } from "../store/accounts";

/** API keys and the reseller that each belongs to. */
export type ApiKeys = Record<string, number>;

export const defaultApiKeys: ApiKeys = { "1234$sandbox-reseller-key": 1, "5678$sandbox-second-key": 2 };

const ACCESS_TOKEN_SECONDS = 3600;
const REFRESH_TOKEN_SECONDS = 24 * ACCESS_TOKEN_SECONDS;
const openPaths = new Set(["/iam/auth/jwt/login"]);

/** Issues and verifies the tokens with which a user calls the API. */
export class Sessions {
  constructor(
    readonly store: Store,
    readonly now: () => number,
  ) {}

  async issue(user: UserRow): Promise<{ access: string; refresh: string }> {
    const [access, refresh] = await Promise.all([
      this.#token(user, "access", ACCESS_TOKEN_SECONDS),
      this.#token(user, "refresh", REFRESH_TOKEN_SECONDS),
    ]);
    return { access, refresh };
  }

  async userOf(access: string): Promise<UserRow | undefined> {
    // A test may have set the sandbox's clock, so the library must not compare with the real one.
    const options = { alg: "HS256", exp: false, iat: false } as const;
    const claims = await verify(access, this.store.database.signingKey, options).catch(() => undefined);
    if (claims?.token_type !== "access" || (claims.exp ?? 0) * 1000 <= this.now()) return undefined;
    return this.store.accounts.user(Number(claims.user_id));
  }

  #token(user: UserRow, type: string, seconds: number): Promise<string> {
    const claims = {
      token_type: type,
      user_id: user.id,
      client_id: user.client,
      exp: Math.floor(this.now() / 1000) + seconds,
      jti: randomUUID(),
    };
    return sign(claims, this.store.database.signingKey, "HS256");
  }
}

/** Finds out who calls, for every route at once. */
export function authenticate(keys: () => ApiKeys, sessions: Sessions) {
  return createMiddleware<Env>(async (c, next) => {
    if (!openPaths.has(c.req.path)) c.set("caller", await callerOf(c.req.header("authorization"), keys(), sessions));
    await next();
  });
}

async function callerOf(authorization: string | undefined, keys: ApiKeys, sessions: Sessions): Promise<Caller> {
  const [, scheme, credential] = /^(apikey|bearer) (\S+)$/i.exec(authorization ?? "") ?? [];
  if (scheme === undefined || credential === undefined) {
    throw unauthorized("Authentication credentials were not provided.");
  }
  if (scheme.toLowerCase() === "bearer") {
    const user = await sessions.userOf(credential);
    if (user !== undefined) return { kind: "user", user };
  } else {
    const reseller = Object.hasOwn(keys, credential) ? keys[credential] : undefined;
    if (reseller !== undefined) return { kind: "reseller", reseller };
    if (!credential.includes("$")) throw unauthorized("Bad permanent token: it has no $ between its id and its secret");
  }
  throw unauthorized("Token is invalid or expired");
}

/** The calling reseller; users get 403. */
export function callingReseller(c: Context<Env>): number {
  const caller = c.get("caller");
  if (caller.kind !== "reseller") throw forbidden();
  return caller.reseller;
}

/** The calling user, who must be the one in the path. A reseller gets 403: it calls with the user's token. */
export function callingUser(c: Context<Env>, id: number): UserRow {
  const caller = c.get("caller");
  if (caller.kind !== "user" || caller.user.id !== id) throw forbidden();
  return caller.user;
}

/** A client account of the calling reseller; 404 if there is none, or if it belongs to another reseller. */
export function ownClient(c: Context<Env>, id: number): ClientRow {
  const reseller = callingReseller(c);
  const client = c.get("store").accounts.client(id);
  if (client?.reseller !== reseller) throw notFound();
  return client;
}

/** A user of the calling reseller; 404 if there is none, or if they belong to another reseller. */
export function ownUser(c: Context<Env>, id: number): UserRow {
  const reseller = callingReseller(c);
  const user = c.get("store").accounts.user(id);
  if (user?.reseller !== reseller) throw notFound();
  return user;
}
