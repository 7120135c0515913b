import { type AssumptionChanges, Assumptions } from "./api/assumptions";
import { type ApiKeys, defaultApiKeys, Sessions } from "./api/authentication";
import { createApp } from "./app";
import { Clock } from "./clock";
import { changeClient, changeSeller, changeService, changeUser } from "./control/changes";
import { Faults } from "./control/faults";
import { type RateLimit, RateLimiter } from "./control/rate-limiter";
import { accountRecords, featureRecords, sellerRecord, serviceRecord } from "./control/records";
import { RequestLog, type RequestRecord } from "./control/request-log";
import type { ClientChanges, SellerChanges, ServiceChanges, UserChanges } from "./control/schemas";
import { Dropped } from "./http";
import { hashPassword } from "./passwords";
import { Store } from "./store";
import { Database } from "./store/database";
import type {
  AccountDetails,
  AccountRecord,
  Control,
  FeatureRecord,
  Fetch,
  SandboxOptions,
  SellerRecord,
  ServiceRecord,
  Settings,
  UserRecord,
} from "./types";

const SEED_PASSWORD = "seed-password";

/**
 * A Gcore reseller API in this process: `fetch` is the API, the other methods are the control API. This class puts the
 * parts together; none of them imports it.
 */
export class Sandbox implements Control {
  /** Answers one request; rejects with a TypeError where a connection would be dropped. */
  readonly fetch: Fetch;
  readonly faults: Faults;
  readonly log: RequestLog;
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
    this.log = new RequestLog(options.file === undefined ? undefined : this.#store.database);
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

  /** All that is stored, as a text: two are equal if nothing was changed between them. */
  snapshot(): string {
    return JSON.stringify(this.#store.database.rows());
  }

  accounts(): AccountRecord[] {
    return accountRecords(this.#store);
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

  sellers(): SellerRecord[] {
    return this.#store.sellers.all().map(sellerRecord);
  }

  services(): ServiceRecord[] {
    this.#store.services.settle(this.assumptions);
    return this.#store.services.stored().map(serviceRecord);
  }

  features(): FeatureRecord[] {
    return featureRecords(this.#store);
  }

  updateUser(id: number, changes: UserChanges): UserRecord | undefined {
    return changeUser(this.#store, id, changes);
  }

  updateClient(id: number, changes: ClientChanges): AccountDetails | undefined {
    return changeClient(this.#store, id, changes, this.assumptions);
  }

  updateSeller(id: number, changes: SellerChanges): SellerRecord | undefined {
    return changeSeller(this.#store, id, changes);
  }

  updateService(id: number, changes: ServiceChanges): ServiceRecord | undefined {
    return changeService(this.#store, id, changes, this.assumptions);
  }
}
