import { hashPassword } from "../passwords";
import type { Store } from "../store";
import { catalogue, type Feature } from "../store/features";
import type { Timing } from "../store/service-status";
import { type ServiceRow, serviceId } from "../store/services";
import type { ClientChanges, SellerChanges, ServiceChanges, UserChanges } from "./schemas";

/** Changes that come from outside the API's calls. Each returns false if there is no such record. */

export function changeUser({ accounts }: Store, id: number, changes: UserChanges): boolean {
  if (accounts.user(id) === undefined) return false;
  const { clients, password, two_fa, activated, is_active, sso_auth, ...plain } = changes;
  accounts.updateUser(id, {
    ...plain,
    password: password === undefined ? undefined : hashPassword(password),
    two_fa: flag(two_fa),
    activated: flag(activated),
    is_active: flag(is_active),
    sso_auth: flag(sso_auth),
  });
  if (clients !== undefined) accounts.setMemberships(id, clients);
  return true;
}

export function changeClient(store: Store, id: number, changes: ClientChanges, timing: Timing): boolean {
  if (store.accounts.client(id) === undefined) return false;
  const { services, features, companyName, created_at, deleted, is_test, ...plain } = changes;
  for (const service of servicesOf(store, id)) {
    const status = services?.[service.product];
    if (status !== undefined) store.services.change(service, { status }, untilChanged(timing));
  }
  for (const feature of catalogue) setFeature(store, id, feature, features?.[feature.id]);
  store.accounts.updateClient(id, {
    ...plain,
    company: companyName,
    created_at: time(created_at),
    deleted: flag(deleted),
    is_test: flag(is_test),
  });
  return true;
}

export function changeSeller({ sellers }: Store, id: number, changes: SellerChanges): boolean {
  if (sellers.get(id) === undefined) return false;
  const { activated, deleted, date_joined, ...plain } = changes;
  sellers.update(id, {
    ...plain,
    activated: flag(activated),
    deleted: flag(deleted),
    date_joined: time(date_joined),
  });
  if (deleted === true) sellers.delete(id);
  return true;
}

export function changeService(store: Store, id: number, changes: ServiceChanges, timing: Timing): boolean {
  const service = servicesOf(store, Math.floor(id / 10)).find((one) => serviceId(one) === id);
  if (service === undefined) return false;
  const options =
    changes.options === undefined
      ? service.options
      : JSON.stringify({ ...JSON.parse(service.options), ...changes.options });
  store.services.change(service, { ...changes, options }, untilChanged(timing));
  return true;
}

function servicesOf(store: Store, client: number): ServiceRow[] {
  const row = store.accounts.client(client);
  return row === undefined ? [] : (store.services.of([row]).get(client) ?? []);
}

/** A service that is set to `activating` from outside stays so. */
function untilChanged(timing: Timing): Timing {
  return { ...timing, activationEndsIn: "activating" };
}

function setFeature(store: Store, client: number, { id, is_free }: Feature, activated: boolean | undefined): void {
  const features = store.features[is_free ? "free" : "paid"];
  const present = features.of([client]).filter((one) => one.feature === id);
  if (activated === true && present.length === 0) features.activate(client, id);
  if (activated === false) for (const one of present) features.deactivate(one.id);
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function time(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Date.parse(date);
}
