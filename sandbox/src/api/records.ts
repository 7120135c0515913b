import type { Store } from "../store";
import type { UserRow } from "../store/accounts";
import type { TokenRow } from "../store/tokens";
import { groups } from "./schemas";

/** Rows as the API returns them. A field that is optional and not nullable is left out if it has no value. */

export const ADMINISTRATORS = 1;

function group(id: number) {
  return { id, name: groups.get(id) };
}

/** A user as listed in their account. */
export function baseUser(user: UserRow, role: number) {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    lang: user.lang,
    phone: user.phone,
    company: user.company,
    reseller: user.reseller,
    client: user.client,
    deleted: user.deleted === 1,
    groups: [group(role)],
    activated: user.activated === 1,
    sso_auth: user.sso_auth === 1,
    two_fa: user.two_fa === 1,
    auth_types: ["password"],
  };
}

export function publicUser(user: UserRow) {
  return { ...baseUser(user, ADMINISTRATORS), user_type: "common", is_active: user.is_active === 1 };
}

export function fullUser(store: Store, user: UserRow) {
  return {
    ...publicUser(user),
    client_and_roles: store.accounts.memberships(user.id).map(({ client, company, role }) => ({
      client_id: client,
      client_company_name: company,
      user_id: user.id,
      user_roles: [String(role)],
    })),
  };
}

export function tokenRecord(token: TokenRow) {
  return {
    id: token.id,
    name: token.name,
    ...(token.description === null ? {} : { description: token.description }),
    exp_date: token.expires_at,
    deleted: token.deleted === 1,
    expired: false,
    created: token.created_at,
    last_usage: token.created_at,
    client_user: {
      deleted: false,
      user_id: token.user,
      user_name: token.user_name ?? "",
      user_email: token.user_email,
      client_id: token.client,
      role: group(token.role),
    },
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
