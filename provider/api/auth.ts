import { z } from "zod";
import { AuthenticationError, ForbiddenError, ValidationError } from "./errors";
import type { Api } from "./transport";

/** Acting as a user, verifying a password and having it reset (API tag "Account"). */

const token = z.object({ access: z.string().min(1) });

/** An access token to act as the user, valid for an hour: `GET /iam/auth/jwt/users/{userId}/token`. */
export const getUserToken = async (api: Api, userId: number): Promise<string> =>
  (await api.send({ method: "GET", path: `/iam/auth/jwt/users/${userId}/token`, reply: token })).access;

/** Whether the email address and password are valid: `POST /iam/auth/jwt/login`. False when two-step verification is on. */
export async function canLogIn(api: Api, username: string, password: string): Promise<boolean> {
  const body = { username, password };
  try {
    await api.send({
      method: "POST",
      path: "/iam/auth/jwt/login",
      bearer: null,
      body,
      idempotent: true,
      changes: "none",
      reply: token,
    });
    return true;
  } catch (error) {
    const refused = [ValidationError, AuthenticationError, ForbiddenError].some((type) => error instanceof type);
    if (refused) return false;
    throw error;
  }
}

/**
 * Sends the user an email with which they set a password: `POST /iam/auth/reset_password`. 404 if there is no such user. Not
 * idempotent: each call sends an email.
 */
export const resetPassword = (api: Api, email: string) =>
  api.send({ method: "POST", path: "/iam/auth/reset_password", body: { email }, changes: "none" });
