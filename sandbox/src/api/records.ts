import type { Store } from "../store";
import type { ClientRow, Member, UserRow } from "../store/accounts";
import type { TokenRow } from "../store/tokens";
import { groups, type ProductName, productNames } from "./schemas";

/** Rows as the API returns them. A field that is optional and not nullable is left out if it has no value. */

const ADMINISTRATORS = 1;

export function group(id: number) {
  return { id, name: groups.get(id) };
}

/** A user as listed in their account. */
function baseUser(user: UserRow, role: number) {
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

/** Client accounts of one reseller, in the given order; users and products are read for all of them at once. */
export function clientRecords(store: Store, reseller: number, rows: readonly ClientRow[]) {
  const ids = rows.map((row) => row.id);
  const users = Map.groupBy(store.accounts.members(ids), (member) => member.member_of);
  const overrides = keyed(store.products.overrides(ids));
  const statuses = keyed(store.products.serviceStatuses(ids));
  const defaults = new Map(store.products.defaults(reseller).map((one) => [one.product_name, one.available]));
  return rows.map((row) => {
    const available = (product: ProductName) => overrides.get(`${row.id} ${product}`) ?? defaults.get(product) ?? false;
    const status = (product: ProductName) => statuses.get(`${row.id} ${product}`) ?? "new";
    return clientRecord(row, users.get(row.id) ?? [], available, status);
  });
}

export function oneClient(store: Store, row: ClientRow) {
  return clientRecords(store, row.reseller, [row])[0];
}

function clientRecord(
  row: ClientRow,
  users: readonly Member[],
  available: (product: ProductName) => boolean,
  status: (product: ProductName) => string,
) {
  return {
    id: row.id,
    users: users.map((user) => baseUser(user, user.role)),
    email: row.email,
    phone: row.phone,
    name: row.name,
    status: row.status,
    companyName: row.company,
    currentUser: resellerUser(row.reseller),
    capabilities: productNames.filter(available),
    serviceStatuses: byProduct((product) => ({ status: status(product), enabled: available(product) })),
    paidFeatures: byProduct(() => []),
    freeFeatures: byProduct(() => []),
    entryBaseDomain: null,
    signup_process: "sign_up_full",
    deleted: row.deleted === 1,
    bill_type: "POST",
    custom_id: row.custom_id,
    ...(row.country_code === null ? {} : { country_code: row.country_code }),
    is_test: row.is_test === 1,
    has_active_admin: users.some((user) => user.is_active === 1 && user.role === ADMINISTRATORS),
    seller: row.seller,
    resellers: row.reseller,
    client_type: "common",
    owner: row.owner,
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

/** The id of the reseller's own administrator, who belongs to no client account. */
function resellerUser(reseller: number): number {
  return 100 + reseller;
}

function byProduct<T>(value: (product: ProductName) => T): Record<string, T> {
  return Object.fromEntries(productNames.map((product) => [product, value(product)]));
}

function keyed<T>(rows: readonly { client: number; product: ProductName; value: T }[]): Map<string, T> {
  return new Map(rows.map((row) => [`${row.client} ${row.product}`, row.value]));
}
