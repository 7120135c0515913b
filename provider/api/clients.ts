import { z } from "zod";
import { UnreadableReplyError } from "./errors";
import type { Api } from "./transport";
import { member } from "./users";

/** Client accounts (API tag "Clients"). */

/** A client account with its users, as the API returns it to the reseller. */
const client = z.object({
  id: z.int(),
  companyName: z.string(),
  deleted: z.boolean().nullish(),
  custom_id: z.string().nullish(),
  country_code: z.string().nullish(),
  is_test: z.boolean().nullish(),
  seller: z.int().nullish(),
  resellers: z.int().nullish(),
  capabilities: z.array(z.string()).nullish(),
  users: z.array(member),
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

/** One page of accounts. */
export interface ClientPage {
  /** Number of accounts that match, on all pages; Infinity when the API does not say. */
  count: number;
  clients: Client[];
  /** Number of records on this page that do not match the schema. */
  unreadable: number;
}

const records = z.array(z.unknown());
const listReply = z.union([records, z.object({ count: z.int().default(Number.POSITIVE_INFINITY), results: records })]);

/** A page of accounts, filtered: `GET /iam/clients`. An unreadable record is left out and counted; the others are returned. */
export async function listClients(api: Api, query: ClientQuery): Promise<ClientPage> {
  const reply = await api.send({ method: "GET", path: "/iam/clients", query: { ...query }, reply: listReply });
  const { count, results } = Array.isArray(reply) ? { count: reply.length, results: reply } : reply;
  const clients = results.map((record) => client.safeParse(record).data).filter((record) => record !== undefined);
  return { count, clients, unreadable: results.length - clients.length };
}

/** Query of {@link listClients}. */
export interface ClientQuery {
  limit: number;
  offset: number;
  ordering?: string;
  users_email?: string;
  created_at_gte?: string;
}

/** Reseller ID of the API key, read from the first client account; `undefined` if there are none. */
export async function getResellerId(api: Api): Promise<number | undefined> {
  const { clients, unreadable } = await listClients(api, { limit: 1, offset: 0 });
  if (unreadable > 0) throw unreadableAccount();
  return clients[0]?.resellers ?? undefined;
}

/** Error for a list whose unreadable record could be the account in question. */
export const unreadableAccount = () =>
  new UnreadableReplyError({ method: "GET", path: "/iam/clients" }, 200, "an account is not as documented.");

/** Changes fields of the account, with the reseller's key: `PATCH /iam/clients/{clientId}`. */
export const updateClient = (api: Api, clientId: number, body: ClientChanges) =>
  api.send({ method: "PATCH", path: `/iam/clients/${clientId}`, body });
