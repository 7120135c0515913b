import * as auth from "../../api/auth";
import { getClient } from "../../api/clients";
import { ForbiddenError, ifFound, outcomeUnknown, ValidationError } from "../../api/errors";
import { deleteToken, listUserTokens } from "../../api/tokens";
import type { Api } from "../../api/transport";
import * as users from "../../api/users";
import { advice } from "../../engine/advice";
import { toApi } from "../../engine/codec";
import type { Change } from "../../engine/define";

/** What belongs to the user: profile, email address, password, and the deletion. */

interface Credentials {
  email: string;
  password?: string;
}

interface UserIds {
  userId: number;
  client: number;
}

/** Changes name, phone and language: `PATCH /iam/users/{id}`, as the user. */
export async function changeProfile(api: Api, { olds, news, changed }: Change<object, UserIds>) {
  const body = toApi(news, changed, { cleared: ["name", "phone"] });
  if (Object.keys(body).length > 0) await users.updateUser(api, await auth.getUserToken(api, olds.userId), olds, body);
}

/** Whether two email addresses are equal, ignoring case. */
export const sameEmail = (a: string | null | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();

/**
 * Changes the user's email address: `PUT /iam/users/{id}/email`, as the user.
 * @throws {ValidationError} if the password is not the known one; it says that the user changed it.
 */
export async function changeEmail(api: Api, { olds, news }: Change<Credentials, UserIds>) {
  const token = await auth.getUserToken(api, olds.userId);
  const change = (password: string) => users.changeEmail(api, token, olds, news.email, password);
  const [oldPassword = "", newPassword = ""] = [olds.password ?? news.password, news.password];
  try {
    // A new password that is declared together with the new email address may already be the user's password.
    await change(oldPassword).catch((error) => {
      if (!refuses(error, "password") || newPassword === oldPassword) throw error;
      return change(newPassword);
    });
  } catch (error) {
    // If the call was executed and its reply was lost, its repetition is refused: read the email address first.
    const client = error instanceof ValidationError ? await getClient(api, olds.client) : undefined;
    const email = client?.users.find((user) => user.id === olds.userId)?.email;
    if (!sameEmail(email, news.email)) throw changedByUser(error, "password");
  }
}

/**
 * Changes the user's password: `PUT /iam/users/{id}/password`, as the user.
 * @throws {ValidationError} if the old password is not the known one; it says that the user changed it.
 */
export async function changePassword(api: Api, { olds, news }: Change<Credentials, UserIds>) {
  const token = await auth.getUserToken(api, olds.userId);
  const [oldPassword = "", newPassword = ""] = [olds.password ?? news.password, news.password];
  const change = (old: string) => users.changePassword(api, token, olds.userId, old, newPassword);
  try {
    // If the call was executed and its reply was lost, its repetition is refused: the new password may already be set.
    await change(oldPassword).catch((error) => {
      if (!refuses(error, "old") || newPassword === oldPassword) throw error;
      return change(newPassword).catch(acceptIfInPlace);
    });
  } catch (error) {
    throw changedByUser(error, "old");
  }
}

/** An API that refuses the password which is set already refuses it as the new one, not as the old one. */
function acceptIfInPlace(error: unknown): void {
  if (!refuses(error, "new") || refuses(error, "old")) throw error;
}

const refuses = (error: unknown, field: string): error is ValidationError =>
  error instanceof ValidationError && field in error.fields;

/** The error, with advice where the API refused the known password: then the user has changed it. */
function changedByUser(error: unknown, field: string): unknown {
  if (!refuses(error, field)) return error;
  return new ValidationError(error.call, 400, {
    ...error.fields,
    [field]: [...(error.fields[field] ?? []), advice.changedByUser()],
  });
}

/**
 * Sends the user an email with which they set a password: `POST /iam/auth/reset_password`. One that may have been sent counts
 * as sent: a second one could make the link in the first one useless.
 */
export async function sendPasswordReset(
  api: Api,
  { news: { email, sendPasswordReset } }: Change<{ email: string; sendPasswordReset?: string }, object>,
  reached: (inputs: { sendPasswordReset: string }) => void,
) {
  if (sendPasswordReset == null) return;
  try {
    await auth.resetPassword(api, email);
  } catch (error) {
    if (!outcomeUnknown(error)) throw error;
    reached({ sendPasswordReset });
    const { message } = error as Error;
    throw new Error(`${message} The email may have been sent. ${advice.onlyOnce("sendPasswordReset")}`, {
      cause: error,
    });
  }
}

/**
 * Deletes the user: `DELETE /iam/users/{id}`. A 403 has two causes: the user has API tokens, which `forceDestroy` deletes
 * (`DELETE /iam/v2/clients/{client}/tokens/{id}`), or belongs to several accounts and can only be removed from this one
 * (`DELETE /iam/clients/{client}/client-users/{id}`).
 * @throws {NotFoundError} if the user does not exist.
 * @throws if the user has API tokens and `forceDestroy` is not set.
 */
export async function deleteUser(api: Api, user: UserIds & { forceDestroy?: boolean }) {
  const isRefused = await isForbidden(users.deleteUser(api, user));
  if (!isRefused) return;
  const bearer = await auth.getUserToken(api, user.userId);
  const blocking = await listUserTokens(api, bearer, user.client, user.userId);
  if (blocking.length > 0 && !user.forceDestroy) throw new Error(advice.tokensBlock(blocking.length));
  for (const { id } of blocking) await ifFound(deleteToken(api, bearer, user.client, id));
  const isStillRefused = blocking.length === 0 || (await isForbidden(users.deleteUser(api, user)));
  if (isStillRefused) await users.removeUserFromClient(api, user);
}

/** Whether the API answers 403. */
async function isForbidden(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof ForbiddenError) return true;
    throw error;
  }
}
