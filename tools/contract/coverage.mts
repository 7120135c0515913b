import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What this package does with each call of Gcore's API. `npm run docs` writes docs/coverage.md from it. */

const root = join(import.meta.dirname, "../..");

/** "METHOD /path" of every call in Gcore's OpenAPI files. */
export const operations: string[] = JSON.parse(readFileSync(join(root, "test/contract/operations.json"), "utf8"));

/** Resources that are read from the account's record, on pages that they share. */
const OF_ACCOUNT = ["ClientUser", "ClientAccount", "ClientService", "FreeFeature", "PaidFeature"];

/** The resources and functions that make a call. */
export const claims: Record<string, string[]> = {
  "POST /iam/users": ["ClientUser"],
  "DELETE /iam/users/{userId}": ["ClientUser"],
  "GET /iam/auth/jwt/users/{userId}/token": ["ClientUser"],
  "POST /iam/auth/renew_invitation": ["Seller"],
  "POST /iam/auth/reset_password": ["ClientUser"],
  "GET /iam/clients": [...OF_ACCOUNT, "getClient", "getClients", "listClients"],
  "GET /iam/clients/{clientId}": [...OF_ACCOUNT, "getClient"],
  "PATCH /iam/clients/{clientId}": ["ClientUser", "ClientAccount"],
  "GET /iam/admin/sellers": ["Seller", "getSeller", "getSellers"],
  "POST /iam/admin/sellers": ["Seller"],
  "GET /iam/admin/sellers/{sellerId}": ["Seller", "getSeller"],
  "PATCH /iam/admin/sellers/{sellerId}": ["Seller"],
  "DELETE /iam/admin/sellers/{sellerId}": ["Seller"],
  "GET /iam/products/availability/defaults": ["DefaultProductAvailability", "getDefaultProductAvailability"],
  "PATCH /iam/products/availability/defaults": ["DefaultProductAvailability"],
  "GET /iam/products/availability/clients/{clientId}": ["ClientUser", "ClientService", "getProductAvailability"],
  "PATCH /iam/products/availability/clients/{clientId}": ["ClientUser", "ClientService"],
  "DELETE /iam/products/availability/clients/{clientId}": ["ClientUser", "ClientService"],
  "GET /iam/clients/{clientId}/services": ["ClientService", "getServices"],
  "GET /iam/clients/{clientId}/services/{serviceId}": ["ClientService"],
  "PUT /iam/clients/{clientId}/services/{serviceId}": ["ClientService"],
  "GET /iam/admin/feature": ["getFeature", "getFeatures"],
  "GET /iam/admin/feature/{featureId}": ["getFeature"],
  "POST /iam/admin/free_features": ["FreeFeature"],
  "GET /iam/admin/free_features/{activatedFeatureId}": ["FreeFeature"],
  "DELETE /iam/admin/free_features/{activatedFeatureId}": ["FreeFeature"],
  "POST /iam/admin/paid_features": ["PaidFeature"],
  "GET /iam/admin/paid_features/{activatedFeatureId}": ["PaidFeature"],
  "DELETE /iam/admin/paid_features/{activatedFeatureId}": ["PaidFeature"],
  "POST /iam/auth/jwt/login": ["ClientUser"],
  "GET /iam/users/{userId}": ["ClientUser", "getUser"],
  "PATCH /iam/users/{userId}": ["ClientUser"],
  "PUT /iam/users/{userId}/email": ["ClientUser"],
  "PUT /iam/users/{userId}/password": ["ClientUser"],
  "DELETE /iam/clients/{clientId}/client-users/{userId}": ["ClientUser"],
  "GET /iam/v2/clients/{clientId}/tokens": ["ClientUser"],
  "DELETE /iam/v2/clients/{clientId}/tokens/{tokenId}": ["ClientUser"],
};

const NOT_YET = "Not yet:";
const TOKENS = `${NOT_YET} API tokens of a client's user.`;
const USERS = `${NOT_YET} further users of a client account, by invitation.`;
const BRANDING = `${NOT_YET} the reseller's branding.`;
const NOTIFICATIONS = `${NOT_YET} the addresses that Gcore's notifications to the reseller go to.`;
const OLD_TOKENS = "The older form of API tokens, which Gcore deprecated and removed on 2026-07-17.";
const OWN_SESSION = "For a person who signs in; a program has the reseller's API key.";
const OWN_VIEW = "For a client itself. A reseller creates accounts by `POST /iam/users` and reads them by ID.";
const LOG = "A log: there is nothing to declare.";

/** Calls that nothing makes, each with the reason. */
export const exclusions: Record<string, string> = {
  "GET /iam/auth/jwt/clients/{clientId}/admin_token": `${NOT_YET} what is done as an account's administrator, such as tokens.`,
  "GET /iam/activity_log/account_status_changes": LOG,
  "GET /iam/activity_log/requests":
    "Other people's requests, with the passwords in them, would reach programs and state.",
  "GET /iam/activity_log/requests/{id}":
    "Other people's requests, with the passwords in them, would reach programs and state.",
  "POST /iam/clients/{clientId}/client-users/create":
    "Disabled unless Gcore enables it for a reseller, and its reply has no ID of the user; an invitation works for all.",
  "GET /iam/docs/platform/resellers": "The API's own documentation.",
  "DELETE /iam/products/availability/clients":
    "Resets all accounts at once, also those that other stacks manage, and leaves nothing to compare.",
  "PATCH /iam/clients/{clientId}/services/{serviceId}": "Deprecated by Gcore; PUT replaces it.",
  "GET /iam/admin/free_features":
    "The activations of all accounts, without pages or filter; the record of an account has its own.",
  "GET /iam/admin/paid_features":
    "The activations of all accounts, without pages or filter; the record of an account has its own.",
  "GET /iam/reselling/settings": BRANDING,
  "PUT /iam/reselling/settings": BRANDING,
  "POST /iam/reselling/settings/upload": BRANDING,
  "GET /iam/reselling/resellers/{resellerId}/notification_settings": NOTIFICATIONS,
  "POST /iam/reselling/resellers/{resellerId}/notification_settings": NOTIFICATIONS,
  "GET /iam/reselling/resellers/{resellerId}/notification_settings/{notificationSettingsId}": NOTIFICATIONS,
  "PUT /iam/reselling/resellers/{resellerId}/notification_settings/{notificationSettingsId}": NOTIFICATIONS,
  "PATCH /iam/reselling/resellers/{resellerId}/notification_settings/{notificationSettingsId}":
    "Takes the same fields as PUT and requires the same ones.",
  "DELETE /iam/reselling/resellers/{resellerId}/notification_settings/{notificationSettingsId}": NOTIFICATIONS,
  "POST /iam/auth/jwt/refresh": OWN_SESSION,
  "GET /iam/auth/jwt/clients/{clientId}/login": OWN_SESSION,
  "POST /iam/auth/password/forgot": OWN_SESSION,
  "POST /iam/clients/create": OWN_VIEW,
  "GET /iam/clients/me": OWN_VIEW,
  "GET /iam/activity_log/logins": LOG,
  "GET /iam/users": "Whose users a reseller's key gets is not documented; the record of an account has its users.",
  "POST /iam/clients/invite_user": USERS,
  "GET /iam/clients/{clientId}/client-users/{userId}": USERS,
  "PUT /iam/clients/{clientId}/client-users/{userId}": USERS,
  "GET /iam/clients/{clientId}/tokens": OLD_TOKENS,
  "POST /iam/clients/{clientId}/tokens": OLD_TOKENS,
  "GET /iam/clients/{clientId}/tokens/{tokenId}": OLD_TOKENS,
  "DELETE /iam/clients/{clientId}/tokens/{tokenId}": OLD_TOKENS,
  "POST /iam/v2/clients/{clientId}/tokens": TOKENS,
  "GET /iam/v2/clients/{clientId}/tokens/{tokenId}": TOKENS,
};

/** The text of docs/coverage.md. */
export function coverageDoc(): string {
  const table = (rows: Record<string, string>, heading: string) => [
    `| Call | ${heading} |`,
    "| --- | --- |",
    ...operations
      .filter((operation) => operation in rows)
      .map((operation) => `| \`${operation}\` | ${rows[operation]} |`),
  ];
  const used = Object.entries(claims).map(([call, names]) => [call, names.map((name) => `\`${name}\``).join(", ")]);
  return [
    "# Coverage of the API",
    "",
    `Gcore documents ${operations.length} calls of the IAM API for resellers and users. Resources and functions make ` +
      `${used.length} of them. \`GET /iam/clients\` also shows whose the API key is: before a 404 is believed, and before a ` +
      "setting of the reseller is changed.",
    "",
    ...table(Object.fromEntries(used), "Made by"),
    "",
    "## Calls that are not made",
    "",
    ...table(exclusions, "Reason"),
    "",
  ].join("\n");
}
