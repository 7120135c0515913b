import { paidFeatures } from "../api/features";
import { type FeatureInputs, featureResource } from "./parts/features";

/** Inputs of a paid feature. */
export interface PaidFeatureInputs extends FeatureInputs {}

/** @internal */
export const paidFeature = featureResource({
  kind: "PaidFeature",
  noun: "paid feature",
  list: "paidFeatures",
  activationId: "paid_feature_id",
  calls: paidFeatures,
});
