import { z } from "zod";
import {
  ClientStatus,
  ClientType,
  countryCode,
  NewSeller,
  notBlank,
  ProductName,
  ServiceStatus,
  SignupProcess,
  UpdateClient,
  UpdateUser,
} from "../api/schemas";
import { catalogue } from "../store/features";

/** What the control API may set on a user, beyond what the API's own calls can. */
export const UserChanges = z.strictObject({
  ...UpdateUser.shape,
  password: notBlank.optional(),
  two_fa: z.boolean().optional(),
  activated: z.boolean().optional(),
  is_active: z.boolean().optional(),
  sso_auth: z.boolean().optional(),
  /** All accounts that the user belongs to. */
  clients: z.array(z.int()).min(1).optional(),
});
export type UserChanges = z.infer<typeof UserChanges>;

/** What the control API may set on a client account, beyond what the API's own calls can. */
export const ClientChanges = z.strictObject({
  ...UpdateClient.omit({ reseller: true }).shape,
  deleted: z.boolean().optional(),
  status: ClientStatus.optional(),
  country_code: countryCode.nullish(),
  created_at: z.iso.datetime({ offset: true }).optional(),
  website: z.string().nullish(),
  entry_base_domain: z.string().nullish(),
  signup_process: SignupProcess.optional(),
  bill_type: z.string().optional(),
  client_type: ClientType.optional(),
  /** Not shown; the list can be filtered by these. */
  promocode: z.string().nullish(),
  secondary_hostname: z.string().nullish(),
  traffic_gb: z.int().min(0).optional(),
  /** The statuses of services. `activating` stays until it is changed here or by a call of the API. */
  services: z.partialRecord(ProductName, ServiceStatus).optional(),
  /** Whether features are activated, by their ids. */
  features: z.partialRecord(z.enum(catalogue.map(({ id }) => `${id}`)), z.boolean()).optional(),
});
export type ClientChanges = z.infer<typeof ClientChanges>;

/** What the control API may set on a seller, beyond what the API's own calls can. */
export const SellerChanges = z.strictObject({
  ...NewSeller.partial().shape,
  activated: z.boolean().optional(),
  /** `true` as `DELETE /iam/admin/sellers/{sellerId}` does it; `false` restores the seller alone. */
  deleted: z.boolean().optional(),
  date_joined: z.iso.datetime({ offset: true }).optional(),
});
export type SellerChanges = z.infer<typeof SellerChanges>;

/** What the control API may set on a service: any status, and values of options by name. */
export const ServiceChanges = z.strictObject({
  status: ServiceStatus.optional(),
  enabled: z.boolean().optional(),
  options: z.record(z.string(), z.string()).optional(),
});
export type ServiceChanges = z.infer<typeof ServiceChanges>;
