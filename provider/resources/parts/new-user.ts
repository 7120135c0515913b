import type { Api } from "../../api/transport";
import { createUser, type NewUser } from "../../api/users";
import { toApi } from "../../engine/codec";
import { memberOutputs } from "./members";
import type { Service } from "./services";

/**
 * Creates a client account with its first user: `POST /iam/users`.
 * @param fields the inputs that the call takes as plain fields.
 */
export async function createClientUser<I extends { services?: readonly Service[] }>(
  api: Api,
  declared: I,
  fields: readonly string[],
) {
  const products = declared.services?.map(({ productName, available }) => ({ product_name: productName, available }));
  const body = { ...toApi(declared, fields), ...(products && { services: products }) } as NewUser;
  const user = await createUser(api, body);
  return {
    id: `${user.client}/${user.id}`,
    inputs: declared,
    outputs: { ...memberOutputs(user), client: user.client },
  };
}
