import * as auth from "../../api/auth";
import { getClient } from "../../api/clients";
import { ForbiddenError, ifFound, ValidationError } from "../../api/errors";
import { deleteToken, listUserTokens } from "../../api/tokens";
import type { Api } from "../../api/transport";
import * as users from "../../api/users";
import type { Change } from "../../engine/define";

/** What belongs to the user himself: his e-mail address, his password, and what keeps him from being deleted. */

interface Credentials {
  email: string;
  password: string;
}

interface UserIds {
  userId: number;
  client: number;
}

export const sameEmail = (a: string | null | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();

export async function changeEmail(api: Api, { olds, news }: Change<Credentials, UserIds>) {
  const token = await auth.getUserToken(api, olds.userId);
  const change = (password: string) => users.changeEmail(api, token, olds.userId, news.email, password);
  const { password = news.password } = olds;
  try {
    // A new password that is declared with the new e-mail may be the one that he already has.
    await change(password).catch((error) => {
      if (!refuses(error, "password") || news.password === password) throw error;
      return change(news.password);
    });
  } catch (error) {
    // A call that went through while its reply was lost is refused the next time: look before believing it.
    const client = error instanceof ValidationError ? await getClient(api, olds.client) : undefined;
    const email = client?.users.find((user) => user.id === olds.userId)?.email;
    if (!sameEmail(email, news.email)) throw changedByUser(error, "password", "only he can change his e-mail address");
  }
}

export async function changePassword(api: Api, { olds, news }: Change<Credentials, UserIds>) {
  const token = await auth.getUserToken(api, olds.userId);
  const change = (old: string) => users.changePassword(api, token, olds.userId, old, news.password);
  const { password = news.password } = olds;
  try {
    // A call that went through while its reply was lost is refused the next time: the new one may be his already.
    await change(password).catch((error) => {
      if (!refuses(error, "old") || news.password === password) throw error;
      return change(news.password);
    });
  } catch (error) {
    throw changedByUser(error, "old", 'leave it to him with the option `ignoreChanges: ["password"]`');
  }
}

const refuses = (error: unknown, field: string): error is ValidationError =>
  error instanceof ValidationError && field in error.fields;

/** A refusal of the password that we know means that the user has chosen another one; anything else stays as it is. */
function changedByUser(error: unknown, field: string, advice: string): unknown {
  if (!refuses(error, field)) return error;
  const texts = error.fields[field] ?? [];
  const told =
    `The user changed his password himself: ${advice}, or declare the password that he has now. (Or it was edited in the ` +
    "program while an earlier `up` was broken off.)";
  return new ValidationError(error.call, 400, { ...error.fields, [field]: [...texts, told] });
}

/** 403 has two causes: the user has API tokens, or he belongs to several accounts and can only be taken out of this one. */
export async function deleteUser(api: Api, { userId, client, forceDestroy }: UserIds & { forceDestroy?: boolean }) {
  try {
    await users.deleteUser(api, userId);
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    const token = await auth.getUserToken(api, userId);
    const blocking = await listUserTokens(api, token, client, userId);
    if (blocking.length === 0) {
      await users.removeUserFromClient(api, client, userId);
      return;
    }
    if (!forceDestroy) {
      throw new Error(
        `${error.message} The user has ${blocking.length} API token(s). Delete them in Gcore's portal, or set ` +
          "`forceDestroy: true`, run `pulumi up`, and destroy again.",
      );
    }
    for (const { id } of blocking) await ifFound(deleteToken(api, token, client, id));
    await users.deleteUser(api, userId);
  }
}
