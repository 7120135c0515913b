import { freeFeatures } from "../api/features";
import { type FeatureInputs, type FeatureOutputs, featureResource } from "./parts/features";

/** Inputs of a free feature. */
export interface FreeFeatureInputs extends FeatureInputs {}

/** Outputs, which only the API sets. The resource's `id` is `"<clientId>/<featureId>"`. */
export interface FreeFeatureOutputs extends FeatureOutputs {}

/** @internal */
export const freeFeature = featureResource({
  kind: "FreeFeature",
  noun: "free feature",
  list: "freeFeatures",
  activationId: "free_feature_id",
  calls: freeFeatures,
});
