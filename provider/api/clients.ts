import { z } from "zod";
import type { Api } from "./transport";
import { user } from "./users";

/** Client accounts (API tag "Clients"). */

/** A client account with its users, as the reseller sees it. */
const client = z.object({
  id: z.int(),
  companyName: z.string(),
  deleted: z.boolean().nullish(),
  custom_id: z.string().nullish(),
  country_code: z.string().nullish(),
  is_test: z.boolean().nullish(),
  seller: z.int().nullish(),
  capabilities: z.array(z.string()).nullish(),
  users: z.array(user),
});
export type Client = z.output<typeof client>;

/** Body of {@link updateClient}. */
export interface ClientChanges {
  companyName?: string;
  custom_id?: string | null;
  is_test?: boolean;
  seller?: number | null;
}

/** One account: `GET /iam/clients/{clientId}`. */
export const getClient = (api: Api, clientId: number) =>
  api.send({ method: "GET", path: `/iam/clients/${clientId}`, reply: client });

/** Changes fields of the account, with the reseller's key: `PATCH /iam/clients/{clientId}`. */
export const updateClient = (api: Api, clientId: number, body: ClientChanges) =>
  api.send({ method: "PATCH", path: `/iam/clients/${clientId}`, body });
