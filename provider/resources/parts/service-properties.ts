import type { OptionValues } from "./service-options";
import type { DeclarableStatus, OnDestroy } from "./service-status";
import type { ProductName } from "./services";

/** The properties of a ClientService, which its reads and its changes share. */

/** Inputs of a product of a client account. At least one of `status`, `enabled`, `available`, `options` is declared. */
export interface ClientServiceInputs {
  /** ID of the client account. A change manages the service of the other account and leaves this one as it is. */
  client: number;
  /** The product: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. A change does the same as one of `client`. */
  name: ProductName;
  /**
   * Status to bring the service to. A `paused` or `trialend` service is deleted by Gcore with all the client's data: Cloud
   * virtual machines and Object Storage after 48 hours, Managed Kubernetes at once, CDN, DNS, Streaming and WAAP after 90 days.
   * What becomes of a service by itself is no drift: a trial that ran out stays so, and a line of each refresh reports it.
   * Which changes are possible is up to Gcore: an impossible one is an error of `pulumi up`. Omitted later: unchanged.
   */
  status?: DeclarableStatus;
  /**
   * Whether the service is enabled. `false` may suspend the work of the client's active resources. Default: a change of the
   * status to `trial` or `active` enables the service, all else leaves it unchanged. Omitted later: unchanged.
   */
  enabled?: boolean;
  /**
   * Whether the client can activate the product: set before an activation, unset after a pause, since Gcore refuses `false`
   * while the product is in use. null: the reseller's default. Omitted later: reset to the default. Not to be declared together
   * with the same product in the `services` of a ClientUser.
   */
  available?: boolean | null;
  /** Options by name, as `getServices` shows them; the others stay as they are. Omitted later: unchanged. */
  options?: OptionValues;
  /** Options of a change of status, such as the length of a trial. Sent with the next change of `status` only. */
  statusTransitionOptions?: OptionValues;
  /**
   * Whether to wait while an activation is under way, which takes up to 15 minutes; at most `activationTimeoutSeconds`. A wait
   * holds one of Pulumi's parallel operations (4 for each processor): set false for many services, or raise `--parallel`.
   * Default: true.
   */
  waitForActivation?: boolean;
  /**
   * What a destroy does: `leave` changes nothing, `pause` pauses a service in use, which Gcore deletes later with all its data
   * (see `status`), `disable` sets `enabled: false`. A change of `client` or `name` leaves the former service as it is, but a
   * replacement of its ClientUser destroys it first. Default: leave.
   */
  onDestroy?: OnDestroy;
}

/** Outputs, which only the API sets. The resource's `id` is `"<clientId>/<product>"`. Dates are in ISO 8601. */
export interface ClientServiceOutputs {
  /** ID of the service. */
  serviceId: number;
  /** Status at the last read: one of the declarable ones, or `new`, `activating`, `deleted`. */
  statusNow: string;
  /** Status before that one. */
  previousStatus?: string;
  /** When the status was changed. */
  statusChangedAt?: string;
  /** When the trial began. */
  start?: string;
  /** When Gcore deletes the service with its data; absent unless it is paused or its trial has ended. */
  deletedDate?: string;
  /** ID of the reseller that the account belongs to; known after the first refresh or update. */
  reseller?: number;
}
