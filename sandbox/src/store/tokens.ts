import type { NewToken } from "../api/schemas";
import type { Database } from "./database";

export type TokenRow = {
  id: number;
  client: number;
  user: number;
  role: number;
  name: string;
  description: string | null;
  expires_at: string | null;
  created_at: string;
  deleted: number;
  user_name: string | null;
  user_email: string;
};

const selectTokens = `select t.*, u.name as user_name, u.email as user_email from tokens t join users u on u.id = t.user`;
const valid = "t.deleted = 0 and (t.expires_at is null or julianday(t.expires_at) > julianday(?))";

/** Permanent API tokens of users in accounts. */
export class Tokens {
  constructor(
    readonly database: Database,
    readonly now: () => number,
  ) {}

  list(client: number): TokenRow[] {
    return this.database.all(`${selectTokens} where t.client = ? and ${valid} order by t.id`, client, this.#time());
  }

  get(client: number, id: number): TokenRow | undefined {
    return this.database.get(`${selectTokens} where t.client = ? and t.id = ? and ${valid}`, client, id, this.#time());
  }

  /** How many valid tokens a user has: in one account, or in all. */
  count(user: number, client?: number): number {
    const row = this.database.get<{ count: number }>(
      `select count(*) as count from tokens t where t.user = ? and (? is null or t.client = ?) and ${valid}`,
      user,
      client ?? null,
      client ?? null,
      this.#time(),
    );
    return row?.count ?? 0;
  }

  create(client: number, user: number, role: number, token: NewToken): number {
    return this.database.write(() =>
      this.database.run(
        `insert into tokens (client, user, role, name, description, expires_at, created_at)
         values (?, ?, ?, ?, ?, ?, ?)`,
        client,
        user,
        role,
        token.name,
        token.description ?? null,
        token.exp_date,
        this.#time(),
      ),
    );
  }

  delete(id: number): void {
    this.database.write(() => this.database.run("update tokens set deleted = 1 where id = ?", id));
  }

  #time(): string {
    return new Date(this.now()).toISOString();
  }
}
