import { z } from "zod";
import type { Failure } from "../engine/check";
import { propertyOf } from "../engine/codec";
import { defineResource } from "../engine/define";
import * as validators from "../engine/inputs";
import type { Properties } from "../engine/properties";
import {
  changeAvailability,
  changeService,
  isAvailabilityLast,
  isAwaited,
  releaseService,
  remainingService,
} from "./parts/service-changes";
import { type OptionValues, optionValues, textValues } from "./parts/service-options";
import { clientServiceId, describeService, findService, readService } from "./parts/service-reads";
import { type DeclarableStatus, type OnDestroy, status } from "./parts/service-status";
import { type ProductName, productNames } from "./parts/services";

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
   * (see `status`), `disable` sets `enabled: false`. A replacement changes nothing. Default: leave.
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

const inputs = z.strictObject({
  client: validators.id("a client account's ID"),
  name: validators.oneOf(productNames),
  status: status.nullish(),
  enabled: validators.flag.nullish(),
  available: z.boolean("must be true, false or null").nullish(),
  options: optionValues.nullish(),
  statusTransitionOptions: optionValues.nullish(),
  waitForActivation: validators.flag.nullish(),
  onDestroy: validators.oneOf(["leave", "pause", "disable"]).nullish(),
});

const outputs = z.object({
  serviceId: z.number(),
  statusNow: z.string(),
  previousStatus: z.string().optional(),
  statusChangedAt: z.string().optional(),
  start: z.string().optional(),
  deletedDate: z.string().optional(),
  reseller: z.number().optional(),
});

function rules({ status, enabled, available, options, statusTransitionOptions }: Properties): Failure[] {
  const isNothingDeclared = status == null && enabled == null && available === undefined && options == null;
  return [
    ...(isNothingDeclared ? [{ path: "status", reason: "declare this, or enabled, available or options" }] : []),
    ...(statusTransitionOptions != null && status == null
      ? [{ path: "statusTransitionOptions", reason: "is sent with a change of status only: declare status too" }]
      : []),
  ];
}

const availabilityCall = {
  properties: ["available"],
  call: "PATCH or DELETE /iam/products/availability/clients/{clientId}",
  apply: changeAvailability,
} as const;

/** @internal */
export const clientService = defineResource<ClientServiceInputs, ClientServiceOutputs>({
  kind: "ClientService",
  noun: "service",
  shape: "given",
  inputs,
  outputs,
  key: ["client", "name"],
  id: clientServiceId,
  // What the ID contains are inputs, which are known while an update is previewed.
  fromId: {},
  replacing: { inputs: ["client", "name"], first: "delete" },
  createOnly: ["statusTransitionOptions"],
  normalize: {
    options: textValues,
    waitForActivation: validators.absentIf(true),
    onDestroy: validators.absentIf<OnDestroy>("leave"),
  },
  rules,
  property: (field) => propertyOf(field, Object.keys(inputs.shape), { product_name: "name", product_names: "name" }),
  describe: describeService,
  deletion: "leaves the service as it is, unless onDestroy says otherwise",
  remains: remainingService,

  find: findService,
  read: readService,
  changes: [
    { ...availabilityCall, isFor: (news) => !isAvailabilityLast(news) },
    {
      properties: ["status", "enabled", "options"],
      call: "PUT /iam/clients/{clientId}/services/{serviceId}",
      isPending: ({ statusNow }, news) => isAwaited(news, statusNow),
      apply: changeService,
    },
    { ...availabilityCall, isFor: isAvailabilityLast },
  ],
  release: releaseService,
  docs: {
    lostReply: "A change of the status is not sent again before a read has shown that it was not made.",
    permissions: null,
    limits:
      "A product in trial, activating or active cannot be made unavailable. After how many days Gcore deletes a paused service " +
      "is changed by its support only. The client gets an email when a trial begins and when it ends.",
  },
});
