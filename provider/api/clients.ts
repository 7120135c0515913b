import { z } from "zod";
import { flag, id, informational, text } from "./fields";
import { getAll, getPage, type List, type Page, type Query } from "./pages";
import type { Api } from "./transport";
import { member } from "./users";

/** Client accounts (API tag "Clients"). */

/** Status of a product of an account, as the account's record shows it. */
const serviceStatus = z.object({ status: text, enabled: flag });

/** A feature that is switched on for an account, as the account's record shows it. */
const activation = z.object({
  feature_id: id,
  name: text,
  service: text,
  create_date: text,
  free_feature_id: informational(id),
  paid_feature_id: informational(id),
});

/** A client account with its users, as the API returns it to the reseller; only `id` and `users` are required. */
const client = z.object({
  id,
  companyName: text,
  deleted: flag,
  custom_id: text,
  country_code: text,
  is_test: flag,
  seller: informational(id),
  resellers: informational(id),
  capabilities: informational(z.array(z.string())),
  users: z.array(member),
  email: text,
  name: text,
  phone: text,
  status: text,
  client_type: text,
  bill_type: text,
  owner: informational(id),
  has_active_admin: flag,
  website: text,
  signup_process: text,
  entryBaseDomain: text,
  serviceStatuses: informational(z.record(z.string(), serviceStatus)),
  freeFeatures: informational(z.record(z.string(), z.array(activation))),
  paidFeatures: informational(z.record(z.string(), z.array(activation))),
});
export type Client = z.output<typeof client>;

/** The list of accounts. */
export const clientList: List<Client> = { path: "/iam/clients", record: client };

/** Body of {@link updateClient}. */
export interface ClientChanges {
  companyName?: string;
  email?: string;
  name?: string | null;
  phone?: string | null;
  custom_id?: string | null;
  is_test?: boolean;
  seller?: number | null;
}

/**
 * One account: `GET /iam/clients/{clientId}`.
 * @throws {UnreadableReplyError} when the reply is about another account, as a cache between could give it.
 */
export const getClient = (api: Api, clientId: number) =>
  api.send({
    method: "GET",
    path: `/iam/clients/${clientId}`,
    reply: client.refine(({ id }) => id === clientId, { path: ["id"], error: "is of another account" }),
  });

/** A page of accounts, filtered: `GET /iam/clients`. An unreadable record is left out and counted; the others are returned. */
export const listClients = (api: Api, query: ClientQuery): Promise<Page<Client>> =>
  getPage(api, clientList, { ...query });

/** Query of {@link listClients}. */
export interface ClientQuery extends Query {
  limit: number;
  offset: number;
}

/**
 * All accounts that have a user with this email address, on all pages: `GET /iam/clients?users_email=…`. Confirms that an
 * account is gone: an account that exists is among those of its email address, unless the address was changed.
 * @throws {UnreadableReplyError} when a record cannot be read, since it could be the account in question.
 */
export const listClientsByEmail = (api: Api, email: string): Promise<Client[]> =>
  getAll(api, clientList, { users_email: email, ordering: "id" });

/** Changes fields of the account, with the reseller's key: `PATCH /iam/clients/{clientId}`. */
export const updateClient = (api: Api, clientId: number, body: ClientChanges) =>
  api.send({ method: "PATCH", path: `/iam/clients/${clientId}`, body, changes: clientId });
