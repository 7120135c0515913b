import { z } from "zod";
import { type Client, getClient } from "../../api/clients";
import { ifFound } from "../../api/errors";
import type { Activation, freeFeatures } from "../../api/features";
import { propertyOf } from "../../engine/codec";
import { defineResource, type Observed } from "../../engine/define";
import * as validators from "../../engine/inputs";
import { readAccount } from "./accounts";

/** A feature of a product that is switched on for a client account. Free and paid ones differ in their calls only. */

/** What a program declares of a feature. */
export interface FeatureInputs {
  /** ID of the client account. A change switches the feature off there, and on in the other account. */
  client: number;
  /** ID of the feature; `getFeature` finds it by its name. A change switches this one off and the other one on. */
  featureId: number;
}

/** What only the API sets of a feature that is switched on. */
export interface FeatureOutputs {
  /** ID of the activation. Another one once the feature was switched off and on again outside Pulumi. */
  activatedFeatureId: number;
  /** Name of the feature. */
  featureName?: string;
  /** Product of the feature. */
  service?: string;
  /** Date and time when it was switched on. */
  createdDate?: string;
  /** ID of the reseller that the account belongs to; known from the first refresh on. */
  reseller?: number;
}

/** What the two kinds differ in. */
interface FeatureKind {
  kind: string;
  noun: string;
  /** The list in the account's record, and the name that the ID of an activation has there. */
  list: "freeFeatures" | "paidFeatures";
  activationId: "free_feature_id" | "paid_feature_id";
  calls: typeof freeFeatures;
}

const inputs = z.strictObject({
  client: validators.id("a client account's ID"),
  featureId: validators.id("a feature's ID"),
});
const outputs = z.object({
  activatedFeatureId: z.number(),
  featureName: z.string().optional(),
  service: z.string().optional(),
  createdDate: z.string().optional(),
  reseller: z.number().optional(),
});

type Shown = Observed<FeatureInputs, FeatureOutputs>["outputs"];
const observe = (client: number, featureId: number, outputs: Shown) => ({
  id: `${client}/${featureId}`,
  inputs: { client, featureId },
  outputs,
});

/** An activation as its own call shows it. */
const observeActivation = (
  { id, client_id, feature_id, feature, created_date }: Activation,
  reseller?: Shown["reseller"],
) =>
  observe(client_id, feature_id, {
    activatedFeatureId: id,
    featureName: feature?.name,
    service: feature?.service,
    createdDate: created_date,
    reseller,
  });

/** @internal */
export function featureResource({ kind, noun, list, activationId, calls }: FeatureKind) {
  /** The activations of a feature in the account's record. */
  const listed = (account: Client, featureId: number) =>
    Object.values(account[list] ?? {})
      .flat()
      .filter((one) => one.feature_id === featureId)
      .map((one) => ({ ...one, id: one[activationId] ?? undefined }));

  /** The feature as the account's record shows it; `undefined` when it is not there. */
  const observeListed = (account: Client, featureId: number) => {
    const [one] = listed(account, featureId);
    if (!one) return undefined;
    const { id, name, service, create_date } = one;
    const outputs = { activatedFeatureId: id, featureName: name, service, createdDate: create_date };
    return observe(account.id, featureId, { ...outputs, reseller: account.resellers });
  };

  return defineResource<FeatureInputs, FeatureOutputs>({
    kind,
    noun,
    shape: "ensured",
    inputs,
    outputs,
    key: ["client", "featureId"],
    // The last two are for a text without a field, such as "This feature is already enabled for the client."
    keyFields: ["feature_id", "client_id", "feature", "client"],
    isUnique: true,
    id: { pattern: /^[1-9]\d*\/[1-9]\d*$/, form: '"<clientId>/<featureId>"' },
    fromId: {},
    replacing: { inputs: ["client", "featureId"], first: "delete" },
    property: (field) => propertyOf(field, Object.keys(inputs.shape), { client_id: "client" }),
    describe: ({ client, featureId, featureName }) =>
      `${noun} ${featureId}${featureName ? ` (${featureName})` : ""} of client account ${client}`,
    deletion: "switches it off",

    create: async (api, { client, featureId }) => observeActivation(await calls.enable(api, client, featureId)),

    async find(api, { client, featureId }) {
      const account = await ifFound(getClient(api, client));
      return account && observeListed(account, featureId);
    },

    async read(api, id, { client: inState, reseller, activatedFeatureId }) {
      const [client = 0, featureId = 0] = id.split("/").map(Number);
      const isListed = (shown: Client) => listed(shown, featureId).length > 0;
      const account = await readAccount(api, client, { client: inState, reseller }, isListed);
      if (!account || isListed(account)) return account && observeListed(account, featureId);
      // The record may not list every feature: one that it does not show is read singly before it counts as switched off.
      const one = activatedFeatureId === undefined ? undefined : await ifFound(calls.get(api, activatedFeatureId));
      const isSame = one?.client_id === client && one.feature_id === featureId;
      return isSame ? observeActivation(one, account.resellers) : undefined;
    },

    // Somebody may have switched it off and on again, and a lost reply may have left two: the record decides when it is off.
    async delete(api, { client, featureId, activatedFeatureId }) {
      const ended: (number | undefined)[] = [];
      for (let id: number | undefined = activatedFeatureId; ; ) {
        if (id === undefined)
          throw new Error("Gcore does not show the ID of the activation, which is needed to end it.");
        await ifFound(calls.disable(api, client, id));
        ended.push(id);
        const account = await ifFound(getClient(api, client));
        // A record that still shows an ended one is out of date.
        const next = account && listed(account, featureId).find((one) => !ended.includes(one.id));
        if (!next) return;
        id = next.id;
      }
    },
    docs: { permissions: "Some features are switched on by Gcore's support only.", limits: null },
  });
}
