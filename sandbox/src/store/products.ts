import { type ProductName, productNames, type ServiceStatus } from "../api/schemas";
import type { Database } from "./database";

export type Availability = { product_name: ProductName; available: boolean };

/** Products that clients may not activate until the reseller changes the default. */
const unavailableByDefault: ProductName[] = ["DDOS", "CLOUD"];

/** A product cannot be made unavailable to a client while its service has one of these statuses. */
export const statusesInUse = ["trial", "activating", "active"] as const;
export type InUse = Record<(typeof statusesInUse)[number], ProductName[]>;

/** Which products a reseller's clients may activate, and the status of each client's services. */
export class Products {
  constructor(readonly database: Database) {}

  defaults(reseller: number): Availability[] {
    const changed = this.database.all<{ product: ProductName; available: number }>(
      "select product, available from default_availability where reseller = ?",
      reseller,
    );
    const available = new Map(changed.map((row) => [row.product, row.available === 1]));
    return productNames.map((name) => ({
      product_name: name,
      available: available.get(name) ?? !unavailableByDefault.includes(name),
    }));
  }

  setDefault(reseller: number, product: ProductName, available: boolean): void {
    this.database.write(() =>
      this.database.run(
        "insert or replace into default_availability (reseller, product, available) values (?, ?, ?)",
        reseller,
        product,
        Number(available),
      ),
    );
  }

  /** All products of one client: its own setting if it has one, else the default. */
  of(client: number, reseller: number): Availability[] {
    const own = new Map(this.overrides([client]).map((one) => [one.product, one.value]));
    return this.defaults(reseller).map(({ product_name, available }) => ({
      product_name,
      available: own.get(product_name) ?? available,
    }));
  }

  set(client: number, product: ProductName, available: boolean): void {
    this.database.write(() => this.insert(client, product, available));
  }

  /** As `set`, inside a transaction of the caller. */
  insert(client: number, product: ProductName, available: boolean): void {
    this.database.run(
      "insert or replace into availability (client, product, available) values (?, ?, ?)",
      client,
      product,
      Number(available),
    );
  }

  /** Resets products to the defaults. */
  clear(client: number, products: readonly ProductName[]): void {
    this.database.write(() => {
      for (const product of products) {
        this.database.run("delete from availability where client = ? and product = ?", client, product);
      }
    });
  }

  setServiceStatuses(client: number, statuses: Partial<Record<ProductName, ServiceStatus>>): void {
    this.database.write(() => {
      for (const [product, status] of Object.entries(statuses)) {
        this.database.run(
          "insert or replace into services (client, product, status) values (?, ?, ?)",
          client,
          product,
          status,
        );
      }
    });
  }

  /** The settings of several clients that differ from the defaults, in one query. */
  overrides(clients: readonly number[]): { client: number; product: ProductName; value: boolean }[] {
    return this.database
      .all<{ client: number; product: ProductName; available: number }>(
        "select * from availability where client in (select value from json_each(?))",
        JSON.stringify(clients),
      )
      .map(({ client, product, available }) => ({ client, product, value: available === 1 }));
  }

  /** The statuses of the services of several clients that are not new, in one query. */
  serviceStatuses(clients: readonly number[]): { client: number; product: ProductName; value: ServiceStatus }[] {
    return this.database.all(
      "select client, product, status as value from services where client in (select value from json_each(?))",
      JSON.stringify(clients),
    );
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

  /** The clients of a reseller that have no setting of their own for a product. */
  followers(reseller: number, product: ProductName): number[] {
    return this.database
      .all<{ id: number }>(
        `select id from clients where reseller = ?
         and not exists (select 1 from availability a where a.client = clients.id and a.product = ?)`,
        reseller,
        product,
      )
      .map((row) => row.id);
  }
}
