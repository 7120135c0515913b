import { z } from "zod";
import type { Client } from "../api/clients";
import { fromApi, propertyOf } from "../engine/codec";
import { defineResource } from "../engine/define";
import * as validators from "../engine/inputs";
import { isOriginMark } from "../engine/origin-mark";
import { accountInputs, changeAccount, describeAccount, readAccount } from "./parts/accounts";

/** Inputs of a client account that exists. What is left out keeps the value that it has at Gcore. */
export interface ClientAccountInputs {
  /** ID of the client account. A change leaves this account as it is and manages the other one. */
  client: number;
  /** Name of the client's company. Changed in place. Omitted later: unchanged. */
  company?: string;
  /** Your own ID of the account; null clears it. Changed in place. Omitted later: unchanged. */
  customId?: string | null;
  /** ID of the client's seller; null clears it. Changed in place. Omitted later: unchanged. */
  seller?: number | null;
  /** Marks a test account. Changed in place. Omitted later: unchanged. */
  isTest?: boolean;
  /** Email address of the account, which is no user's login. Changed in place. Omitted later: unchanged. */
  email?: string;
  /** Name of the account's contact; null clears it. Changed in place. Omitted later: unchanged. */
  name?: string | null;
  /** Phone number of the account's contact; null clears it. Changed in place. Omitted later: unchanged. */
  phone?: string | null;
}

/** Outputs, which only the API sets. The resource's `id` is `"<clientId>"`. */
export interface ClientAccountOutputs {
  /** ID of the reseller that the account belongs to. */
  reseller?: number;
  /** Status, which Gcore derives from the products: new, trial, trialend, active, integration, paused, preparation, ready. */
  status?: string;
  /** common, reseller or sales. */
  clientType?: string;
  /** How the account is billed. */
  billType?: string;
  /** Country, ISO 3166-1 alpha-2. */
  countryCode?: string;
  /** Whether the account has an active administrator. */
  hasActiveAdmin?: boolean;
  /** ID of the user who owns the account. */
  owner?: number;
}

type Inputs = ClientAccountInputs;
type Outputs = ClientAccountOutputs;

const schema = z.strictObject({
  client: validators.id("a client account's ID"),
  company: validators.text.nullish(),
  customId: validators.text
    .refine((id) => !isOriginMark(id), 'must not begin with "pulumi:", which marks what a ClientUser manages')
    .nullish(),
  seller: validators.id("a seller's ID").nullish(),
  isTest: validators.flag.nullish(),
  email: validators.email.nullish(),
  name: validators.text.nullish(),
  phone: validators.text.nullish(),
});
const outputs = z.object({
  reseller: z.number().optional(),
  status: z.string().optional(),
  clientType: z.string().optional(),
  billType: z.string().optional(),
  countryCode: z.string().optional(),
  hasActiveAdmin: z.boolean().optional(),
  owner: z.number().optional(),
});

function observe(client: Client) {
  const { company, customId, seller, isTest } = accountInputs(client);
  const { email, name, phone } = client;
  return {
    id: String(client.id),
    inputs: {
      client: client.id,
      company,
      customId,
      seller,
      isTest,
      email: email ?? undefined,
      name,
      phone,
    } as Partial<Inputs>,
    outputs: fromApi(client, Object.keys(outputs.shape), { reseller: "resellers" }) as Outputs,
  };
}

/** Null is no value of the other inputs. */
const clearable = ["customId", "seller", "name", "phone"] as const;

/** @internal */
export const clientAccount = defineResource<Inputs, Outputs>({
  kind: "ClientAccount",
  noun: "client account",
  shape: "given",
  inputs: schema,
  outputs,
  key: ["client"],
  id: { pattern: /^[1-9]\d*$/, form: '"<clientId>"' },
  fromId: {},
  // Shared with ClientUser: both would change the account in turns.
  exclusive: (id) => `account ${id}`,
  replacing: { inputs: ["client"], first: "delete" },
  clearable,
  normalize: {
    company: validators.trimmed,
    customId: validators.trimmedOrAbsent,
    email: validators.lowerCase,
    name: validators.trimmed,
    phone: validators.phoneDigits,
  },
  property: (field) => propertyOf(field, Object.keys(schema.shape), { companyName: "company" }),
  describe: describeAccount,
  deletion: "leaves the client account as it is",
  remains: describeAccount,

  async find(api, { client }) {
    const account = await readAccount(api, client, {}, () => true);
    if (!account) throw new Error(`client: ${client} is no client account of this reseller.`);
    const found = observe(account);
    if (isOriginMark(account.custom_id)) {
      api.log(
        `${describeAccount(found.inputs)} has the customId ${account.custom_id}, the mark of a ClientUser. If that still manages it, ` +
          "remove one of them: both would change the account in turns.",
      );
    }
    return found;
  },
  async read(api, id, { client, reseller }) {
    const account = await readAccount(api, Number(id), { client, reseller }, () => true);
    return account && observe(account);
  },
  changes: [
    {
      properties: ["company", "customId", "seller", "isTest", "email", "name", "phone"],
      call: "PATCH /iam/clients/{clientId}",
      apply: (api, change) => {
        const cleared = clearable.filter((name) => change.news[name] === null);
        return changeAccount(api, change.news.client, change, cleared);
      },
    },
  ],
  docs: {
    permissions: "The reseller's API key.",
    limits:
      "An account that a `ClientUser` of the same program manages is refused. One without a user can be declared too.",
  },
});
