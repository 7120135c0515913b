import { ifFound } from "../api/errors";
import { listFeatures, getFeature as readFeature } from "../api/features";
import * as inputs from "../engine/inputs";
import { featureResult, type GetFeatureResult } from "./parts/feature";
import { defineLookup, type LookupArgs, onlyMatch } from "./parts/lookup";

/** Arguments of {@link getFeature}: either `featureId` or `name`. */
export interface GetFeatureArgs extends LookupArgs {
  /** ID of the feature. */
  featureId?: number | undefined;
  /** Name of the feature, in any case. */
  name?: string | undefined;
  /** Product of the feature, where several have one of that name: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. */
  service?: string | undefined;
}

const lookup = defineLookup<GetFeatureArgs, GetFeatureResult>({
  name: "getFeature",
  what: "feature",
  by: { featureId: inputs.id("a feature's ID"), name: inputs.text },
  and: { service: inputs.text },
  async find(api, { featureId, name, service }) {
    // All resellers have the same features, so a 404 proves that there is none.
    const found = featureId === undefined ? await listFeatures(api) : [await ifFound(readFeature(api, featureId))];
    const matches = found
      .filter((feature) => feature !== undefined)
      .filter((feature) => name === undefined || feature.name.toLowerCase() === name.toLowerCase())
      .filter((feature) => service === undefined || feature.service === service);
    const match = onlyMatch(matches, "featureId");
    return match && featureResult(match);
  },
});

/**
 * One feature of a product: `GET /iam/admin/feature/{featureId}`, or by name `GET /iam/admin/feature`.
 *
 * @example
 * ```ts
 * const shielding = await gcore.getFeature({ name: "Origin shielding", service: "CDN" });
 * new gcore.PaidFeature("shielding", { client: acme.client, featureId: shielding.featureId });
 * ```
 * @throws if there is no such feature and `onMissing` is not "null", or if several match; it names their IDs.
 */
export const getFeature = lookup.plain;

/** {@link getFeature} with arguments that may be outputs; unknown while one of them is. */
export const getFeatureOutput = lookup.output;
