import type { NewSeller } from "../api/schemas";
import type { Changes } from "./accounts";
import type { Database } from "./database";
import { email, flag, ids, integer, List, text } from "./list";

export type SellerRow = {
  id: number;
  reseller: number;
  email: string;
  email_key: string;
  full_name: string;
  phone: string | null;
  date_joined: number;
  activated: number;
  deleted: number;
};

/** How `GET /iam/admin/sellers?email=` compares. */
export type EmailComparison = "whole" | "exactCase" | "part";

const emailFilter: Record<EmailComparison, string> = {
  whole: "email = ? collate nocase",
  exactCase: "email = ?",
  part: "instr(email_key, lower(?)) > 0",
};
const sortable = {
  id: "id",
  email: "email",
  full_name: "full_name",
  date_joined: "date_joined",
  activated: "activated",
  deleted: "deleted",
};

/** Sellers of a reseller, each the contact of some of its client accounts. */
export class Sellers {
  constructor(
    readonly database: Database,
    readonly now: () => number,
  ) {}

  all(): SellerRow[] {
    return this.database.all("select * from sellers order by id");
  }

  get(id: number): SellerRow | undefined {
    return this.database.get("select * from sellers where id = ?", id);
  }

  /** Sellers with this email address, deleted ones too. */
  byEmail(email: string): SellerRow[] {
    return this.database.all("select * from sellers where email_key = ? order by id", email.toLowerCase());
  }

  list(comparison: EmailComparison): List<SellerRow> {
    const filters = {
      id: { value: integer, sql: "id = ?" },
      id__in: { value: ids, sql: "id in (select value from json_each(?))" },
      id__contains: { value: text, sql: "instr(id, ?) > 0" },
      email: { value: email, sql: emailFilter[comparison] },
      full_name: { value: text, sql: "full_name = ?" },
      activated: { value: flag, sql: "activated = ?" },
      reseller_name: { value: text, sql: "'Reseller ' || reseller = ?" },
    };
    return new List(this.database, "sellers", filters, sortable);
  }

  create(reseller: number, seller: NewSeller): number {
    return this.database.write(() =>
      this.database.run(
        `insert into sellers (reseller, email, email_key, full_name, phone, date_joined) values (?, ?, ?, ?, ?, ?)`,
        reseller,
        seller.email,
        seller.email.toLowerCase(),
        seller.full_name,
        seller.phone ?? null,
        this.now(),
      ),
    );
  }

  update(id: number, changes: Changes<Omit<SellerRow, "id" | "reseller" | "email_key">>): void {
    const emailKey = changes.email === undefined ? {} : { email_key: changes.email.toLowerCase() };
    this.database.update("sellers", id, { ...changes, ...emailKey });
  }

  /** The row stays; its clients have no seller afterwards. */
  delete(id: number): void {
    this.database.write(() => {
      this.database.run("update clients set seller = null where seller = ?", id);
      this.database.run("update sellers set deleted = 1 where id = ?", id);
    });
  }
}

export function resellerName(reseller: number): string {
  return `Reseller ${reseller}`;
}
