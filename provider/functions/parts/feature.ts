import type { Feature } from "../../api/features";
import { withoutAbsent } from "../../engine/properties";

/** A feature of a product, as functions return it. What Gcore does not show is absent. */
export interface GetFeatureResult {
  /** ID of the feature, which the input `featureId` of `FreeFeature` and `PaidFeature` takes. */
  featureId: number;
  /** Name of the feature. */
  name: string;
  /** Product of the feature. */
  service?: string;
  /** Whether it is free: then `FreeFeature` switches it on, else `PaidFeature`. */
  isFree?: boolean;
}

/** @internal */
export const featureResult = ({ id, name, service, is_free }: Feature): GetFeatureResult =>
  withoutAbsent({ featureId: id, name, service, isFree: is_free }) as GetFeatureResult;
