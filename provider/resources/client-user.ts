import type { CustomResourceOptions, ID, Input } from "@pulumi/pulumi";
import { z } from "zod";
import * as auth from "../api/auth";
import * as clients from "../api/clients";
import { ForbiddenError, ValidationError } from "../api/errors";
import * as tokens from "../api/tokens";
import type { Api } from "../api/transport";
import * as users from "../api/users";
import { type Change, defineResource } from "../engine/define";
import { type Args, gcoreResource } from "../engine/dynamic";
import { isOriginMark } from "../engine/origin-mark";
import { changeServices, personal, type Service, services, servicesNow } from "./parts/services";

/** What a program declares of a client account and its first user. */
export interface ClientUserInputs {
  /** E-mail address the user logs in with; unique over all Gcore accounts. Changed in place, as the user. */
  email: string;
  /** Password, always secret. Changed in place, as the user; Gcore asks for the old one, which is kept in state. */
  password: string;
  /** Name of the client's company. Changed in place. */
  company: string;
  /** The user's name, which becomes the account's too. Left out later: cleared. */
  name?: string;
  /** The user's phone number, which becomes the account's too. Left out later: cleared. */
  phone?: string;
  /** Language of the control panel and of e-mails. Default: Gcore's. Left out later: stays as it is. */
  lang?: "de" | "en" | "ru" | "zh" | "az";
  /** Only `common` can be created. Default: `common`. */
  userType?: "common";
  /** Country of the client, ISO 3166-1 alpha-2. The API cannot change it: a change is refused at preview. */
  countryCode?: string;
  /** Marks a test account. Default: Gcore's (false). Left out later: stays as it is. */
  isTest?: boolean;
  /** Id of the seller who looks after the client. Left out later: none. */
  seller?: number;
  /** Your own id of the account. Default: `pulumi:<project>/<stack>/<name>`, kept once set; null sends none. */
  customId?: string | null;
  /** Products whose availability differs from the reseller's default; order-free. Dropped from the list: default again. */
  services?: Service[];
  /** Take over this existing user, `"<userId>"` or `"<clientId>/<userId>"`, instead of creating one. Ignored afterwards. */
  adoptId?: string;
  /** On destroy, delete the user's API tokens when they are what blocks it. Default: false. */
  forceDestroy?: boolean;
}

/** What only the API decides. The user's id is also the resource's `id`. */
export interface ClientUserOutputs {
  /** Id of the user. */
  userId: number;
  /** Id of the client account. */
  client: number;
  /** Id of the reseller that the account belongs to. */
  reseller?: number;
  /** The user's groups in the account. */
  groups?: { id?: number; name?: string }[];
  /** Whether the user confirmed his e-mail address. */
  activated?: boolean;
  /** Whether the user is deleted; a deleted one leaves the state at the next refresh. */
  deleted?: boolean;
  /** Whether the user may log in by SAML SSO. */
  ssoAuth?: boolean;
  /** Whether two-step verification is on. */
  twoFa?: boolean;
  /** Ways to log in: password, sso, github, google-oauth2. */
  authTypes?: string[];
  /** The user's type as the API tells it at creation. */
  userType?: string;
  /** Whether the user was active at creation; no reseller's list tells it later. */
  isActive?: boolean;
  /** The accounts and roles of the user at creation. */
  clientAndRoles?: { clientId: number; clientCompanyName: string; userId: number; userRoles: string[] }[];
}

const recreate =
  "cannot be changed, since the API has no call for it: put the old value back. To make the account anew on purpose, " +
  "run `pulumi destroy --target <urn>` (this deletes the user) and then `pulumi up`.";
const languages = ["de", "en", "ru", "zh", "az"] as const;
const text = z.string("must be a text").trim().min(1, "must not be empty");

const schema = z.strictObject({
  email: z.email({ pattern: z.regexes.html5Email, error: "must be an e-mail address" }),
  password: z.string("must be a text").min(1, "must not be empty"),
  company: text,
  name: text.nullish(),
  phone: text.nullish(),
  lang: z.enum(languages, `must be one of ${languages.join(", ")}`).nullish(),
  userType: z.literal("common", "must be common").nullish(),
  countryCode: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "must be two letters (ISO 3166-1 alpha-2)")
    .nullish(),
  isTest: z.boolean("must be true or false").nullish(),
  seller: z.int("must be a seller's id").positive("must be a seller's id").nullish(),
  customId: text.nullish(),
  services: services.nullish(),
  adoptId: z
    .string()
    .regex(/^(\d+\/)?\d+$/, 'must be "<userId>" or "<clientId>/<userId>"')
    .nullish(),
  forceDestroy: z.boolean("must be true or false").nullish(),
});

/** The codec: every input's name in `POST /iam/users`. */
const apiFields = {
  email: "email",
  password: "password",
  company: "company",
  userType: "user_type",
  name: "name",
  phone: "phone",
  lang: "lang",
  seller: "seller",
  customId: "custom_id",
  countryCode: "country_code",
  isTest: "is_test",
} as const;

/** The named inputs as the API spells them. What is left out stays as it is, unless it `can be cleared`. */
function toApi(inputs: Partial<ClientUserInputs>, names: readonly string[], cleared: readonly string[] = []) {
  const fields = Object.entries(apiFields).filter(([name]) => names.includes(name));
  const values = fields.map(([name, field]) => [
    field,
    inputs[name as keyof typeof apiFields] ?? (cleared.includes(name) ? null : undefined),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function fromUser(user: users.UserDetails): ClientUserOutputs {
  const { id: userId, sso_auth: ssoAuth, two_fa: twoFa, auth_types: authTypes } = user;
  const { user_type: userType, is_active: isActive, client_and_roles } = user;
  const { client, reseller, groups, activated, deleted } = user;
  const clientAndRoles = client_and_roles?.map((role) => ({
    clientId: role.client_id,
    clientCompanyName: role.client_company_name,
    userId: role.user_id,
    userRoles: role.user_roles,
  }));
  const outputs = {
    userId,
    client,
    reseller,
    groups,
    activated,
    deleted,
    ssoAuth,
    twoFa,
    authTypes,
    userType,
    isActive,
  };
  return { ...outputs, clientAndRoles } as ClientUserOutputs;
}

/** What can be declared, as an account and its user show it. A country that is not told was not taken away. */
function fromAccount(client: clients.Client, user: users.User): Partial<ClientUserInputs> {
  const { email, name, phone, lang } = user;
  const { companyName: company, is_test: isTest, seller, custom_id: customId, country_code } = client;
  const countryCode = country_code ?? undefined;
  return { email, name, phone, lang, company, isTest, seller, customId, countryCode } as Partial<ClientUserInputs>;
}

async function read(api: Api, id: string, known: Partial<ClientUserInputs & ClientUserOutputs>) {
  const [userId = 0, clientId = known.client] = id.split("/").map(Number).reverse();
  const details = clientId === undefined ? await users.getUser(api, userId) : undefined;
  const client = await clients.getClient(api, details?.client ?? Number(clientId));
  const user = client.users.find((one) => one.id === userId);
  if (!user || user.deleted || client.deleted) return undefined;
  const inputs = fromAccount(client, user);
  if (known.services) inputs.services = await servicesNow(api, client.id, client.capabilities ?? [], known.services);
  return { id: String(userId), inputs, outputs: { ...fromUser({ ...details, ...user }), client: client.id } };
}

type ClientUserChange = Change<ClientUserInputs, ClientUserOutputs>;

async function changeProfile(api: Api, { olds, news, changed }: ClientUserChange) {
  const body = toApi(news, changed, ["name", "phone"]);
  if (Object.keys(body).length === 0) return;
  await users.updateUser(api, await auth.getUserToken(api, olds.userId), olds.userId, body);
}

async function changeAccount(api: Api, { olds, news, changed }: ClientUserChange) {
  const { company: companyName, ...body } = toApi(news, changed, ["seller", "customId"]);
  if (companyName !== undefined) body.companyName = companyName;
  if (Object.keys(body).length > 0) await clients.updateClient(api, olds.client, body);
}

async function changeEmail(api: Api, { olds, news }: ClientUserChange) {
  const token = await auth.getUserToken(api, olds.userId);
  try {
    await users.changeEmail(api, token, olds.userId, news.email, olds.password ?? news.password);
  } catch (error) {
    // A call that went through while its reply was lost is refused the next time: look before believing it.
    const client = error instanceof ValidationError ? await clients.getClient(api, olds.client) : undefined;
    const email = client?.users.find((user) => user.id === olds.userId)?.email;
    if (email === undefined || lowerCase(email) !== lowerCase(news.email)) throw error;
  }
}

async function changePassword(api: Api, { olds, news }: ClientUserChange) {
  if (olds.password === undefined) return;
  const token = await auth.getUserToken(api, olds.userId);
  try {
    await users.changePassword(api, token, olds.userId, olds.password, news.password);
  } catch (error) {
    if (!(error instanceof ValidationError) || !("old" in error.fields)) throw error;
    if (await auth.canLogIn(api, news.email, news.password)) return;
    const advice =
      'The user changed his password himself. Leave it to him with the option `ignoreChanges: ["password"]`, ' +
      "or declare the password that he has now.";
    throw new ValidationError(error.call, 400, { ...error.fields, old: [...(error.fields.old ?? []), advice] });
  }
}

/** 403 has two causes: the user has API tokens, or he belongs to several accounts and can only be taken out of this one. */
async function remove(api: Api, { userId, client, forceDestroy }: ClientUserInputs & ClientUserOutputs) {
  try {
    return await users.deleteUser(api, userId);
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    const token = await auth.getUserToken(api, userId);
    const blocking = await tokens.listUserTokens(api, token, client, userId);
    if (blocking.length === 0) return users.removeUserFromClient(api, client, userId);
    if (!forceDestroy) {
      throw new Error(
        `${error.message} The user has ${blocking.length} API token(s). Delete them in Gcore's portal, or set ` +
          "`forceDestroy: true`, run `pulumi up`, and destroy again.",
      );
    }
    for (const { id } of blocking) await tokens.deleteToken(api, token, client, id);
    await users.deleteUser(api, userId);
  }
}

const lowerCase = (text: string) => text.toLowerCase();
const trimmed = (text: string) => text.trim();
/** The default, spelt out, is the same as leaving it out. */
const unless =
  <T>(byDefault: T) =>
  (value: T) =>
    value === byDefault ? null : value;

export const clientUser = defineResource<ClientUserInputs, ClientUserOutputs>({
  schema,
  outputs: [
    "userId",
    "client",
    "reseller",
    "groups",
    "activated",
    "deleted",
    "ssoAuth",
    "twoFa",
    "authTypes",
    "userType",
    "isActive",
    "clientAndRoles",
  ],
  unchangeable: { countryCode: recreate, userType: recreate },
  createOnly: ["adoptId"],
  normalize: {
    email: lowerCase,
    company: trimmed,
    name: trimmed,
    phone: trimmed,
    customId: trimmed,
    countryCode: lowerCase,
    userType: unless("common"),
    forceDestroy: unless(false),
    services: personal,
  },
  property: (field) => properties[field] ?? field,

  async create(api, inputs) {
    const services = inputs.services?.map(({ productName, available = null }) => ({
      product_name: productName,
      available,
    }));
    const body = { ...toApi(inputs, Object.keys(apiFields)), ...(services && { services }) };
    const user = await users.createUser(api, body as users.NewUser);
    return { id: String(user.id), inputs, outputs: fromUser(user) };
  },
  read,
  changes: [
    { properties: ["name", "phone", "lang"], apply: changeProfile },
    { properties: ["email"], apply: changeEmail },
    { properties: ["company", "isTest", "seller", "customId"], apply: changeAccount },
    {
      properties: ["services"],
      apply: (api, { olds, news }) => changeServices(api, olds.client, olds.services, news.services),
    },
    // Last, since from here on Gcore asks for the new one.
    { properties: ["password"], apply: changePassword },
  ],
  delete: remove,

  refuseAdoption({ inputs: found }, inputs) {
    if (lowerCase(found.email ?? "") !== lowerCase(inputs.email)) return "its e-mail address is not the declared one.";
    const countryChanges =
      inputs.countryCode && lowerCase(inputs.countryCode) !== lowerCase(found.countryCode ?? inputs.countryCode);
    if (countryChanges)
      return `countryCode: the account has ${found.countryCode}, and the API has no call to change it.`;
    if (found.customId && !isOriginMark(found.customId) && isOriginMark(inputs.customId)) {
      return `the account has the customId "${found.customId}": declare it to keep it, or another one to replace it.`;
    }
    return undefined;
  },
});

/** Property that a field of a refusal belongs to. */
const properties: Record<string, string> = {
  ...Object.fromEntries(Object.entries(apiFields).map(([name, field]) => [field, name])),
  companyName: "company",
  new_email: "email",
  old: "password",
  new: "password",
  double: "password",
};

/**
 * A client account with its first user: `POST /iam/users`.
 *
 * Every change is made in place; no edit ever deletes the account. Destroying it deletes the user; the client account
 * itself stays, since the API has no call to delete it.
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
export class ClientUser extends gcoreResource<ClientUserInputs, ClientUserInputs & ClientUserOutputs>({
  kind: "ClientUser",
  inputs: Object.keys(schema.shape),
  outputs: clientUser.outputs,
  secrets: ["password"],
  originMark: "customId",
}) {
  /**
   * Reads an existing user without managing him: `GET /iam/clients/{clientId}`.
   * @param id `"<userId>"` or, one request cheaper, `"<clientId>/<userId>"`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): ClientUser {
    return new ClientUser(name, {} as ClientUserArgs, { ...opts, id });
  }
}

/** Arguments of {@link ClientUser}. */
export type ClientUserArgs = Args<ClientUserInputs>;
