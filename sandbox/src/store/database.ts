import { randomBytes } from "node:crypto";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

// Client and user ids start far apart, so a program that confuses them gets a 404 and no other account.
const firstIds = { clients: 50_001, users: 8_001, tokens: 301 };

/** The sellers, each with its reseller: no call of the API creates them. */
const sellers = [
  [11, 1],
  [12, 1],
  [13, 1],
  [21, 2],
  [22, 2],
] as const;

const tables = `
  create table if not exists settings (name text primary key, value text not null) strict;
  create table if not exists sellers (id integer primary key, reseller integer not null) strict;
  create table if not exists clients (
    id integer primary key autoincrement,
    reseller integer not null,
    owner integer not null,
    email text not null,
    name text,
    phone text,
    company text not null,
    status text not null default 'new',
    custom_id text,
    country_code text,
    seller integer,
    is_test integer not null default 0,
    deleted integer not null default 0,
    created_at integer not null
  ) strict;
  create index if not exists clients_by_reseller on clients (reseller, id);
  create index if not exists clients_by_custom_id on clients (custom_id);
  create index if not exists clients_by_created_at on clients (created_at);
  create table if not exists users (
    id integer primary key autoincrement,
    reseller integer not null,
    client integer not null,
    email text not null,
    email_key text not null,
    password text not null,
    name text,
    phone text,
    lang text not null,
    deleted integer not null default 0,
    activated integer not null default 1,
    is_active integer not null default 1,
    sso_auth integer not null default 0,
    two_fa integer not null default 0
  ) strict;
  create unique index if not exists users_by_email on users (email_key) where deleted = 0;
  create table if not exists memberships (
    user integer not null, client integer not null, role integer not null, primary key (user, client)
  ) strict;
  create index if not exists memberships_by_client on memberships (client);
  create table if not exists default_availability (
    reseller integer not null, product text not null, available integer not null, primary key (reseller, product)
  ) strict;
  create table if not exists availability (
    client integer not null, product text not null, available integer not null, primary key (client, product)
  ) strict;
  create table if not exists services (
    client integer not null, product text not null, status text not null, primary key (client, product)
  ) strict;
  create table if not exists tokens (
    id integer primary key autoincrement,
    client integer not null,
    user integer not null,
    role integer not null,
    name text not null,
    description text,
    expires_at text,
    created_at text not null,
    deleted integer not null default 0
  ) strict;
  create index if not exists tokens_by_client on tokens (client);
  create index if not exists tokens_by_user on tokens (user);
`;

const tableNames = [
  "settings",
  "sellers",
  "clients",
  "users",
  "memberships",
  "default_availability",
  "availability",
  "services",
  "tokens",
];

/** SQLite with prepared statements cached by their text, and one method for all writes. */
export class Database {
  readonly sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #writeListeners = new Set<() => void>();

  constructor(file = ":memory:") {
    this.sqlite = new DatabaseSync(file);
    this.sqlite.exec("pragma journal_mode = wal; pragma synchronous = normal;");
    this.sqlite.exec(tables);
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
      for (const table of [...tableNames, "sqlite_sequence"]) this.sqlite.exec(`delete from ${table}`);
      this.#fill();
    });
  }

  /** An in-memory copy with the same rows. */
  copy(): Database {
    const copy = new Database();
    copy.write(() => {
      for (const table of tableNames) {
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
      this.run("insert into sellers (id, reseller) values (?, ?)", seller, reseller);
    }
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
