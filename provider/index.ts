import "./node-version";
import type { CustomResourceOptions, ID, Input } from "@pulumi/pulumi";
import { type Args, gcoreResource } from "./pulumi/resource-class";
import { type ClientUserInputs, clientUser } from "./resources/client-user";
import { type FreeFeatureInputs, freeFeature } from "./resources/free-feature";
import { type PaidFeatureInputs, paidFeature } from "./resources/paid-feature";

/** What a program imports. */
export { Provider, type ProviderArgs } from "./pulumi/provider";
export type { Service } from "./resources/parts/services";

/**
 * A client account with its first user: `POST /iam/users`.
 *
 * Every change is an update in place; no edit ever deletes the account. Destroy deletes the user; the client account
 * itself stays at Gcore, since the API has no call to delete it.
 *
 * @example
 * ```ts
 * const acme = new gcore.ClientUser("acme", {
 *   email: "it@acme.example",
 *   password: config.requireSecret("acmePassword"),
 *   company: "Acme Ltd",
 *   services: [{ productName: "CDN", available: true }],
 * });
 * export const clientId = acme.client;
 * ```
 */
export class ClientUser extends gcoreResource(clientUser) {
  /**
   * Reads an existing user without managing it: `GET /iam/clients/{clientId}`. A user that does not exist is an error.
   * @param id `"<clientId>/<userId>"`, or `"<userId>"`, which takes a `GET /iam/users/{userId}` more.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): ClientUser {
    return new ClientUser(name, {} as ClientUserArgs, { ...opts, id });
  }
}

/** Arguments of {@link ClientUser}. */
export type ClientUserArgs = Args<ClientUserInputs>;

/**
 * A free feature of a product, switched on for a client account: `POST /iam/admin/free_features`.
 *
 * A feature that is on already is taken on, and a line says so. Destroy switches it off.
 *
 * @example
 * ```ts
 * const cname = gcore.getFeatureOutput({ name: "Custom CNAME", service: "CDN" });
 * new gcore.FreeFeature("acme-cname", { client: acme.client, featureId: cname.featureId });
 * ```
 */
export class FreeFeature extends gcoreResource(freeFeature) {
  /**
   * Reads a feature that is switched on, without managing it: `GET /iam/clients/{clientId}`. One that is off is an error.
   * @param id `"<clientId>/<featureId>"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): FreeFeature {
    return new FreeFeature(name, {} as FreeFeatureArgs, { ...opts, id });
  }
}

/** Arguments of {@link FreeFeature}. */
export type FreeFeatureArgs = Args<FreeFeatureInputs>;

/**
 * A paid feature of a product, switched on for a client account: `POST /iam/admin/paid_features`. It costs money while it is
 * on.
 *
 * A feature that is on already is taken on, and a line says so. Destroy switches it off.
 *
 * @example
 * ```ts
 * const shielding = gcore.getFeatureOutput({ name: "Origin shielding", service: "CDN" });
 * new gcore.PaidFeature("acme-shielding", { client: acme.client, featureId: shielding.featureId });
 * ```
 */
export class PaidFeature extends gcoreResource(paidFeature) {
  /**
   * Reads a feature that is switched on, without managing it: `GET /iam/clients/{clientId}`. One that is off is an error.
   * @param id `"<clientId>/<featureId>"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): PaidFeature {
    return new PaidFeature(name, {} as PaidFeatureArgs, { ...opts, id });
  }
}

/** Arguments of {@link PaidFeature}. */
export type PaidFeatureArgs = Args<PaidFeatureInputs>;

/** Functions, which read and change nothing. */
export { type GetClientArgs, getClient, getClientOutput } from "./functions/get-client";
export { getClients, getClientsOutput } from "./functions/get-clients";
export {
  getDefaultProductAvailability,
  getDefaultProductAvailabilityOutput,
} from "./functions/get-default-product-availability";
export { type GetFeatureArgs, getFeature, getFeatureOutput } from "./functions/get-feature";
export { type GetFeaturesArgs, getFeatures, getFeaturesOutput } from "./functions/get-features";
export {
  type GetProductAvailabilityArgs,
  getProductAvailability,
  getProductAvailabilityOutput,
} from "./functions/get-product-availability";
export { type GetSellerArgs, getSeller, getSellerOutput } from "./functions/get-seller";
export { type GetSellersArgs, getSellers, getSellersOutput } from "./functions/get-sellers";
export { type GetServiceResult, type GetServicesArgs, getServices, getServicesOutput } from "./functions/get-services";
export { type GetUserArgs, getUser, getUserOutput } from "./functions/get-user";
export { listClients } from "./functions/list-clients";
export type { ClientFeature, ClientServiceStatus, GetClientResult } from "./functions/parts/client";
export type { ClientFilters, ServiceStatus } from "./functions/parts/client-filters";
export type { GetFeatureResult } from "./functions/parts/feature";
export type { LookupArgs, OnMissing } from "./functions/parts/lookup";
export type { GetSellerResult } from "./functions/parts/seller";
export type { GetUserResult } from "./functions/parts/user";
export type { FunctionOptions, FunctionOutputOptions } from "./pulumi/functions";
