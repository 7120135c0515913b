import { z } from "zod";
import type { Api } from "./transport";

/** Users of client accounts (API tag "Users"). Fields that the provider does not use are ignored. */

const group = z.object({ id: z.number().nullish(), name: z.string().nullish() });

/** A user in the `users` of an account; only `id` is required. */
export const member = z.object({
  id: z.int(),
  email: z.string().nullish(),
  name: z.string().nullish(),
  lang: z.string().nullish(),
  phone: z.string().nullish(),
  company: z.string().nullish(),
  reseller: z.int().nullish(),
  deleted: z.boolean().nullish(),
  groups: z.array(group).nullish(),
  activated: z.boolean().nullish(),
  sso_auth: z.boolean().nullish(),
  two_fa: z.boolean().nullish(),
  auth_types: z.array(z.string()).nullish(),
});
export type Member = z.output<typeof member>;

const role = z.object({
  client_id: z.int(),
  client_company_name: z.string(),
  user_id: z.int(),
  user_roles: z.array(z.string()),
});

/** A user as the user endpoints return it; `id` and `client` are required. */
const user = member.extend({
  client: z.int(),
  user_type: z.string().nullish(),
  is_active: z.boolean().nullish(),
  client_and_roles: z.array(role).nullish(),
});
export type User = z.output<typeof user>;

/** Body of {@link createUser}. */
export interface NewUser {
  email: string;
  password: string;
  company: string;
  user_type?: string;
  name?: string;
  phone?: string;
  lang?: string;
  seller?: number;
  custom_id?: string;
  country_code?: string;
  is_test?: boolean;
  services?: { product_name: string; available: boolean | null }[];
}

/** Creates a client account with its first user: `POST /iam/users`. Not idempotent: sent again only when surely not executed. */
export const createUser = (api: Api, body: NewUser) =>
  api.send({ method: "POST", path: "/iam/users", body, reply: user });

/** One user, with the id of their client account: `GET /iam/users/{userId}`. */
export const getUser = (api: Api, userId: number) =>
  api.send({ method: "GET", path: `/iam/users/${userId}`, reply: user });

/** Changes name, phone or language, as the user: `PATCH /iam/users/{userId}`. */
export const updateUser = (
  api: Api,
  bearer: string,
  userId: number,
  body: { name?: string | null; phone?: string | null; lang?: string },
) => api.send({ method: "PATCH", path: `/iam/users/${userId}`, bearer, body });

/** Changes the email address, as the user; the API requires their password: `PUT /iam/users/{userId}/email`. */
export const changeEmail = (api: Api, bearer: string, userId: number, email: string, password: string) =>
  api.send({ method: "PUT", path: `/iam/users/${userId}/email`, bearer, body: { new_email: email, password } });

/** Changes the password, as the user: `PUT /iam/users/{userId}/password`. */
export const changePassword = (api: Api, bearer: string, userId: number, old: string, password: string) =>
  api.send({
    method: "PUT",
    path: `/iam/users/${userId}/password`,
    bearer,
    body: { old, new: password, double: password },
  });

/** Deletes a user: `DELETE /iam/users/{userId}`. 403 while they have API tokens or belong to several accounts. */
export const deleteUser = (api: Api, userId: number) => api.send({ method: "DELETE", path: `/iam/users/${userId}` });

/** Removes a user from one account: `DELETE /iam/clients/{clientId}/client-users/{userId}`. */
export const removeUserFromClient = (api: Api, clientId: number, userId: number) =>
  api.send({ method: "DELETE", path: `/iam/clients/${clientId}/client-users/${userId}` });
