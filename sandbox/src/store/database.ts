import { randomBytes } from "node:crypto";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { TABLES_VERSION, tables } from "./tables";

// Client and user ids start far apart, so a program that confuses them gets a 404 and no other account. Tokens and
// sellers, and the two kinds of activated features, start at the same id: only their kind distinguishes them.
const firstIds = {
  clients: 50_001,
  users: 8_001,
  tokens: 301,
  sellers: 301,
  free_features: 401,
  paid_features: 401,
};

/** The sellers that are there from the start, each with its reseller. */
const sellers = [
  [11, 1],
  [12, 1],
  [13, 1],
  [21, 2],
  [22, 2],
] as const;
const SELLERS_JOINED_AT = Date.parse("2024-01-01T00:00:00Z");

/** SQLite with prepared statements cached by their text, and one method for all writes. */
export class Database {
  readonly sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #writeListeners = new Set<() => void>();

  constructor(file = ":memory:") {
    this.sqlite = new DatabaseSync(file);
    // SQLite's own lower() knows ASCII alone.
    this.sqlite.function("folded", { deterministic: true }, (text) => String(text).toLowerCase());
    this.#refuseOtherVersion(file);
    this.sqlite.exec("pragma journal_mode = wal; pragma synchronous = normal;");
    this.sqlite.exec(tables);
    this.sqlite.exec(`pragma user_version = ${TABLES_VERSION}`);
    if (this.get("select 1 from settings") === undefined) this.write(() => this.#fill());
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Runs one changing statement and returns the row id of what it inserted. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** Runs `work` in one transaction. */
  write<T>(work: () => T): T {
    this.sqlite.exec("begin immediate");
    try {
      const result = work();
      this.sqlite.exec("commit");
      for (const listener of this.#writeListeners) listener();
      return result;
    } catch (error) {
      this.sqlite.exec("rollback");
      throw error;
    }
  }

  /** Changes the given columns of one row; undefined keeps the old value. */
  update(table: string, id: number, changes: Record<string, SQLInputValue | undefined>): void {
    const given = Object.entries(changes).filter(
      (change): change is [string, SQLInputValue] => change[1] !== undefined,
    );
    if (given.length === 0) return;
    const assignments = given.map(([column]) => `${column} = ?`).join(", ");
    this.write(() =>
      this.run(`update ${table} set ${assignments} where id = ?`, ...given.map(([, value]) => value), id),
    );
  }

  /** Calls `listener` after each write, until the returned function is called. */
  onWrite(listener: () => void): () => void {
    this.#writeListeners.add(listener);
    return () => this.#writeListeners.delete(listener);
  }

  /** The key that signs access tokens; a reset makes a new one, so that no token is valid for a later user. */
  get signingKey(): string {
    return this.get<{ value: string }>("select value from settings where name = 'signing_key'")?.value ?? "";
  }

  reset(): void {
    this.write(() => {
      for (const table of [...this.#tableNames(), "sqlite_sequence"]) this.sqlite.exec(`delete from ${table}`);
      this.#fill();
    });
  }

  /** All rows of all tables. */
  rows(): Record<string, unknown[]> {
    return Object.fromEntries(this.#tableNames().map((table) => [table, this.all(`select * from ${table}`)]));
  }

  /** An in-memory copy with the same rows. */
  copy(): Database {
    const copy = new Database();
    copy.write(() => {
      for (const table of this.#tableNames()) {
        copy.sqlite.exec(`delete from ${table}`);
        for (const row of this.all<Record<string, SQLInputValue>>(`select * from ${table}`)) {
          const columns = Object.keys(row);
          const places = columns.map(() => "?").join(", ");
          copy.run(`insert into ${table} (${columns.join(", ")}) values (${places})`, ...Object.values(row));
        }
      }
    });
    return copy;
  }

  close(): void {
    if (this.sqlite.isOpen) this.sqlite.close();
  }

  #fill(): void {
    this.run("insert into settings (name, value) values ('signing_key', ?)", randomBytes(32).toString("hex"));
    for (const [table, first] of Object.entries(firstIds)) {
      this.run("insert into sqlite_sequence (name, seq) values (?, ?)", table, first - 1);
    }
    for (const [seller, reseller] of sellers) {
      const email = `seller-${seller}@sandbox.example`;
      this.run(
        `insert into sellers (id, reseller, email, email_key, full_name, date_joined, activated)
         values (?, ?, ?, ?, ?, ?, 1)`,
        seller,
        reseller,
        email,
        email,
        `Seller ${seller}`,
        SELLERS_JOINED_AT,
      );
    }
  }

  /** The tables of the data; the log of requests is none of it. */
  #tableNames(): string[] {
    return this.all<{ name: string }>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name <> 'requests'",
    ).map(({ name }) => name);
  }

  #refuseOtherVersion(file: string): void {
    const { user_version } = this.sqlite.prepare("pragma user_version").get() as { user_version: number };
    if (user_version === TABLES_VERSION || this.#tableNames().length === 0) return;
    this.close();
    throw new Error(`${file} is not of this version of the sandbox: delete it, or name another file.`);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
