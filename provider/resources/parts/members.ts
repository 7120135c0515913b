import { z } from "zod";
import * as clients from "../../api/clients";
import { ifFound } from "../../api/errors";
import { unreadableRecord } from "../../api/pages";
import type { Api } from "../../api/transport";
import * as users from "../../api/users";
import { fromApi } from "../../engine/codec";
import { trimmedOrAbsent } from "../../engine/inputs";
import { withoutAbsent } from "../../engine/properties";
import { type KnownAccount, readAccount } from "./accounts";
import { sameEmail } from "./user";

/** A user in a client account: read as a pair, because a user may belong to several accounts. */

/**
 * The ID of a member: its form, also as `adoptId`, and its parts where it has both.
 * @internal
 */
export const memberId = {
  pattern: /^([1-9]\d*\/)?[1-9]\d*$/,
  form: '"<clientId>/<userId>" or "<userId>"',
  client: (id: string): number | undefined => partOf(id, 0),
  user: (id: string): number | undefined => partOf(id, 1),
};
const partOf = (id: string, index: 0 | 1) => (/^\d+\/\d+$/.test(id) ? Number(id.split("/")[index]) : undefined);

/** What only the API sets of a user in a client account. */
export interface MemberOutputs {
  /** ID of the user. */
  userId: number;
  /** ID of the client account. */
  client: number;
  /** ID of the reseller that the account belongs to. */
  reseller?: number;
  /** The user's groups in the account. */
  groups?: { id?: number; name?: string }[];
  /** Whether the user has confirmed their email address. */
  activated?: boolean;
  /** Whether the user was deleted outside Pulumi. The client account still exists, so the resource stays in state. */
  deleted?: boolean;
  /** Whether the user may log in by SAML SSO. */
  ssoAuth?: boolean;
  /** Whether two-step verification is enabled. */
  twoFa?: boolean;
  /** Login methods: password, sso, github, google-oauth2. */
  authTypes?: string[];
  /** The user's type, as returned at creation. */
  userType?: string;
  /** Whether the user was active at creation; the list of accounts does not return it. */
  isActive?: boolean;
  /** The accounts and roles of the user at creation. */
  clientAndRoles?: { clientId: number; clientCompanyName: string; userId: number; userRoles: string[] }[];
}

/**
 * An account, and its user unless the user was deleted.
 * @internal
 */
export interface Membership {
  id: string;
  ids: Pick<MemberOutputs, "client" | "userId">;
  client: clients.Client;
  user: (users.Member & Partial<users.User>) | undefined;
}

const membership = (client: clients.Client, userId: number, user: Membership["user"]): Membership => ({
  id: `${client.id}/${userId}`,
  ids: { client: client.id, userId },
  client,
  user,
});

const userIn = (client: clients.Client, matches: (user: users.Member) => boolean) =>
  client.users.find((user) => !user.deleted && matches(user));

/**
 * Reads a member by its ID: the account from pages or by `GET /iam/clients/{clientId}`; for a user ID alone first
 * `GET /iam/users/{userId}`. `undefined` only when the account certainly is gone, or there is no such user.
 * @internal
 */
export async function readMember(api: Api, id: string, known: KnownAccount): Promise<Membership | undefined> {
  const [userId = 0, knownClient] = id.split("/").map(Number).reverse();
  const details = knownClient === undefined ? await ifFound(users.getUser(api, userId)) : undefined;
  const clientId = knownClient ?? details?.client;
  if (clientId === undefined) return undefined;
  const isMember = (user: users.Member) => user.id === userId;
  const client = await readAccount(api, clientId, known, (shown) => userIn(shown, isMember) !== undefined);
  if (!client) return undefined;
  const user = userIn(client, isMember);
  return membership(client, userId, user && { ...details, ...user });
}

/**
 * Finds a member by email: `GET /iam/clients?users_email=…`. The user may belong to several accounts; the one with the given
 * custom ID is preferred.
 * @internal
 */
export async function findMember(
  api: Api,
  { email, customId }: { email: string; customId?: string | null },
  createdSince?: Date,
): Promise<Membership | undefined> {
  const since = createdSince && { created_at_gte: createdSince.toISOString() };
  const page = await clients.listClients(api, { users_email: email, limit: 100, offset: 0, ...since });
  const members = page.records
    .filter((client) => !client.deleted)
    .flatMap((client) => {
      const user = userIn(client, (candidate) => sameEmail(candidate.email, email));
      return user ? [membership(client, user.id, user)] : [];
    });
  const match = members.find(({ client }) => trimmedOrAbsent(client.custom_id) === trimmedOrAbsent(customId));
  if (!match && page.unreadable > 0) throw unreadableRecord(clients.clientList);
  return match ?? members[0];
}

/** @internal */
export const memberOutputSchema = z.object({
  userId: z.number(),
  client: z.number(),
  reseller: z.number().optional(),
  groups: z.array(z.object({ id: z.number().optional(), name: z.string().optional() })).optional(),
  activated: z.boolean().optional(),
  deleted: z.boolean().optional(),
  ssoAuth: z.boolean().optional(),
  twoFa: z.boolean().optional(),
  authTypes: z.array(z.string()).optional(),
  userType: z.string().optional(),
  isActive: z.boolean().optional(),
  clientAndRoles: z
    .array(
      z.object({
        clientId: z.number(),
        clientCompanyName: z.string(),
        userId: z.number(),
        userRoles: z.array(z.string()),
      }),
    )
    .optional(),
});
const outputNames = Object.keys(memberOutputSchema.shape);

/**
 * The outputs that a user's record shows; absent ones are left out.
 * @internal
 */
export function memberOutputs(user: Partial<users.User>): Partial<MemberOutputs> {
  const clientAndRoles = user.client_and_roles?.map((role) =>
    fromApi(role, ["clientId", "clientCompanyName", "userId", "userRoles"]),
  );
  return withoutAbsent({
    ...fromApi(user, outputNames, { userId: "id" }),
    clientAndRoles,
  }) as Partial<MemberOutputs>;
}
