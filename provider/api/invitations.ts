import type { Api } from "./transport";

/**
 * Sends the invitation to a user or seller again: `POST /iam/auth/renew_invitation`. 400 if they have accepted it already.
 * Not idempotent: each call sends an email.
 */
export const renewInvitation = (api: Api, email: string) =>
  api.send({ method: "POST", path: "/iam/auth/renew_invitation", body: { email }, changes: "none" });
