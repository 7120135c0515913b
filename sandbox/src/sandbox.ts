import { setTimeout as sleep } from "node:timers/promises";
import type { Hono } from "hono";
import { type ApiKeys, defaultApiKeys, Sessions } from "./api/authentication";
import type { SeedClient, SeedUser } from "./api/schemas";
import { createApp } from "./app";
import { Faults } from "./control/faults";
import { type RateLimit, RateLimiter } from "./control/rate-limiter";
import { RequestLog, type RequestRecord } from "./control/request-log";
import { Dropped, type Env } from "./http";
import { hashPassword } from "./passwords";
import { Store } from "./store";
import { Database } from "./store/database";

export type SandboxOptions = {
  /** The SQLite file that keeps the data; in memory by default. */
  file?: string | undefined;
  /** Milliseconds that each call of the API waits before it is handled; 0 by default. */
  latencyMs?: number | undefined;
  /** API keys and the reseller that each belongs to. */
  apiKeys?: ApiKeys | undefined;
  /** The clock, in milliseconds since 1970; the real one by default. */
  now?: (() => number) | undefined;
};

/** A client account as the control API returns it. */
export type AccountRecord = {
  client: number;
  reseller: number;
  companyName: string;
  email: string;
  custom_id: string | null;
  created_at: string;
  deleted: boolean;
  users: { id: number; email: string }[];
};

const SEED_PASSWORD = "seed-password";

/** A Gcore reseller API in this process: `fetch` is the API, the other methods are the control API. */
export class Sandbox {
  readonly now: () => number;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly log = new RequestLog();
  readonly limiter: RateLimiter;
  readonly faults: Faults;
  apiKeys: ApiKeys;
  latencyMs: number;
  readonly #initial: { apiKeys: ApiKeys; latencyMs: number };
  readonly #closing = new AbortController();
  readonly #app: Hono<Env>;

  constructor(options: SandboxOptions = {}) {
    this.#initial = { apiKeys: options.apiKeys ?? defaultApiKeys, latencyMs: options.latencyMs ?? 0 };
    this.apiKeys = this.#initial.apiKeys;
    this.latencyMs = this.#initial.latencyMs;
    this.now = options.now ?? Date.now;
    this.store = new Store(new Database(options.file), this.now);
    this.sessions = new Sessions(this.store, this.now);
    this.limiter = new RateLimiter(this.now);
    this.faults = new Faults(this);
    this.#app = createApp(this);
  }

  /** Answers one request; rejects with a TypeError where a connection would be dropped. */
  readonly fetch = async (request: Request): Promise<Response> => {
    if (this.#closing.signal.aborted) throw new Dropped();
    return this.#app.fetch(request);
  };

  /** Ends all waiting requests and closes the database. */
  close(): void {
    this.#closing.abort();
    this.faults.remove();
    this.store.database.close();
  }

  /** Resets everything: no accounts, no log, no faults, no rate limit; latency and keys as given at the start. */
  reset(): void {
    this.faults.remove();
    this.limiter.set(null);
    this.log.clear();
    this.apiKeys = this.#initial.apiKeys;
    this.latencyMs = this.#initial.latencyMs;
    this.store.database.reset();
  }

  /** The requests with a `seq` greater than `after`, oldest first. */
  requests(after?: number): RequestRecord[] {
    return this.log.entries(after);
  }

  clearRequests(): void {
    this.log.clear();
  }

  setLatency(ms: number): void {
    this.latencyMs = ms;
  }

  setRateLimit(limit: RateLimit | null): void {
    this.limiter.set(limit);
  }

  setApiKeys(keys: ApiKeys): void {
    this.apiKeys = keys;
  }

  /** All client accounts of all resellers, with their users. */
  accounts(): AccountRecord[] {
    const rows = this.store.accounts.clients();
    const members = Map.groupBy(this.store.accounts.members(rows.map((row) => row.id)), (member) => member.member_of);
    return rows.map((row) => ({
      client: row.id,
      reseller: row.reseller,
      companyName: row.company,
      email: row.email,
      custom_id: row.custom_id,
      created_at: new Date(row.created_at).toISOString(),
      deleted: row.deleted === 1,
      users: (members.get(row.id) ?? []).map(({ id, email }) => ({ id, email })),
    }));
  }

  /** Creates `count` accounts in one transaction; their users' password is "seed-password". Returns the users' ids. */
  seed(count: number, reseller = 1): number[] {
    const first = this.store.accounts.clients().length + 1;
    const requests = Array.from({ length: count }, (_, index) => ({
      email: `seed-${first + index}@sandbox.example`,
      password: SEED_PASSWORD,
      company: `Seed ${first + index}`,
    }));
    return this.store.accounts.createMany(reseller, requests, hashPassword(SEED_PASSWORD));
  }

  /** Changes a user beyond what the API's calls can change. False if there is no such user. */
  updateUser(id: number, changes: SeedUser): boolean {
    const { accounts } = this.store;
    if (accounts.user(id) === undefined) return false;
    const { clients, password, two_fa, activated, is_active, sso_auth, ...plain } = changes;
    accounts.updateUser(id, {
      ...plain,
      password: password === undefined ? undefined : hashPassword(password),
      two_fa: flag(two_fa),
      activated: flag(activated),
      is_active: flag(is_active),
      sso_auth: flag(sso_auth),
    });
    if (clients !== undefined) accounts.setMemberships(id, clients);
    return true;
  }

  /** Changes a client account beyond what the API's calls can change. False if there is no such account. */
  updateClient(id: number, changes: SeedClient): boolean {
    const { accounts, products } = this.store;
    if (accounts.client(id) === undefined) return false;
    const { services, companyName, created_at, deleted, is_test, ...plain } = changes;
    accounts.updateClient(id, {
      ...plain,
      company: companyName,
      created_at: created_at === undefined ? undefined : Date.parse(created_at),
      deleted: flag(deleted),
      is_test: flag(is_test),
    });
    products.setServiceStatuses(id, services ?? {});
    return true;
  }

  /** Waits in real time, until the sandbox closes. */
  async wait(ms: number): Promise<void> {
    if (ms <= 0) return;
    await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {
      throw new Dropped();
    });
  }
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
