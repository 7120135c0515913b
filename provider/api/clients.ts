import { z } from "zod";
import { UnreadableReplyError } from "./errors";
import { id, informational } from "./fields";
import type { Api } from "./transport";
import { member } from "./users";

/** Client accounts (API tag "Clients"). */

/** A client account with its users, as the API returns it to the reseller; only `id` and `users` are required. */
const client = z.object({
  id,
  companyName: informational(z.string()),
  deleted: informational(z.boolean()),
  custom_id: informational(z.string()),
  country_code: informational(z.string()),
  is_test: informational(z.boolean()),
  seller: informational(id),
  resellers: informational(id),
  capabilities: informational(z.array(z.string())),
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

/** One page of accounts. */
export interface ClientPage {
  /** Number of accounts that match, on all pages; Infinity when the API does not say. */
  count: number;
  clients: Client[];
  /** Number of records on this page that do not match the schema. */
  unreadable: number;
  /** What is wrong with the first of these. */
  problem?: string;
}

const records = z.array(z.unknown());
const listReply = z.union([records, z.object({ count: z.int().default(Number.POSITIVE_INFINITY), results: records })]);

/** A page of accounts, filtered: `GET /iam/clients`. An unreadable record is left out and counted; the others are returned. */
export async function listClients(api: Api, query: ClientQuery): Promise<ClientPage> {
  const reply = await api.send({ method: "GET", path: "/iam/clients", query: { ...query }, reply: listReply });
  const { count, results } = Array.isArray(reply) ? { count: reply.length, results: reply } : reply;
  const parsed = results.map((record) => client.safeParse(record));
  const clients = parsed.flatMap(({ data }) => data ?? []);
  const [issue] = parsed.flatMap(({ error }) => error?.issues ?? []);
  const problem = issue && { problem: `${issue.path.join(".")}: ${issue.message}` };
  return { count, clients, unreadable: results.length - clients.length, ...problem };
}

/** Query of {@link listClients}. */
export interface ClientQuery {
  limit: number;
  offset: number;
  ordering?: string;
  users_email?: string;
  created_at_gte?: string;
}

/**
 * All accounts that have a user with this email address, on all pages: `GET /iam/clients?users_email=…`. Confirms that an
 * account is gone: an account that exists is among those of its email address, unless the address was changed.
 * @throws {UnreadableReplyError} when a record cannot be read, since it could be the account in question.
 */
export async function listClientsByEmail(api: Api, email: string): Promise<Client[]> {
  const found: Client[] = [];
  for (;;) {
    const page = await listClients(api, { users_email: email, limit: PAGE_SIZE, offset: found.length, ordering: "id" });
    if (page.unreadable > 0) throw unreadableAccount(page.problem);
    found.push(...page.clients);
    if (page.clients.length === 0 || found.length >= page.count) return found;
  }
}

/** Accounts that a page is asked for; a server may return fewer. */
export const PAGE_SIZE = 100;

/**
 * The reseller that the API key belongs to, as far as the API shows it. "no accounts": it has none that could show it,
 * which proves nothing. "not shown": no record names a reseller, or the records name several.
 */
export type KeyReseller = { known: number } | "no accounts" | "not shown";

/** The reseller of the API key, read from the first page of accounts and their users: `GET /iam/clients`. */
export async function getResellerId(api: Api): Promise<KeyReseller> {
  const { clients, unreadable, problem } = await listClients(api, { limit: PAGE_SIZE, offset: 0 });
  const resellers = clients.flatMap(({ resellers, users }) => [resellers, ...users.map(({ reseller }) => reseller)]);
  const [known, ...others] = new Set(resellers.filter((reseller) => reseller != null));
  if (known !== undefined && others.length === 0) return { known };
  if (unreadable > 0) throw unreadableAccount(problem);
  return clients.length === 0 ? "no accounts" : "not shown";
}

/** Error for a list whose unreadable record could be the account in question. */
export const unreadableAccount = (problem?: string) =>
  new UnreadableReplyError(
    { method: "GET", path: "/iam/clients" },
    200,
    `an account is not as documented${problem === undefined ? "" : ` (${problem})`}.`,
  );

/** Changes fields of the account, with the reseller's key: `PATCH /iam/clients/{clientId}`. */
export const updateClient = (api: Api, clientId: number, body: ClientChanges) =>
  api.send({ method: "PATCH", path: `/iam/clients/${clientId}`, body, changes: clientId });
