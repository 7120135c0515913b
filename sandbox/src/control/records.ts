import { isoTime } from "../api/records";
import type { Store } from "../store";
import type { ClientRow, Member, UserRow } from "../store/accounts";
import { catalogue, featureKinds } from "../store/features";
import type { SellerRow } from "../store/sellers";
import { type ServiceRow, serviceId } from "../store/services";
import type { AccountDetails, AccountRecord, FeatureRecord, SellerRecord, ServiceRecord, UserRecord } from "../types";

export function accountRecords({ accounts }: Store): AccountRecord[] {
  const rows = accounts.clients();
  const members = Map.groupBy(accounts.members(rows.map((row) => row.id)), (member) => member.member_of);
  return rows.map((row) => ({
    client: row.id,
    reseller: row.reseller,
    companyName: row.company,
    email: row.email,
    custom_id: row.custom_id,
    created_at: isoTime(row.created_at),
    deleted: row.deleted === 1,
    users: (members.get(row.id) ?? []).map(({ id, email }) => ({ id, email })),
  }));
}

/** All that is known of these accounts; what belongs to them is read for all of them at once. */
export function accountDetails(store: Store, rows: readonly ClientRow[]): AccountDetails[] {
  const ids = rows.map((row) => row.id);
  const members = Map.groupBy(store.accounts.members(ids), (member) => member.member_of);
  const services = store.services.of(rows);
  const features = Map.groupBy(
    featureKinds.flatMap((kind) => store.features[kind].of(ids).map((one) => ({ kind, ...one }))),
    (one) => one.client,
  );
  return rows.map(({ id, company, created_at, deleted, is_test, ...row }) => {
    const available = new Map(store.products.of(id, row.reseller).map((one) => [one.product_name, one.available]));
    return {
      id,
      companyName: company,
      ...row,
      created_at: isoTime(created_at),
      deleted: deleted === 1,
      is_test: is_test === 1,
      users: (members.get(id) ?? []).map(userRecord),
      services: (services.get(id) ?? []).map((service) => ({
        ...serviceRecord(service),
        available: available.get(service.product) ?? false,
        previous_status: service.previous_status,
        status_changed_at: isoTime(service.changed_at),
        next_status: service.next_status,
        next_at: service.next_at === null ? null : isoTime(service.next_at),
      })),
      features: (features.get(id) ?? []).map(({ kind, feature, ...one }) => ({
        kind,
        id: one.id,
        client: id,
        feature,
        name: catalogue.find((known) => known.id === feature)?.name ?? "",
      })),
    };
  });
}

export function userRecord(user: UserRow | Member): UserRecord {
  const { id, reseller, client, email, name, phone, lang } = user;
  return {
    ...{ id, reseller, client, email, name, phone, lang },
    activated: user.activated === 1,
    is_active: user.is_active === 1,
    sso_auth: user.sso_auth === 1,
    two_fa: user.two_fa === 1,
  };
}

export function sellerRecord({ email_key: _, date_joined, activated, deleted, ...row }: SellerRow): SellerRecord {
  return { ...row, date_joined: isoTime(date_joined), activated: activated === 1, deleted: deleted === 1 };
}

export function serviceRecord(row: ServiceRow): ServiceRecord {
  return {
    id: serviceId(row),
    client: row.client,
    name: row.product,
    status: row.status,
    enabled: row.enabled === 1,
    options: JSON.parse(row.options),
  };
}

export function featureRecords({ features }: Store): FeatureRecord[] {
  return featureKinds.flatMap((kind) =>
    features[kind].all().map(({ id, client, feature }) => ({ kind, id, client, feature })),
  );
}
