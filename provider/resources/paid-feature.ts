import { paidFeatures } from "../api/features";
import { type FeatureInputs, type FeatureOutputs, featureResource } from "./parts/features";

/** Inputs of a paid feature. */
export interface PaidFeatureInputs extends FeatureInputs {}

/** Outputs, which only the API sets. The resource's `id` is `"<clientId>/<featureId>"`. */
export interface PaidFeatureOutputs extends FeatureOutputs {}

/** @internal */
export const paidFeature = featureResource({
  kind: "PaidFeature",
  noun: "paid feature",
  list: "paidFeatures",
  activationId: "paid_feature_id",
  calls: paidFeatures,
});
