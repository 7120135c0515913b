import { hashPassword } from "../passwords";
import type { Store } from "../store";
import { catalogue, type Feature } from "../store/features";
import type { Timing } from "../store/service-status";
import { type ServiceRow, serviceId } from "../store/services";
import type { AccountDetails, SellerRecord, ServiceRecord, UserRecord } from "../types";
import { accountDetails, sellerRecord, serviceRecord, userRecord } from "./records";
import type { ClientChanges, SellerChanges, ServiceChanges, UserChanges } from "./schemas";

/** Changes that come from outside the API's calls. Each returns what was changed; undefined if there is no such record. */

export function changeUser({ accounts }: Store, id: number, changes: UserChanges): UserRecord | undefined {
  const { clients, password, two_fa, activated, is_active, sso_auth, ...plain } = changes;
  const change = () => {
    accounts.updateUser(id, {
      ...plain,
      password: password === undefined ? undefined : hashPassword(password),
      two_fa: flag(two_fa),
      activated: flag(activated),
      is_active: flag(is_active),
      sso_auth: flag(sso_auth),
    });
    if (clients !== undefined) accounts.setMemberships(id, clients);
  };
  return changed(() => accounts.user(id), change, userRecord);
}

export function changeClient(
  store: Store,
  id: number,
  changes: ClientChanges,
  timing: Timing,
): AccountDetails | undefined {
  const { services, features, companyName, created_at, deleted, is_test, ...plain } = changes;
  const change = () => {
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
  };
  return changed(
    () => store.accounts.client(id),
    change,
    (client) => accountDetails(store, [client])[0],
  );
}

export function changeSeller({ sellers }: Store, id: number, changes: SellerChanges): SellerRecord | undefined {
  const { activated, deleted, date_joined, ...plain } = changes;
  const change = () => {
    sellers.update(id, {
      ...plain,
      activated: flag(activated),
      deleted: flag(deleted),
      date_joined: time(date_joined),
    });
    if (deleted === true) sellers.delete(id);
  };
  return changed(() => sellers.get(id), change, sellerRecord);
}

export function changeService(
  store: Store,
  id: number,
  changes: ServiceChanges,
  timing: Timing,
): ServiceRecord | undefined {
  const change = (service: ServiceRow) => {
    const options =
      changes.options === undefined
        ? service.options
        : JSON.stringify({ ...JSON.parse(service.options), ...changes.options });
    store.services.change(service, { ...changes, options }, untilChanged(timing));
  };
  return changed(() => serviceOf(store, id), change, serviceRecord);
}

/** Changes what `read` finds, and reads it again. */
function changed<Row, Changed>(
  read: () => Row | undefined,
  change: (row: Row) => void,
  record: (row: Row) => Changed,
): Changed | undefined {
  const before = read();
  if (before === undefined) return undefined;
  change(before);
  const after = read();
  return after === undefined ? undefined : record(after);
}

function serviceOf(store: Store, id: number): ServiceRow | undefined {
  return servicesOf(store, Math.floor(id / 10)).find((one) => serviceId(one) === id);
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
