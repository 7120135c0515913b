import { clientList, getClient as readClient } from "../api/clients";
import { getAll } from "../api/pages";
import * as inputs from "../engine/inputs";
import { clientResult, type GetClientResult } from "./parts/client";
import { defineLookup, existing, type LookupArgs, onlyMatch } from "./parts/lookup";

/** Arguments of {@link getClient}: exactly one of `client`, `customId` and `userEmail`. */
export interface GetClientArgs extends LookupArgs {
  /** ID of the client account. */
  client?: number | undefined;
  /** The reseller's own ID of the account. */
  customId?: string | undefined;
  /** Email address of one of the account's users. */
  userEmail?: string | undefined;
}

const lookup = defineLookup<GetClientArgs, GetClientResult>({
  name: "getClient",
  what: "client account",
  by: { client: inputs.id("a client account's ID"), customId: inputs.text, userEmail: inputs.email },
  async find(api, { client, customId, userEmail }) {
    if (client !== undefined) {
      const found = await existing(api, readClient(api, client));
      return found && clientResult(found);
    }
    const filter = customId === undefined ? { users_email: userEmail ?? "" } : { custom_id: customId };
    const accounts = await getAll(api, clientList, { ...filter, deleted: "false", ordering: "id" });
    // Whether the filters compare the whole value is not documented.
    const matches = accounts.filter(
      ({ deleted, custom_id, users }) =>
        !deleted &&
        (customId === undefined
          ? users.some(({ email }) => email?.toLowerCase() === userEmail?.toLowerCase())
          : custom_id?.trim() === customId),
    );
    const match = onlyMatch(matches, "client");
    return match && clientResult(match);
  },
});

/**
 * One client account with its products, features and users: `GET /iam/clients/{clientId}`, or `GET /iam/clients` with a
 * filter. A deleted account counts as missing.
 *
 * @example
 * ```ts
 * const acme = await gcore.getClient({ customId: "CRM-4711" });
 * console.log(acme.client, acme.services.CDN?.status);
 * ```
 * @throws if there is no such account and `onMissing` is not "null", or if several match; it names their IDs.
 */
export const getClient = lookup.plain;

/** {@link getClient} with arguments that may be outputs; unknown while one of them is. */
export const getClientOutput = lookup.output;
