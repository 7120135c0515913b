import type { Client } from "../../api/clients";
import { withoutAbsent } from "../../engine/properties";
import { type GetUserResult, userResult } from "./user";

/** A client account, as functions return it. What Gcore does not show is absent. */
export interface GetClientResult {
  /** ID of the client account. */
  client: number;
  /** Name of the client's company. */
  company?: string;
  /** Email address of the account, which need not be a user's. */
  email?: string;
  /** Name of the account's contact. */
  name?: string;
  /** Phone number of the account's contact. */
  phone?: string;
  /** Status, which Gcore derives from the products: new, trial, trialend, active, integration, paused, preparation, ready. */
  status?: string;
  /** The reseller's own ID of the account; an account of this provider has its origin mark here unless another is declared. */
  customId?: string;
  /** Country, ISO 3166-1 alpha-2. */
  countryCode?: string;
  /** Whether it is marked as a test account. */
  isTest?: boolean;
  /** ID of its seller. */
  seller?: number;
  /** ID of its reseller. */
  reseller?: number;
  /** common, reseller or sales. */
  clientType?: string;
  /** How the account is billed. */
  billType?: string;
  /** ID of the user who owns the account. */
  owner?: number;
  /** Whether the account is deleted. */
  deleted?: boolean;
  /** Whether it has an active administrator. */
  hasActiveAdmin?: boolean;
  /** The client's website. */
  website?: string;
  /** How the account was registered. */
  signupProcess?: string;
  /** Domain of the account's control panel. */
  entryBaseDomain?: string;
  /** Products that are available to the account. */
  capabilities: string[];
  /** Status of each product that Gcore lists, by its name. */
  services: Record<string, ClientServiceStatus>;
  /** Free features that are switched on. */
  freeFeatures: ClientFeature[];
  /** Paid features that are switched on. */
  paidFeatures: ClientFeature[];
  /** The account's users. */
  users: GetUserResult[];
}

/** A product of an account. */
export interface ClientServiceStatus {
  /** new, trial, trialend, active, paused, activating or deleted. */
  status?: string;
  /** Whether it is visible in the control panel. */
  enabled?: boolean;
}

/** A feature that is switched on for an account. */
export interface ClientFeature {
  /** ID of the feature. */
  featureId: number;
  /** ID of the activation. */
  activatedFeatureId?: number;
  /** Name of the feature. */
  name?: string;
  /** Product of the feature. */
  service?: string;
  /** Date and time when it was switched on. */
  createdDate?: string;
}

/** @internal */
export function clientResult(client: Client): GetClientResult {
  const { serviceStatuses, freeFeatures, paidFeatures } = client;
  const services = Object.entries(serviceStatuses ?? {}).map(([name, status]) => [name, withoutAbsent(status)]);
  return withoutAbsent({
    client: client.id,
    company: client.companyName,
    email: client.email,
    name: client.name,
    phone: client.phone,
    status: client.status,
    customId: client.custom_id,
    countryCode: client.country_code,
    isTest: client.is_test,
    seller: client.seller,
    reseller: client.resellers,
    clientType: client.client_type,
    billType: client.bill_type,
    owner: client.owner,
    deleted: client.deleted,
    hasActiveAdmin: client.has_active_admin,
    website: client.website,
    signupProcess: client.signup_process,
    entryBaseDomain: client.entryBaseDomain,
    capabilities: client.capabilities ?? [],
    services: Object.fromEntries(services),
    freeFeatures: featuresOf(freeFeatures),
    paidFeatures: featuresOf(paidFeatures),
    users: client.users.map((user) => userResult({ ...user, client: client.id })),
  }) as GetClientResult;
}

const featuresOf = (byProduct: Client["freeFeatures"]): ClientFeature[] =>
  Object.values(byProduct ?? {})
    .flat()
    .map(
      ({ feature_id, free_feature_id, paid_feature_id, create_date, name, service }) =>
        withoutAbsent({
          featureId: feature_id,
          activatedFeatureId: free_feature_id ?? paid_feature_id,
          name,
          service,
          createdDate: create_date,
        }) as ClientFeature,
    );
