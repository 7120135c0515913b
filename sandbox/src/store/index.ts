import { Accounts } from "./accounts";
import { ClientList } from "./client-list";
import type { Database } from "./database";
import { Products } from "./products";
import { Tokens } from "./tokens";

/** All data of the sandbox, in one database. */
export class Store {
  readonly products: Products;
  readonly accounts: Accounts;
  readonly clientList: ClientList;
  readonly tokens: Tokens;

  constructor(
    readonly database: Database,
    now: () => number,
  ) {
    this.products = new Products(database);
    this.accounts = new Accounts(database, this.products, now);
    this.clientList = new ClientList(database);
    this.tokens = new Tokens(database, now);
  }
}
