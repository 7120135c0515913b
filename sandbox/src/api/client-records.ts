import type { Context } from "hono";
import type { Env } from "../env";
import type { ClientRow } from "../store/accounts";
import { type Activation, catalogue, type FeatureKind } from "../store/features";
import type { ServiceRow } from "../store/services";
import type { Assumptions } from "./assumptions";
import { ADMINISTRATORS, baseUser, isoTime } from "./records";
import { type ProductName, productNames } from "./schemas";

/** Client accounts of one reseller, in the given order; all that belongs to them is read for all of them at once. */
export function clientRecords(c: Context<Env>, reseller: number, rows: readonly ClientRow[]) {
  const { accounts, products, services, features } = c.get("store");
  const assumptions = c.get("assumptions");
  const ids = rows.map((row) => row.id);
  const members = Map.groupBy(accounts.members(ids), (member) => member.member_of);
  const servicesOf = services.of(rows);
  const free = Map.groupBy(features.free.of(ids), ({ client }) => client);
  const paid = Map.groupBy(features.paid.of(ids), ({ client }) => client);
  const overrides = new Map(products.overrides(ids).map((row) => [`${row.client} ${row.product}`, row.value]));
  const defaults = new Map(products.defaults(reseller).map((one) => [one.product_name, one.available]));

  return rows.map((row) => {
    const users = members.get(row.id) ?? [];
    const available = (product: ProductName) => overrides.get(`${row.id} ${product}`) ?? defaults.get(product) ?? false;
    return {
      id: row.id,
      users: users.map((user) => baseUser(user, user.role)),
      email: row.email,
      phone: row.phone,
      name: row.name,
      status: row.status,
      companyName: row.company,
      ...(row.website === null ? {} : { website: row.website }),
      currentUser: resellerUser(row.reseller),
      capabilities: productNames.filter(available),
      serviceStatuses: serviceStatuses(servicesOf.get(row.id) ?? [], available, assumptions),
      paidFeatures: activated("paid", paid.get(row.id) ?? [], assumptions),
      freeFeatures: activated("free", free.get(row.id) ?? [], assumptions),
      entryBaseDomain: row.entry_base_domain,
      signup_process: row.signup_process,
      deleted: row.deleted === 1,
      bill_type: row.bill_type,
      custom_id: row.custom_id,
      ...(row.country_code === null ? {} : { country_code: row.country_code }),
      is_test: row.is_test === 1,
      has_active_admin: users.some((user) => user.is_active === 1 && user.role === ADMINISTRATORS),
      seller: row.seller,
      resellers: row.reseller,
      client_type: row.client_type,
      owner: row.owner,
    };
  });
}

export function oneClient(c: Context<Env>, row: ClientRow) {
  return clientRecords(c, row.reseller, [row])[0];
}

/** The id of the reseller's own administrator, who belongs to no client account. */
function resellerUser(reseller: number): number {
  return 100 + reseller;
}

function serviceStatuses(
  services: readonly ServiceRow[],
  available: (product: ProductName) => boolean,
  { listedEnabled, omitNewServices }: Assumptions,
) {
  const isEnabled = (service: ServiceRow) =>
    (listedEnabled === "service" || available(service.product)) &&
    (listedEnabled === "available" || service.enabled === 1);
  return Object.fromEntries(
    services
      .filter((service) => !(omitNewServices && service.status === "new"))
      .map((service) => [service.product, { status: service.status, enabled: isEnabled(service) }]),
  );
}

/** The activated features of one kind, by product. The record and the calls for features name some fields differently. */
function activated(kind: FeatureKind, activations: readonly Activation[], { omitListedFeatures }: Assumptions) {
  const listed = (omitListedFeatures ? [] : activations).flatMap(({ id, feature, created_at }) => {
    return catalogue
      .filter((one) => one.id === feature)
      .map(({ name, service }) => ({
        feature_id: feature,
        service,
        name,
        create_date: isoTime(created_at),
        [`${kind}_feature_id`]: id,
      }));
  });
  return Object.fromEntries(productNames.map((product) => [product, listed.filter((one) => one.service === product)]));
}
