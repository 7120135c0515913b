import { z } from "zod";
import { ClientType, ProductName, ServiceStatus } from "../api/schemas";
import type { ClientRow } from "./accounts";
import type { Database } from "./database";
import { email, type Filter, flag, ids, integer, List, moment, text } from "./list";

const products = z
  .string()
  .transform((list) => list.split(","))
  .pipe(z.array(ProductName))
  .transform((list) => JSON.stringify(list));
const gigabytes = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "Enter a number.")
  .transform(Number);

const ofUser = (condition: string) =>
  `id in (select m.client from users u join memberships m on m.user = u.id where ${condition})`;
const service = (product: string): Filter => ({
  value: ServiceStatus,
  sql: `? = coalesce((select status from services s where s.client = clients.id and s.product = '${product}'), 'new')`,
});
/** A service that no account of the sandbox has, and no product of the contract names. */
const missingService: Filter = { value: ServiceStatus, sql: "? is null" };

// Text is compared as a whole, the stricter reading of the contract; email addresses without regard to case.
const filters: Record<string, Filter> = {
  email: { value: email, sql: "email = ? collate nocase" },
  companyName: { value: text, sql: "company = ?" },
  name: { value: text, sql: "name = ?" },
  reseller_id: { value: integer, sql: "reseller = ?" },
  seller_id: { value: integer, sql: "seller = ?" },
  custom_id: { value: text, sql: "custom_id = ?" },
  is_test: { value: flag, sql: "is_test = ?" },
  activated: { value: flag, sql: `? = exists (select 1 from users u where u.id = clients.owner and u.activated = 1)` },
  bill_type: { value: text, sql: "bill_type = ?" },
  client_type: { value: ClientType, sql: "client_type = ?" },
  country_code: { value: text, sql: "coalesce(country_code, 'null') = ?" },
  promocode: { value: text, sql: "promocode = ?" },
  secondaryhostnames: { value: text, sql: "secondary_hostname = ?" },
  min_traffic: { value: gigabytes, sql: "traffic_gb >= ?" },
  max_traffic: { value: gigabytes, sql: "traffic_gb <= ?" },
  users_email: { value: text.toLowerCase(), sql: ofUser("u.email_key = ?") },
  users_name: { value: text, sql: ofUser("u.name = ?") },
  created_at_gte: { value: moment, sql: "created_at >= ?" },
  created_at_lte: { value: moment, sql: "created_at <= ?" },
  id__in__exclude: { value: ids, sql: "id not in (select value from json_each(?))" },
  feature_id_in: {
    value: ids,
    sql: `exists (select 1 from json_each(?) wanted join
      (select client, feature from free_features union all select client, feature from paid_features) activated
      on activated.feature = wanted.value where activated.client = clients.id)`,
  },
  personal_product_availability: {
    value: products,
    sql: "id in (select client from availability where available = 1 and product in (select value from json_each(?)))",
  },
  cdn: service("CDN"),
  storage: service("STORAGE"),
  dns: service("DNS"),
  ddos: service("DDOS"),
  cloud: service("CLOUD"),
  connect: missingService,
  infrastructure_protection: missingService,
};

const sortable = {
  id: "id",
  email: "email",
  name: "name",
  status: "status",
  companyName: "company",
  created_at: "created_at",
};

/** The list of client accounts. */
export function clientList(database: Database): List<ClientRow> {
  return new List(database, "clients", filters, sortable);
}
