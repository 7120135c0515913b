import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { ProductName, ServiceStatus } from "../api/schemas";
import type { ClientRow } from "./accounts";
import type { Database } from "./database";

export type Page = { offset: number; limit: number };
export type ClientQuery = { where: string; values: SQLInputValue[]; order: string };

/** A filter of the list: the schema of the query parameter, and its SQL condition. */
type Filter = { value: z.ZodType<SQLInputValue, string>; sql: string };

const text = z.string();
const integer = z.string().regex(/^\d+$/, "Enter a number.").transform(Number);
const flag = z.enum(["true", "false"]).transform((text) => Number(text === "true"));
const moment = z.iso
  .datetime({ offset: true, error: "Enter a valid date/time." })
  .transform((date) => Date.parse(date));
const ids = z
  .string()
  .regex(/^\d+(,\d+)*$/, "Enter ids separated by commas.")
  .transform((list) => `[${list}]`);
const products = z
  .string()
  .transform((list) => list.split(","))
  .pipe(z.array(ProductName))
  .transform((list) => JSON.stringify(list));

const ofUser = (condition: string) =>
  `id in (select m.client from users u join memberships m on m.user = u.id where ${condition})`;
const service = (product: string): Filter => ({
  value: ServiceStatus,
  sql: `? = coalesce((select status from services s where s.client = clients.id and s.product = '${product}'), 'new')`,
});

// Text is compared as a whole, the stricter reading of the contract; email addresses without regard to case.
const filters: Record<string, Filter> = {
  email: { value: text, sql: "email = ? collate nocase" },
  companyName: { value: text, sql: "company = ?" },
  name: { value: text, sql: "name = ?" },
  reseller_id: { value: integer, sql: "reseller = ?" },
  seller_id: { value: integer, sql: "seller = ?" },
  custom_id: { value: text, sql: "custom_id = ?" },
  is_test: { value: flag, sql: "is_test = ?" },
  activated: { value: flag, sql: `? = exists (select 1 from users u where u.id = clients.owner and u.activated = 1)` },
  client_type: { value: z.enum(["common", "reseller", "sales"]), sql: "'common' = ?" },
  country_code: { value: text, sql: "coalesce(country_code, 'null') = ?" },
  users_email: { value: text.toLowerCase(), sql: ofUser("u.email_key = ?") },
  users_name: { value: text, sql: ofUser("u.name = ?") },
  created_at_gte: { value: moment, sql: "created_at >= ?" },
  created_at_lte: { value: moment, sql: "created_at <= ?" },
  id__in__exclude: { value: ids, sql: "id not in (select value from json_each(?))" },
  personal_product_availability: {
    value: products,
    sql: "id in (select client from availability where available = 1 and product in (select value from json_each(?)))",
  },
  cdn: service("CDN"),
  storage: service("STORAGE"),
  dns: service("DNS"),
  ddos: service("DDOS"),
  cloud: service("CLOUD"),
};

const sortable: Record<string, string> = {
  id: "id",
  email: "email",
  name: "name",
  status: "status",
  companyName: "company",
  created_at: "created_at",
};

const pageBound = (min: number) =>
  integer.refine((value) => value >= min, `Enter a number of at least ${min}.`).optional();

const Ordering = z
  .string()
  .transform((list) => list.split(","))
  .pipe(z.array(z.string().refine((field) => sortable[field.replace(/^-/, "")] !== undefined, "Not a sortable field.")))
  .optional();

/** The query parameters of `GET /iam/clients`. `deleted` takes any value: other than true and false it means all. */
export const ListParameters = z.object({
  ...Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter.value.optional()])),
  deleted: z.string().optional(),
  limit: pageBound(1),
  offset: pageBound(0),
  ordering: Ordering,
});
export type ListParameters = z.infer<typeof ListParameters>;

/** The list of client accounts. */
export class ClientList {
  constructor(readonly database: Database) {}

  query(reseller: number, parameters: ListParameters): ClientQuery {
    const conditions = ["reseller = ?"];
    const values: SQLInputValue[] = [reseller];
    for (const [name, filter] of Object.entries(filters)) {
      const value = (parameters as Record<string, SQLInputValue | undefined>)[name];
      if (value === undefined) continue;
      conditions.push(filter.sql);
      values.push(value);
    }
    if (parameters.deleted === "true" || parameters.deleted === "false") {
      conditions.push("deleted = ?");
      values.push(Number(parameters.deleted === "true"));
    }
    const order = (parameters.ordering ?? []).map((field) => {
      const column = sortable[field.replace(/^-/, "")];
      return field.startsWith("-") ? `${column} desc` : `${column}`;
    });
    return { where: conditions.join(" and "), values, order: [...order, "id"].join(", ") };
  }

  count({ where, values }: ClientQuery): number {
    return (
      this.database.get<{ count: number }>(`select count(*) as count from clients where ${where}`, ...values)?.count ??
      0
    );
  }

  rows({ where, values, order }: ClientQuery, page: Page = { offset: 0, limit: -1 }): ClientRow[] {
    return this.database.all(
      `select * from clients where ${where} order by ${order} limit ? offset ?`,
      ...values,
      page.limit,
      page.offset,
    );
  }
}
