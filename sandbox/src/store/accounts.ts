import type { CreateUser } from "../api/schemas";
import { hashPassword } from "../passwords";
import type { Database } from "./database";
import type { Products } from "./products";

export type ClientRow = {
  id: number;
  reseller: number;
  owner: number;
  email: string;
  name: string | null;
  phone: string | null;
  company: string;
  status: string;
  custom_id: string | null;
  country_code: string | null;
  seller: number | null;
  is_test: number;
  deleted: number;
  created_at: number;
  website: string | null;
  entry_base_domain: string | null;
  signup_process: string;
  bill_type: string;
  client_type: string;
  promocode: string | null;
  secondary_hostname: string | null;
  traffic_gb: number;
};

export type UserRow = {
  id: number;
  reseller: number;
  client: number;
  company: string;
  email: string;
  password: string;
  name: string | null;
  phone: string | null;
  lang: string;
  deleted: number;
  activated: number;
  is_active: number;
  sso_auth: number;
  two_fa: number;
};

export type Membership = { client: number; company: string; role: number };
export type Member = UserRow & { member_of: number; role: number };

/** New values by column; undefined keeps the old value. */
export type Changes<Row> = { [Column in keyof Row]?: Row[Column] | undefined };

const ADMINISTRATORS = 1;
const selectUsers = "select u.*, c.company from users u join clients c on c.id = u.client";

/** Client accounts, their users, and the memberships between them. */
export class Accounts {
  constructor(
    readonly database: Database,
    readonly products: Products,
    readonly now: () => number,
  ) {}

  client(id: number): ClientRow | undefined {
    return this.database.get("select * from clients where id = ?", id);
  }

  clients(): ClientRow[] {
    return this.database.all("select * from clients order by id");
  }

  /** A user who is not deleted. */
  user(id: number): UserRow | undefined {
    return this.database.get(`${selectUsers} where u.id = ? and u.deleted = 0`, id);
  }

  userByEmail(email: string): UserRow | undefined {
    return this.database.get(`${selectUsers} where u.email_key = ? and u.deleted = 0`, email.toLowerCase());
  }

  /** The users of several accounts, in one query. */
  members(clients: readonly number[]): Member[] {
    return this.database.all(
      `select u.*, c.company, m.client as member_of, m.role from memberships m
       join users u on u.id = m.user join clients c on c.id = u.client
       where m.client in (select value from json_each(?)) order by u.id`,
      JSON.stringify(clients),
    );
  }

  memberships(user: number): Membership[] {
    return this.database.all(
      `select m.client, m.role, c.company from memberships m join clients c on c.id = m.client
       where m.user = ? order by m.client`,
      user,
    );
  }

  hasSeller(reseller: number, seller: number): boolean {
    const sql = "select 1 from sellers where id = ? and reseller = ? and deleted = 0";
    return this.database.get(sql, seller, reseller) !== undefined;
  }

  /** Creates a client account and its first user in one transaction. Returns the user's id. */
  create(reseller: number, request: CreateUser, password = hashPassword(request.password)): number {
    return this.database.write(() => this.#insert(reseller, request, password));
  }

  /** Creates several accounts in one transaction. */
  createMany(reseller: number, requests: readonly CreateUser[], password: string): number[] {
    return this.database.write(() => requests.map((request) => this.#insert(reseller, request, password)));
  }

  updateClient(id: number, changes: Changes<ClientRow>): void {
    this.database.update("clients", id, changes);
  }

  updateUser(id: number, changes: Changes<Omit<UserRow, "company">>): void {
    const emailKey = changes.email === undefined ? {} : { email_key: changes.email.toLowerCase() };
    this.database.update("users", id, { ...changes, ...emailKey });
  }

  /** Sets the accounts that a user belongs to; without any, the user is deleted. */
  setMemberships(user: number, clients: readonly number[]): void {
    this.database.write(() => {
      const firstClient = clients[0];
      if (firstClient === undefined) {
        this.database.run("update users set deleted = 1 where id = ?", user);
      } else {
        this.database.run(
          "update users set client = ? where id = ? and client not in (select value from json_each(?))",
          firstClient,
          user,
          JSON.stringify(clients),
        );
      }
      this.database.run("delete from memberships where user = ?", user);
      for (const client of clients) {
        this.database.run(
          "insert into memberships (user, client, role) values (?, ?, ?)",
          user,
          client,
          ADMINISTRATORS,
        );
      }
    });
  }

  #insert(reseller: number, request: CreateUser, password: string): number {
    const name = request.name ?? null;
    const phone = request.phone ?? null;
    const client = this.database.run(
      `insert into clients
         (reseller, owner, email, name, phone, company, custom_id, country_code, seller, is_test, created_at)
       values (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      reseller,
      request.email,
      name,
      phone,
      request.company,
      request.custom_id ?? null,
      request.country_code ?? null,
      request.seller ?? null,
      Number(request.is_test ?? false),
      this.now(),
    );
    const user = this.database.run(
      `insert into users (reseller, client, email, email_key, password, name, phone, lang)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      reseller,
      client,
      request.email,
      request.email.toLowerCase(),
      password,
      name,
      phone,
      request.lang ?? "en",
    );
    this.database.run("update clients set owner = ? where id = ?", user, client);
    this.database.run("insert into memberships (user, client, role) values (?, ?, ?)", user, client, ADMINISTRATORS);
    for (const { product_name, available } of request.services ?? []) {
      if (available !== null && available !== undefined) this.products.insert(client, product_name, available);
    }
    return user;
  }
}
