import { freeFeatures } from "../api/features";
import { type FeatureInputs, featureResource } from "./parts/features";

/** Inputs of a free feature. */
export interface FreeFeatureInputs extends FeatureInputs {}

/** @internal */
export const freeFeature = featureResource({
  kind: "FreeFeature",
  noun: "free feature",
  list: "freeFeatures",
  activationId: "free_feature_id",
  calls: freeFeatures,
});
