import { type ProductName, productNames, type ServiceStatus } from "../api/schemas";
import type { ClientRow } from "./accounts";
import type { Database } from "./database";
import { clientStatus, successor, type Timing } from "./service-status";

export type ServiceRow = {
  client: number;
  product: ProductName;
  status: ServiceStatus;
  previous_status: ServiceStatus;
  changed_at: number;
  trial_start: number | null;
  enabled: number;
  /** A JSON object: the value of each option that is not the default, by name. */
  options: string;
  next_status: ServiceStatus | null;
  next_at: number | null;
};

/** A product cannot be made unavailable to a client while its service has one of these statuses. */
export const statusesInUse = ["trial", "activating", "active"] as const;
export type InUse = Record<(typeof statusesInUse)[number], ProductName[]>;

export function serviceId({ client, product }: Pick<ServiceRow, "client" | "product">): number {
  return client * 10 + productNames.indexOf(product) + 1;
}

/** The services of client accounts: one for each client and product. One that was never changed has no stored row. */
export class Services {
  constructor(
    readonly database: Database,
    readonly now: () => number,
  ) {}

  /** All services of several clients, by client and in the order of the products, in one query. */
  of(clients: readonly ClientRow[]): Map<number, ServiceRow[]> {
    const rows = this.database.all<ServiceRow>(
      "select * from services where client in (select value from json_each(?))",
      JSON.stringify(clients.map(({ id }) => id)),
    );
    const stored = new Map(rows.map((row) => [serviceId(row), row]));
    return new Map(
      clients.map((client) => [
        client.id,
        productNames.map((product) => {
          const untouched = newService(client, product);
          return stored.get(serviceId(untouched)) ?? untouched;
        }),
      ]),
    );
  }

  /** The rows that were stored, of all clients. */
  stored(): ServiceRow[] {
    return this.database.all("select * from services order by client, product");
  }

  /**
   * Stores a changed service. A status starts its own clock, also the present one if it is given again.
   *
   * @param service The service before the change.
   */
  change(
    service: ServiceRow,
    changes: { status?: ServiceStatus | undefined; enabled?: boolean | undefined; options?: string | undefined },
    timing: Timing,
  ): void {
    this.database.write(() => {
      const { enabled = service.enabled === 1, options = service.options } = changes;
      const changed = { ...service, enabled: Number(enabled), options };
      this.#store(changes.status === undefined ? changed : moved(changed, changes.status, this.now(), timing));
    });
    this.settle(timing);
  }

  /** Makes all changes of status that are due by now; each happened at its own time. */
  settle(timing: Timing): void {
    const due = () =>
      this.database.all<ServiceRow>("select * from services where next_at <= ? order by next_at", this.now());
    for (let services = due(); services.length > 0; services = due()) {
      this.database.write(() => {
        for (const service of services) {
          const { next_status: status, next_at: at } = service;
          if (status !== null && at !== null) this.#store(moved(service, status, at, timing));
        }
      });
    }
  }

  /** Those of `products` whose services are in use by at least one of `clients`, by status. */
  inUse(clients: readonly number[], products: readonly ProductName[]): InUse {
    const found: InUse = { trial: [], activating: [], active: [] };
    const rows = this.database.all<{ product: ProductName; status: keyof InUse }>(
      `select distinct product, status from services
       where client in (select value from json_each(?)) and product in (select value from json_each(?))
         and status in ('trial', 'activating', 'active')`,
      JSON.stringify(clients),
      JSON.stringify(products),
    );
    for (const row of rows) found[row.status].push(row.product);
    return found;
  }

  #store(row: ServiceRow): void {
    this.database.run(
      `insert or replace into services
         (client, product, status, previous_status, changed_at, trial_start, enabled, options, next_status, next_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.client,
      row.product,
      row.status,
      row.previous_status,
      row.changed_at,
      row.trial_start,
      row.enabled,
      row.options,
      row.next_status,
      row.next_at,
    );
    const statuses = this.database.all<{ status: ServiceStatus }>(
      "select status from services where client = ?",
      row.client,
    );
    const status = clientStatus(statuses.map((one) => one.status));
    this.database.run("update clients set status = ? where id = ? and status <> ?", status, row.client, status);
  }
}

function moved(service: ServiceRow, status: ServiceStatus, at: number, timing: Timing): ServiceRow {
  return {
    ...service,
    status,
    previous_status: service.status,
    changed_at: at,
    trial_start: status === "trial" ? at : service.trial_start,
    ...successor(service.product, status, at, timing),
  };
}

function newService(client: ClientRow, product: ProductName): ServiceRow {
  return {
    client: client.id,
    product,
    status: "new",
    previous_status: "new",
    changed_at: client.created_at,
    trial_start: null,
    enabled: 0,
    options: "{}",
    next_status: null,
    next_at: null,
  };
}
