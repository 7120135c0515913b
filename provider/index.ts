import "./node-version";
import type { CustomResourceOptions, ID, Input } from "@pulumi/pulumi";
import { type Args, gcoreResource } from "./pulumi/resource-class";
import { type ClientAccountInputs, clientAccount } from "./resources/client-account";
import { type ClientServiceInputs, clientService } from "./resources/client-service";
import { type ClientUserInputs, clientUser } from "./resources/client-user";
import {
  type DefaultProductAvailabilityInputs,
  defaultProductAvailability,
} from "./resources/default-product-availability";
import { type FreeFeatureInputs, freeFeature } from "./resources/free-feature";
import { type PaidFeatureInputs, paidFeature } from "./resources/paid-feature";
import { type SellerInputs, seller } from "./resources/seller";

/** What a program imports. */
export { Provider, type ProviderArgs } from "./pulumi/provider";
export type { DefaultProduct } from "./resources/default-product-availability";
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
 * A client account that exists, without its users: made in the portal or by another tool, years ago. Its fields are changed by
 * `PATCH /iam/clients/{clientId}`; what is not declared is left as it is.
 *
 * Destroy leaves the account as it is. An account must not be declared by a {@link ClientUser} and a ClientAccount at once:
 * in one program that is refused, naming the other.
 *
 * @example
 * ```ts
 * const globex = new gcore.ClientAccount("globex", { client: 50002, company: "Globex GmbH", seller: 11 });
 * ```
 */
export class ClientAccount extends gcoreResource(clientAccount) {
  /**
   * Reads an existing account without managing it: `GET /iam/clients/{clientId}`. An account that does not exist is an error.
   * @param id `"<clientId>"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): ClientAccount {
    return new ClientAccount(name, {} as ClientAccountArgs, { ...opts, id });
  }
}

/** Arguments of {@link ClientAccount}. */
export type ClientAccountArgs = Args<ClientAccountInputs>;

/**
 * Which products clients can activate who have no setting of their own:
 * `PATCH /iam/products/availability/defaults`. One for each reseller. A product that is switched on becomes visible at once to
 * all these clients.
 *
 * The reseller's ID is stored, and a key of another reseller is refused. The API shows it on client accounts only: while the
 * reseller has none, the resource waits for the first one for `recoveryTimeoutSeconds`, and fails then without a change.
 *
 * Destroy leaves everything as it is and says so, or restores what was there before if `restoreOnDestroy` is set; a product in
 * use cannot be restored to unavailable: the error names what uses it, and the resource stays in state.
 *
 * @example
 * ```ts
 * new gcore.DefaultProductAvailability("defaults", {
 *   products: [
 *     { productName: "CDN", available: true },
 *     { productName: "CLOUD", available: false },
 *   ],
 * });
 * ```
 */
export class DefaultProductAvailability extends gcoreResource(defaultProductAvailability) {
  /**
   * Reads the defaults of all products without managing them: `GET /iam/products/availability/defaults`.
   * @param id `"default"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): DefaultProductAvailability {
    return new DefaultProductAvailability(name, {} as DefaultProductAvailabilityArgs, { ...opts, id });
  }
}

/** Arguments of {@link DefaultProductAvailability}. */
export type DefaultProductAvailabilityArgs = Args<DefaultProductAvailabilityInputs>;

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

/**
 * A product of a client account: its status, options and availability. The service exists from the start, so nothing creates
 * or deletes it: `PUT /iam/clients/{clientId}/services/{serviceId}`.
 *
 * Destroy leaves the service as it is and says so, unless `onDestroy` declares otherwise. Two programs that declare one service
 * are not distinguished: each `pulumi up` after a refresh changes it back.
 *
 * @example
 * ```ts
 * new gcore.ClientService("acme-cdn", { client: acme.client, name: "CDN", available: true, status: "trial" });
 * ```
 */
export class ClientService extends gcoreResource(clientService) {
  /**
   * Reads a service without managing it: `GET /iam/clients/{clientId}`, `GET /iam/clients/{clientId}/services`. A service that
   * does not exist is an error.
   * @param id `"<clientId>/<product>"`, such as `"7/CDN"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): ClientService {
    return new ClientService(name, {} as ClientServiceArgs, { ...opts, id });
  }
}

/** Arguments of {@link ClientService}. */
export type ClientServiceArgs = Args<ClientServiceInputs>;

/**
 * A seller of the reseller, who looks after client accounts: `POST /iam/admin/sellers`. Gcore sends an invitation by email at
 * creation, which is valid for 24 hours.
 *
 * Every change is an update in place. Destroy deletes the seller; the client accounts then have none. In one program the
 * `ClientUser`s that no longer name the seller are updated first.
 *
 * A seller has no field for an origin mark, so nothing at Gcore says which program created it. After a crash (`kill -9`
 * between the POST and the state) the next `pulumi up` creates no second one, but is refused and names the `adoptId` to set,
 * unless `gcore-reseller:recoveryWindowMinutes` is set: then a seller that is younger than that, has not accepted the
 * invitation, and has the declared name and phone is recovered. The same program in another stack has all of that too. Do
 * not set PULUMI_SKIP_CHECKPOINTS in a program with sellers. Two stacks with the same seller are not distinguished: each can
 * change and delete it.
 *
 * @example
 * ```ts
 * const anna = new gcore.Seller("anna", { email: "anna@reseller.example", fullName: "Anna Berg", phone: "+49 30 1234567" });
 * new gcore.ClientUser("acme", {
 *   email: "it@acme.example",
 *   password: config.requireSecret("acmePassword"),
 *   company: "Acme Ltd",
 *   seller: anna.sellerId,
 * });
 * ```
 */
export class Seller extends gcoreResource(seller) {
  /**
   * Reads an existing seller without managing it: `GET /iam/admin/sellers/{sellerId}`. One that does not exist is an error.
   * @param id the seller's ID.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): Seller {
    return new Seller(name, {} as SellerArgs, { ...opts, id });
  }
}

/** Arguments of {@link Seller}. */
export type SellerArgs = Args<SellerInputs>;

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
