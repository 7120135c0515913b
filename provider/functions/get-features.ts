import { z } from "zod";
import { listFeatures } from "../api/features";
import * as inputs from "../engine/inputs";
import { defineFunction, type FunctionOptions, type FunctionOutputOptions, type OutputArgs } from "../pulumi/functions";
import { featureResult, type GetFeatureResult } from "./parts/feature";

/** Filters of {@link getFeatures}. Without any: all features. */
export interface GetFeaturesArgs {
  /** Product: CDN, STORAGE, STREAMING, DNS, DDOS or CLOUD. */
  service?: string | undefined;
  /** Name of the feature, in any case. */
  name?: string | undefined;
  /** true: only free features; false: only paid ones. */
  isFree?: boolean | undefined;
}

const { plain, output } = defineFunction<GetFeaturesArgs, GetFeatureResult[]>({
  name: "getFeatures",
  schema: z.strictObject({ service: inputs.text, name: inputs.text, isFree: inputs.flag }).partial(),
  async call(api, { service, name, isFree }) {
    const features = (await listFeatures(api)).map(featureResult);
    return features.filter(
      (feature) =>
        (service === undefined || feature.service === service) &&
        (name === undefined || feature.name.toLowerCase() === name.toLowerCase()) &&
        (isFree === undefined || feature.isFree === isFree),
    );
  },
});

/**
 * The features of all products that match the filters: `GET /iam/admin/feature`, one request. The API has no filters; they
 * are applied here.
 *
 * @example
 * ```ts
 * const free = await gcore.getFeatures({ service: "CDN", isFree: true });
 * ```
 */
export const getFeatures = (filters: GetFeaturesArgs = {}, opts?: FunctionOptions): Promise<GetFeatureResult[]> =>
  plain(filters, opts);

/** {@link getFeatures} with filters that may be outputs; unknown while one of them is. */
export const getFeaturesOutput = (filters: OutputArgs<GetFeaturesArgs> = {}, opts?: FunctionOutputOptions) =>
  output(filters, opts);
