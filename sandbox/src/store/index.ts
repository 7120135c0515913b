import { Accounts, type ClientRow } from "./accounts";
import { clientList } from "./client-list";
import type { Database } from "./database";
import { type FeatureKind, Features } from "./features";
import type { List } from "./list";
import { Products } from "./products";
import { Sellers } from "./sellers";
import { Services } from "./services";
import { Tokens } from "./tokens";

/** All data of the sandbox, in one database. */
export class Store {
  readonly products: Products;
  readonly accounts: Accounts;
  readonly clientList: List<ClientRow>;
  readonly sellers: Sellers;
  readonly services: Services;
  readonly features: Record<FeatureKind, Features>;
  readonly tokens: Tokens;

  constructor(
    readonly database: Database,
    now: () => number,
  ) {
    this.products = new Products(database);
    this.accounts = new Accounts(database, this.products, now);
    this.clientList = clientList(database);
    this.sellers = new Sellers(database, now);
    this.services = new Services(database, now);
    this.features = { free: new Features(database, "free", now), paid: new Features(database, "paid", now) };
    this.tokens = new Tokens(database, now);
  }
}
