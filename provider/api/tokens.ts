import { z } from "zod";
import { flag, id } from "./fields";
import type { Api } from "./transport";

/** Permanent API tokens of users (API tag "API Tokens", version 2). */

const apiToken = z.object({ id, deleted: flag });

/**
 * The user's own valid tokens, listed as the user: `GET /iam/v2/clients/{clientId}/tokens`. The query filter `deleted` is
 * not used, since its description contradicts its name; each record has the field `deleted`.
 */
export async function listUserTokens(api: Api, bearer: string, clientId: number, userId: number) {
  const all = await api.send({
    method: "GET",
    path: `/iam/v2/clients/${clientId}/tokens`,
    query: { issued_by: userId },
    bearer,
    reply: z.array(apiToken),
  });
  return all.filter((token) => !token.deleted);
}

/** Deletes a token, as the user: `DELETE /iam/v2/clients/{clientId}/tokens/{tokenId}`. No account record shows tokens. */
export const deleteToken = (api: Api, bearer: string, clientId: number, tokenId: number) =>
  api.send({ method: "DELETE", path: `/iam/v2/clients/${clientId}/tokens/${tokenId}`, bearer, changes: "none" });
