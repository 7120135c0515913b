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
import { optionValues, textValues } from "./parts/service-options";
import type { ClientServiceInputs, ClientServiceOutputs } from "./parts/service-properties";
import { clientServiceId, describeService, findService, readService } from "./parts/service-reads";
import { type OnDestroy, status } from "./parts/service-status";
import { productNames } from "./parts/services";

export type { ClientServiceInputs, ClientServiceOutputs } from "./parts/service-properties";

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
