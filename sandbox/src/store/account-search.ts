import type { ClientRow } from "./accounts";
import type { Database } from "./database";

/** What a search of client accounts looks at: their fields, users, seller, and services that are not new. */
const text = `folded(concat_ws(' ',
  c.id, c.company, c.email, c.name, c.phone, c.custom_id, c.status, c.country_code, 'reseller ' || c.reseller,
  (select concat_ws(' ', s.id, s.full_name, s.email) from sellers s where s.id = c.seller),
  (select group_concat(concat_ws(' ', u.id, u.email, u.name, u.phone), ' ')
   from memberships m join users u on u.id = m.user where m.client = c.id),
  (select group_concat(s.product || ' ' || s.status, ' ') from services s where s.client = c.id and s.status <> 'new')
))`;

/** Searches client accounts for texts with all of `words`, which are in lower case. Returns ids, newest first. */
export function searchAccounts(database: Database, words: readonly string[]): number[] {
  const where = words.length === 0 ? "" : `where ${words.map(() => `instr(${text}, ?) > 0`).join(" and ")}`;
  const rows = database.all<{ id: number }>(`select c.id from clients c ${where} order by c.id desc`, ...words);
  return rows.map(({ id }) => id);
}

/** These client accounts, newest first. */
export function accountsById(database: Database, ids: readonly number[]): ClientRow[] {
  return database.all(
    "select * from clients where id in (select value from json_each(?)) order by id desc",
    JSON.stringify(ids),
  );
}
