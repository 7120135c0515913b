import type { AssumptionChanges, Assumptions } from "./api/assumptions";
import type { ApiKeys } from "./api/authentication";
import type { Faults } from "./control/faults";
import type { RateLimit } from "./control/rate-limiter";
import type { RequestRecord } from "./control/request-log";
import type { ClientChanges, SellerChanges, ServiceChanges, UserChanges } from "./control/schemas";
import type { ClientRow } from "./store/accounts";

export type SandboxOptions = {
  /** The SQLite file that keeps the data; in memory by default. */
  file?: string | undefined;
  /** Milliseconds that each call of the API waits before it is handled; 0 by default. */
  latencyMs?: number | undefined;
  /** API keys and the reseller that each belongs to. */
  apiKeys?: ApiKeys | undefined;
  /** What differs from the default assumptions about Gcore. */
  assumptions?: AssumptionChanges | undefined;
  /** The clock, in milliseconds since 1970; the real one by default. */
  now?: (() => number) | undefined;
  /**
   * Gets the sandbox as a function, once at the start, and returns the function that takes its place: it sees every
   * request and reply, those of the control API included, and may answer itself.
   */
  wrap?: ((fetch: Fetch) => Fetch) | undefined;
};

/** What the control API can change and a reset restores. */
export type Settings = { apiKeys: ApiKeys; latencyMs: number; assumptions: Assumptions };

/** The sandbox as a function. It rejects with a TypeError where a connection is dropped, as `fetch` does. */
export type Fetch = (request: Request) => Promise<Response>;

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

/** A user as the control API returns them. */
export type UserRecord = {
  id: number;
  reseller: number;
  /** The client account that they were created with. */
  client: number;
  email: string;
  name: string | null;
  phone: string | null;
  lang: string;
  activated: boolean;
  is_active: boolean;
  sso_auth: boolean;
  two_fa: boolean;
};

/** A client account with all its fields and all that belongs to it, as a change by the control API returns it. */
export type AccountDetails = Omit<ClientRow, "company" | "created_at" | "deleted" | "is_test"> & {
  companyName: string;
  created_at: string;
  deleted: boolean;
  is_test: boolean;
  users: UserRecord[];
  services: ServiceDetails[];
  features: (FeatureRecord & { name: string })[];
};

/** A service with its product's availability, and its last and its next change of status. */
export type ServiceDetails = ServiceRecord & {
  available: boolean;
  previous_status: string;
  status_changed_at: string;
  next_status: string | null;
  next_at: string | null;
};

/** A seller as the control API returns it. */
export type SellerRecord = {
  id: number;
  reseller: number;
  email: string;
  full_name: string;
  phone: string | null;
  date_joined: string;
  activated: boolean;
  deleted: boolean;
};

/** A service as the control API returns it; `options` holds those that are not the default. */
export type ServiceRecord = {
  id: number;
  client: number;
  name: string;
  status: string;
  enabled: boolean;
  options: Record<string, string>;
};

/** An activated feature as the control API returns it. */
export type FeatureRecord = { kind: "free" | "paid"; id: number; client: number; feature: number };

/** The control API as methods; sandbox/README.md has the call under `/_sandbox` of each. */
export interface Control {
  /** `GET`, `POST`, `DELETE /_sandbox/faults`. */
  readonly faults: Pick<Faults, "add" | "list" | "remove">;
  /** Resets everything: no accounts, no log, no faults, no rate limit; settings as given at the start. */
  reset(): void;
  /** The requests with a `seq` greater than `after`, oldest first. */
  requests(after?: number): RequestRecord[];
  /** Empties the log. */
  clearRequests(): void;
  /** Each call of the API waits `ms` milliseconds before it is handled. */
  setLatency(ms: number): void;
  /** Answers 429 beyond the limit; null removes it. */
  setRateLimit(limit: RateLimit | null): void;
  /** Replaces the API keys. */
  setApiKeys(keys: ApiKeys): void;
  readonly assumptions: Assumptions;
  /** Changes assumptions about Gcore; those that are not given keep their value. */
  setAssumptions(changes: AssumptionChanges): void;
  /** All client accounts of all resellers, with their users. */
  accounts(): AccountRecord[];
  /** Creates `count` accounts in one transaction; their users' password is "seed-password". Returns the users' ids. */
  seed(count: number, reseller?: number): number[];
  /** Changes a user beyond what the API's calls can change, and returns them. Undefined if there is no such user. */
  updateUser(id: number, changes: UserChanges): UserRecord | undefined;
  /** Changes a client account beyond what the API's calls can change. Undefined if there is no such account. */
  updateClient(id: number, changes: ClientChanges): AccountDetails | undefined;
  /** All sellers of all resellers, deleted ones too. */
  sellers(): SellerRecord[];
  /** The services of all client accounts that were ever changed. */
  services(): ServiceRecord[];
  /** The activated features of all client accounts. */
  features(): FeatureRecord[];
  /** Changes a seller beyond what the API's calls can change. Undefined if there is no such seller. */
  updateSeller(id: number, changes: SellerChanges): SellerRecord | undefined;
  /** Changes a service beyond what the API's calls can change. Undefined if there is no such service. */
  updateService(id: number, changes: ServiceChanges): ServiceRecord | undefined;
}
