import { getUser as readUser } from "../api/users";
import * as inputs from "../engine/inputs";
import { defineLookup, existing, type LookupArgs } from "./parts/lookup";
import { type GetUserResult, userResult } from "./parts/user";

/** Arguments of {@link getUser}. */
export interface GetUserArgs extends LookupArgs {
  /** ID of the user. */
  userId: number;
}

const lookup = defineLookup<GetUserArgs, GetUserResult>({
  name: "getUser",
  what: "user",
  by: { userId: inputs.id("a user's ID") },
  async find(api, { userId }) {
    const user = await existing(api, readUser(api, userId));
    return user && userResult(user);
  },
});

/**
 * One user, with the ID of their client account: `GET /iam/users/{userId}`. A deleted user counts as missing. To find a user
 * by email address use `getClient({ userEmail })`.
 *
 * @example
 * ```ts
 * const user = await gcore.getUser({ userId: 8001 });
 * ```
 * @throws if there is no such user and `onMissing` is not "null".
 */
export const getUser = lookup.plain;

/** {@link getUser} with arguments that may be outputs; unknown while one of them is. */
export const getUserOutput = lookup.output;
