import { z } from "zod";
import {
  ClientStatus,
  countryCode,
  notBlank,
  ProductName,
  ServiceStatus,
  UpdateClient,
  UpdateUser,
} from "../api/schemas";

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
  services: z.partialRecord(ProductName, ServiceStatus).optional(),
});
export type ClientChanges = z.infer<typeof ClientChanges>;
