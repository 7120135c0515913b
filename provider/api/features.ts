import { z } from "zod";
import { flag, id, informational, text } from "./fields";
import type { Api } from "./transport";

/** Features of products, and their activations for client accounts (API tag "Features"). */

/** A feature that can be switched on; `id` and `name` are required. */
const feature = z.object({ id, name: z.string(), service: text, is_free: flag });
export type Feature = z.output<typeof feature>;

/** A feature that is switched on for an account; only the IDs are required. */
const activation = z.object({
  id,
  client_id: id,
  feature_id: id,
  feature: informational(feature),
  created_date: text,
});
export type Activation = z.output<typeof activation>;

/** All features, on one page: `GET /iam/admin/feature`. */
export const listFeatures = (api: Api) =>
  api.send({ method: "GET", path: "/iam/admin/feature", reply: z.array(feature) });

/**
 * One feature: `GET /iam/admin/feature/{featureId}`.
 * @throws {UnreadableReplyError} when the reply is about another feature.
 */
export const getFeature = (api: Api, featureId: number) =>
  api.send({
    method: "GET",
    path: `/iam/admin/feature/${featureId}`,
    reply: feature.refine(({ id }) => id === featureId, { path: ["id"], error: "is of another feature" }),
  });

const OTHER_ACTIVATION = { path: ["id"], error: "is of another activation" };

/** The three calls of an activation, alike for free and paid features. The record of the account shows it too. */
const activations = (path: string) => ({
  /** Switches a feature on. Not idempotent: sent again only when surely not executed. */
  enable: (api: Api, clientId: number, featureId: number) =>
    api.send({
      method: "POST",
      path,
      body: { client_id: clientId, feature_id: featureId },
      changes: clientId,
      reply: activation.refine((one) => one.client_id === clientId && one.feature_id === featureId, OTHER_ACTIVATION),
    }),
  /** Reads an activation by its own ID. */
  get: (api: Api, activationId: number) =>
    api.send({
      method: "GET",
      path: `${path}/${activationId}`,
      reply: activation.refine(({ id }) => id === activationId, OTHER_ACTIVATION),
    }),
  /** Switches a feature off, by the ID of its activation. */
  disable: (api: Api, clientId: number, activationId: number) =>
    api.send({ method: "DELETE", path: `${path}/${activationId}`, changes: clientId }),
});

/**
 * Activations of free features: `POST /iam/admin/free_features`, `GET /iam/admin/free_features/{activatedFeatureId}`,
 * `DELETE /iam/admin/free_features/{activatedFeatureId}`.
 */
export const freeFeatures = activations("/iam/admin/free_features");

/**
 * Activations of paid features: `POST /iam/admin/paid_features`, `GET /iam/admin/paid_features/{activatedFeatureId}`,
 * `DELETE /iam/admin/paid_features/{activatedFeatureId}`.
 */
export const paidFeatures = activations("/iam/admin/paid_features");
