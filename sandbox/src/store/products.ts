import { type ProductName, productNames } from "../api/schemas";
import type { Database } from "./database";

export type Availability = { product_name: ProductName; available: boolean };

/** Products that clients may not activate until the reseller changes the default. */
const unavailableByDefault: ProductName[] = ["DDOS", "CLOUD"];

/** Which products a reseller's clients may activate. */
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

  isAvailable(client: number, reseller: number, product: ProductName): boolean {
    return this.of(client, reseller).some((one) => one.product_name === product && one.available);
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

  /** The settings of several clients that differ from the defaults, in one query. */
  overrides(clients: readonly number[]): { client: number; product: ProductName; value: boolean }[] {
    return this.database
      .all<{ client: number; product: ProductName; available: number }>(
        "select * from availability where client in (select value from json_each(?))",
        JSON.stringify(clients),
      )
      .map(({ client, product, available }) => ({ client, product, value: available === 1 }));
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
