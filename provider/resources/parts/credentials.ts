import * as auth from "../../api/auth";
import { getClient } from "../../api/clients";
import { ForbiddenError, ifFound, ValidationError } from "../../api/errors";
import { deleteToken, listUserTokens } from "../../api/tokens";
import type { Api } from "../../api/transport";
import * as users from "../../api/users";
import type { Change } from "../../engine/define";

/** What belongs to the user: email address, password, and the deletion. */

interface Credentials {
  email: string;
  password: string;
}

interface UserIds {
  userId: number;
  client: number;
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
  const { password = news.password } = olds;
  try {
    // A new password that is declared together with the new email address may already be the user's password.
    await change(password).catch((error) => {
      if (!refuses(error, "password") || news.password === password) throw error;
      return change(news.password);
    });
  } catch (error) {
    // If the call was executed and its reply was lost, its repetition is refused: read the email address first.
    const client = error instanceof ValidationError ? await getClient(api, olds.client) : undefined;
    const email = client?.users.find((user) => user.id === olds.userId)?.email;
    if (!sameEmail(email, news.email))
      throw changedByUser(error, "password", "only the user can change the email address");
  }
}

/**
 * Changes the user's password: `PUT /iam/users/{id}/password`, as the user.
 * @throws {ValidationError} if the old password is not the known one; it says that the user changed it.
 */
export async function changePassword(api: Api, { olds, news }: Change<Credentials, UserIds>) {
  const token = await auth.getUserToken(api, olds.userId);
  const change = (old: string) => users.changePassword(api, token, olds.userId, old, news.password);
  const { password = news.password } = olds;
  try {
    // If the call was executed and its reply was lost, its repetition is refused: the new password may already be set.
    await change(password).catch((error) => {
      if (!refuses(error, "old") || news.password === password) throw error;
      return change(news.password);
    });
  } catch (error) {
    throw changedByUser(error, "old", 'ignore it with the option `ignoreChanges: ["password"]`');
  }
}

const refuses = (error: unknown, field: string): error is ValidationError =>
  error instanceof ValidationError && field in error.fields;

/** The error, extended by advice if the API refused the known password: then the user has changed it. */
function changedByUser(error: unknown, field: string, advice: string): unknown {
  if (!refuses(error, field)) return error;
  const texts = error.fields[field] ?? [];
  const explanation =
    `The user changed the password: ${advice}, or declare the current password. (Or it was edited in the ` +
    "program after an interrupted `up`.)";
  return new ValidationError(error.call, 400, { ...error.fields, [field]: [...texts, explanation] });
}

/** 403 has two causes: the user has API tokens, or he belongs to several accounts and can only be taken out of this one. */
export async function deleteUser(api: Api, state: UserIds & { forceDestroy?: boolean }) {
  const { userId, client, forceDestroy } = state;
  try {
    await users.deleteUser(api, state);
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    const token = await auth.getUserToken(api, userId);
    const blocking = await listUserTokens(api, token, client, userId);
    if (blocking.length === 0) {
      await users.removeUserFromClient(api, state);
      return;
    }
    if (!forceDestroy) {
      throw new Error(
        `${error.message} The user has ${blocking.length} API token(s). Delete them in Gcore's portal, or set ` +
          "`forceDestroy: true`, run `pulumi up`, and destroy again.",
      );
    }
    for (const { id } of blocking) await ifFound(deleteToken(api, token, client, id));
    await users.deleteUser(api, state);
  }
}
