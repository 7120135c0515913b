import "./node-version";
import type { CustomResourceOptions, ID, Input } from "@pulumi/pulumi";
import { type Args, gcoreResource } from "./pulumi/resource-class";
import { type ClientUserInputs, clientUser } from "./resources/client-user";

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
