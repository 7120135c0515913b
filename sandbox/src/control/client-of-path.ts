import type { Database } from "../store/database";

/** The client account that a call's path names: by its own id, or by the id of one of its users, a deleted one too. */
export function clientOfPath(path: string, database: Database): number | undefined {
  const client = /\/clients\/(\d+)/.exec(path)?.[1];
  if (client !== undefined) return Number(client);
  const user = /\/users\/(\d+)/.exec(path)?.[1];
  if (user === undefined) return undefined;
  return database.get<{ client: number }>("select client from users where id = ?", Number(user))?.client;
}
