import type { Api } from "../../api/transport";
import { advice } from "../../engine/advice";
import { accountInputs, describeAccount } from "./accounts";
import { type Membership, memberOutputs } from "./members";
import { currentServices, type Service } from "./services";

/** A user in a client account, as a resource observes both. */

/** The inputs that the records of an account and its user show. */
type MemberInputs = ReturnType<typeof accountInputs> & {
  email: string;
  name?: string;
  phone?: string;
  lang?: "de" | "en" | "ru" | "zh" | "az";
  services?: readonly Service[];
};

/** A member in the terms of the resource. Without its user, the account is what is left of it. */
export async function observeMember(
  api: Api,
  { id, ids, client, user }: Membership,
  declared: readonly Service[] | undefined,
) {
  const account = accountInputs(client);
  const outputs = { ...ids, ...(client.resellers && { reseller: client.resellers }) };
  if (!user) {
    const lost = `the user of ${describeAccount({ ...ids, ...account })} was deleted outside Pulumi. ${advice.userDeleted()}`;
    return { id, inputs: account, outputs: { ...outputs, deleted: true }, lost };
  }
  const { name, phone, lang } = user;
  const services = declared && (await currentServices(api, client.id, client.capabilities ?? [], declared));
  const observed = { ...account, email: user.email ?? undefined, name, phone, lang, services };
  return {
    id,
    inputs: observed as Partial<MemberInputs>,
    outputs: { ...outputs, deleted: false, ...memberOutputs(user), ...ids },
  };
}
