import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { Database } from "./database";

export type Page = { offset: number; limit: number };
export type ListQuery = { where: string; values: SQLInputValue[]; order: string };

/** A filter of a list: the schema of the query parameter, and its SQL condition. */
export type Filter = { value: z.ZodType<SQLInputValue, string>; sql: string };

export const text = z.string();
export const email = z.email("Enter a valid email address.");
export const integer = z
  .string()
  .regex(/^\d+$/, "Enter a number.")
  .transform(Number)
  .refine(Number.isSafeInteger, "Enter a smaller number.");
export const flag = z.enum(["true", "false"]).transform((text) => Number(text === "true"));
export const moment = z.iso
  .datetime({ offset: true, error: "Enter a valid date/time." })
  .transform((date) => Date.parse(date));
export const ids = z
  .string()
  .regex(/^\d+(,\d+)*$/, "Enter ids separated by commas.")
  .transform((list) => `[${list}]`);

const pageBound = (min: number) =>
  integer.refine((value) => value >= min, `Enter a number of at least ${min}.`).optional();

/** The query parameters of a list. `deleted` takes any value: other than true and false it means all. */
export type ListParameters = {
  [filter: string]: unknown;
  deleted?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  ordering?: string[] | undefined;
};

/** A table of rows that each belong to a reseller, with the filters and the order of its list in the API. */
export class List<Row> {
  readonly parameters: z.ZodObject;
  readonly #database: Database;
  readonly #table: string;
  readonly #filters: Record<string, Filter>;
  readonly #sortable: Record<string, string>;

  /**
   * @param sortable The SQL of each field that `ordering` may name.
   * @param keepsDeleted Whether the rows of what was deleted stay, with a filter for them.
   */
  constructor(
    database: Database,
    table: string,
    filters: Record<string, Filter>,
    sortable: Record<string, string>,
    keepsDeleted = true,
  ) {
    this.#database = database;
    this.#table = table;
    this.#filters = filters;
    this.#sortable = sortable;
    const isSortable = (field: string) => Object.hasOwn(sortable, field.replace(/^-/, ""));
    this.parameters = z.object({
      ...Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter.value.optional()])),
      ...(keepsDeleted && { deleted: text.optional() }),
      limit: pageBound(1),
      offset: pageBound(0),
      ordering: text
        .transform((list) => list.split(","))
        .pipe(z.array(text.refine(isSortable, "Not a sortable field.")))
        .optional(),
    });
  }

  query(reseller: number, parameters: ListParameters): ListQuery {
    const conditions = ["reseller = ?"];
    const values: SQLInputValue[] = [reseller];
    for (const [name, filter] of Object.entries(this.#filters)) {
      const value = parameters[name] as SQLInputValue | undefined;
      if (value === undefined) continue;
      conditions.push(filter.sql);
      values.push(value);
    }
    if (parameters.deleted === "true" || parameters.deleted === "false") {
      conditions.push("deleted = ?");
      values.push(Number(parameters.deleted === "true"));
    }
    const order = (parameters.ordering ?? []).map((field) => {
      const sql = this.#sortable[field.replace(/^-/, "")];
      return field.startsWith("-") ? `${sql} desc` : `${sql}`;
    });
    return { where: conditions.join(" and "), values, order: [...order, "id"].join(", ") };
  }

  count({ where, values }: ListQuery): number {
    const sql = `select count(*) as count from ${this.#table} where ${where}`;
    return this.#database.get<{ count: number }>(sql, ...values)?.count ?? 0;
  }

  rows({ where, values, order }: ListQuery, { limit, offset }: Page = { limit: -1, offset: 0 }): Row[] {
    const sql = `select * from ${this.#table} where ${where} order by ${order} limit ? offset ?`;
    return this.#database.all(sql, ...values, limit, offset);
  }
}
