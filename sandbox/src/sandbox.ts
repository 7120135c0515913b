import { type AssumptionChanges, Assumptions } from "./api/assumptions";
import { type ApiKeys, defaultApiKeys, Sessions } from "./api/authentication";
import { createApp } from "./app";
import { Clock } from "./clock";
import { Faults } from "./control/faults";
import { type RateLimit, RateLimiter } from "./control/rate-limiter";
import { RequestLog, type RequestRecord } from "./control/request-log";
import type { ClientChanges, UserChanges } from "./control/schemas";
import { Dropped } from "./http";
import { hashPassword } from "./passwords";
import { Store } from "./store";
import { Database } from "./store/database";
import type { AccountRecord, Control, Fetch, SandboxOptions, Settings } from "./types";

const SEED_PASSWORD = "seed-password";

/**
 * A Gcore reseller API in this process: `fetch` is the API, the other methods are the control API. This class puts the
 * parts together; none of them imports it.
 */
export class Sandbox implements Control {
  /** Answers one request; rejects with a TypeError where a connection would be dropped. */
  readonly fetch: Fetch;
  readonly faults: Faults;
  readonly log = new RequestLog();
  readonly #initial: Settings;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #limiter: RateLimiter;

  constructor(options: SandboxOptions = {}) {
    this.#initial = {
      apiKeys: options.apiKeys ?? defaultApiKeys,
      latencyMs: options.latencyMs ?? 0,
      assumptions: Assumptions.parse(options.assumptions ?? {}),
    };
    this.#settings = { ...this.#initial };
    const now = options.now ?? Date.now;
    this.#clock = new Clock(now);
    this.#store = new Store(new Database(options.file), now);
    this.#limiter = new RateLimiter(now);
    this.faults = new Faults(this.#store.database, this.#clock);
    const app = createApp({
      control: this,
      settings: this.#settings,
      clock: this.#clock,
      store: this.#store,
      sessions: new Sessions(this.#store, now),
      log: this.log,
      limiter: this.#limiter,
      faults: this.faults,
    });
    const handle: Fetch = async (request) => {
      if (this.#clock.closed) throw new Dropped();
      return app.fetch(request);
    };
    this.fetch = options.wrap?.(handle) ?? handle;
  }

  get apiKeys(): ApiKeys {
    return this.#settings.apiKeys;
  }

  get latencyMs(): number {
    return this.#settings.latencyMs;
  }

  get assumptions(): Assumptions {
    return this.#settings.assumptions;
  }

  /** Ends all waiting requests and closes the database. */
  close(): void {
    this.#clock.close();
    this.faults.remove();
    this.#store.database.close();
  }

  reset(): void {
    this.faults.remove();
    this.#limiter.set(null);
    this.log.clear();
    Object.assign(this.#settings, this.#initial);
    this.#store.database.reset();
  }

  requests(after?: number): RequestRecord[] {
    return this.log.entries(after);
  }

  clearRequests(): void {
    this.log.clear();
  }

  setLatency(ms: number): void {
    this.#settings.latencyMs = ms;
  }

  setRateLimit(limit: RateLimit | null): void {
    this.#limiter.set(limit);
  }

  setApiKeys(keys: ApiKeys): void {
    this.#settings.apiKeys = keys;
  }

  setAssumptions(changes: AssumptionChanges): void {
    this.#settings.assumptions = Assumptions.parse({ ...this.assumptions, ...changes });
  }

  accounts(): AccountRecord[] {
    const rows = this.#store.accounts.clients();
    const members = Map.groupBy(this.#store.accounts.members(rows.map((row) => row.id)), (member) => member.member_of);
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

  seed(count: number, reseller = 1): number[] {
    const first = this.#store.accounts.clients().length + 1;
    const requests = Array.from({ length: count }, (_, index) => ({
      email: `seed-${first + index}@sandbox.example`,
      password: SEED_PASSWORD,
      company: `Seed ${first + index}`,
    }));
    return this.#store.accounts.createMany(reseller, requests, hashPassword(SEED_PASSWORD));
  }

  updateUser(id: number, changes: UserChanges): boolean {
    const { accounts } = this.#store;
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

  updateClient(id: number, changes: ClientChanges): boolean {
    const { accounts, products } = this.#store;
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
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
