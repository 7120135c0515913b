import type { ProductName } from "../api/schemas";
import type { Database } from "./database";

export type Feature = { id: number; name: string; service: ProductName; is_free: boolean };
export type Activation = { id: number; client: number; feature: number; created_at: number };
export const featureKinds = ["free", "paid"] as const;
export type FeatureKind = (typeof featureKinds)[number];

/** The features that the sandbox has; all resellers manage the same. */
export const catalogue: readonly Feature[] = [
  { id: 61, name: "Custom CNAME", service: "CDN", is_free: true },
  { id: 62, name: "Origin shielding", service: "CDN", is_free: false },
  { id: 63, name: "Raw logs", service: "CDN", is_free: true },
  { id: 64, name: "Live recording", service: "STREAMING", is_free: true },
  { id: 65, name: "Cross-region replication", service: "STORAGE", is_free: false },
  { id: 66, name: "Geo balancing", service: "DNS", is_free: true },
];

/** Features of one kind that are activated for client accounts. */
export class Features {
  readonly #table: string;

  constructor(
    readonly database: Database,
    readonly kind: FeatureKind,
    readonly now: () => number,
  ) {
    this.#table = `${kind}_features`;
  }

  all(): Activation[] {
    return this.database.all(`select * from ${this.#table} order by id`);
  }

  /** All activations of the clients of one reseller. */
  ofReseller(reseller: number): Activation[] {
    return this.database.all(
      `select f.* from ${this.#table} f join clients c on c.id = f.client where c.reseller = ? order by f.id`,
      reseller,
    );
  }

  /** The activations of several clients, in one query. */
  of(clients: readonly number[]): Activation[] {
    return this.database.all(
      `select * from ${this.#table} where client in (select value from json_each(?)) order by id`,
      JSON.stringify(clients),
    );
  }

  get(reseller: number, id: number): Activation | undefined {
    return this.database.get(
      `select f.* from ${this.#table} f join clients c on c.id = f.client where c.reseller = ? and f.id = ?`,
      reseller,
      id,
    );
  }

  activate(client: number, feature: number): number {
    return this.database.write(() =>
      this.database.run(
        `insert into ${this.#table} (client, feature, created_at) values (?, ?, ?)`,
        client,
        feature,
        this.now(),
      ),
    );
  }

  deactivate(id: number): void {
    this.database.write(() => this.database.run(`delete from ${this.#table} where id = ?`, id));
  }
}
