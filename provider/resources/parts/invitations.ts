import { ValidationError } from "../../api/errors";
import { renewInvitation } from "../../api/invitations";
import type { Api } from "../../api/transport";

/**
 * Sends the invitation again: `POST /iam/auth/renew_invitation`. Who has accepted it needs none: a refusal that is not about a
 * field is logged.
 * @param invited whom the line is about, in a few words.
 */
export async function resendInvitation(api: Api, email: string, invited: string): Promise<void> {
  try {
    await renewInvitation(api, email);
  } catch (error) {
    if (!(error instanceof ValidationError && error.status === 400 && "" in error.fields)) throw error;
    api.log(`${invited}: no invitation was sent. ${error.message}`);
  }
}
