import type { CustomResourceOptions, ID, Input } from "@pulumi/pulumi";
import { z } from "zod";
import * as auth from "../api/auth";
import { readClient } from "../api/client-pages";
import * as clients from "../api/clients";
import { ifFound } from "../api/errors";
import type { Api } from "../api/transport";
import * as users from "../api/users";
import { fromApi, propertyOf, toApi } from "../engine/codec";
import { type Change, defineResource } from "../engine/define";
import { type Args, gcoreResource } from "../engine/dynamic";
import { isOriginMark } from "../engine/origin-mark";
import { changeEmail, changePassword, deleteUser, sameEmail } from "./parts/credentials";
import { changeServices, currentServices, personalAvailability, type Service, services } from "./parts/services";

/** Inputs of a client account and its first user. */
export interface ClientUserInputs {
  /** Email address the user logs in with; unique among all Gcore accounts. Changed in place, as the user. */
  email: string;
  /** Password, always secret. Changed in place, as the user; Gcore requires the old one, which is stored in state. */
  password: string;
  /** Name of the client's company. Changed in place. */
  company: string;
  /** The user's name, which is set on the account too. Omitted later: cleared. */
  name?: string;
  /** The user's phone number, which is set on the account too. Omitted later: cleared. */
  phone?: string;
  /** Language of the control panel and of emails. Default: Gcore's. Omitted later: unchanged. */
  lang?: "de" | "en" | "ru" | "zh" | "az";
  /** Only `common` can be created. Default: `common`. */
  userType?: "common";
  /** Country of the client, ISO 3166-1 alpha-2. The API cannot change it: a change is rejected at preview. */
  countryCode?: string;
  /** Marks a test account. Default: Gcore's (false). Omitted later: unchanged. */
  isTest?: boolean;
  /** ID of the client's seller. Omitted later: none. */
  seller?: number;
  /**
   * Your own ID of the account. Default: `pulumi:<project>/<stack>/<name>`, kept if the stack is renamed, changed if the
   * resource is renamed; null sends none.
   */
  customId?: string | null;
  /** Products whose availability differs from the reseller's default, in any order. Removed from the list: reset to it. */
  services?: Service[];
  /** Adopts this existing user, `"<userId>"` or `"<clientId>/<userId>"`, instead of creating one. Ignored afterwards. */
  adoptId?: string;
  /** On destroy, deletes the user's API tokens if they block the deletion. Default: false. */
  forceDestroy?: boolean;
}

/** Outputs, which only the API sets. The user's ID is also the resource's `id`. */
export interface ClientUserOutputs {
  /** ID of the user. */
  userId: number;
  /** ID of the client account. */
  client: number;
  /** ID of the reseller that the account belongs to. */
  reseller?: number;
  /** The user's groups in the account. */
  groups?: { id?: number; name?: string }[];
  /** Whether the user has confirmed their email address. */
  activated?: boolean;
  /** Whether the user is deleted; the next refresh removes a deleted user from state. */
  deleted?: boolean;
  /** Whether the user may log in by SAML SSO. */
  ssoAuth?: boolean;
  /** Whether two-step verification is enabled. */
  twoFa?: boolean;
  /** Login methods: password, sso, github, google-oauth2. */
  authTypes?: string[];
  /** The user's type, as returned at creation. */
  userType?: string;
  /** Whether the user was active at creation; the list of accounts does not return it. */
  isActive?: boolean;
  /** The accounts and roles of the user at creation. */
  clientAndRoles?: { clientId: number; clientCompanyName: string; userId: number; userRoles: string[] }[];
}

const recreate =
  "cannot be changed, since the API has no call for it: restore the old value. To recreate the account on purpose, " +
  "run `pulumi destroy --target <urn>` (this deletes the user) and then `pulumi up`.";
const languages = ["de", "en", "ru", "zh", "az"] as const;
const text = z.string("must be a text").trim().min(1, "must not be empty");

const schema = z.strictObject({
  email: z.email({ pattern: z.regexes.html5Email, error: "must be an email address" }),
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

/** The codec's tables: an input's field in `POST /iam/users`, and an output's field in every reply with a user. */
const inputFields = {
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
};
const outputFields: Record<keyof ClientUserOutputs, string> = {
  userId: "id",
  client: "client",
  reseller: "reseller",
  groups: "groups",
  activated: "activated",
  deleted: "deleted",
  ssoAuth: "sso_auth",
  twoFa: "two_fa",
  authTypes: "auth_types",
  userType: "user_type",
  isActive: "is_active",
  clientAndRoles: "client_and_roles",
};
/** Fields that other calls name differently, for the texts of their errors. */
const otherFields = {
  companyName: "company",
  new_email: "email",
  old: "password",
  new: "password",
  double: "password",
};
const roleFields = {
  clientId: "client_id",
  clientCompanyName: "client_company_name",
  userId: "user_id",
  userRoles: "user_roles",
};

/** A user as in any reply. */
type UserRecord = users.Member & Partial<users.User>;

function fromUser(user: UserRecord): ClientUserOutputs {
  const clientAndRoles = user.client_and_roles?.map((role) => fromApi(roleFields, role));
  return { ...fromApi<ClientUserOutputs>(outputFields, user), clientAndRoles } as ClientUserOutputs;
}

/** An account and its user as inputs and outputs. A missing country does not mean that it was cleared. */
async function observed(api: Api, client: clients.Client, user: UserRecord, declared: readonly Service[] | undefined) {
  const { id, companyName: company, is_test: isTest, seller, custom_id: customId, country_code, capabilities } = client;
  const { name, phone, lang } = user;
  const email = user.email ?? undefined;
  const services = declared && (await currentServices(api, id, capabilities ?? [], declared));
  const countryCode = country_code ?? undefined;
  const inputs = { email, name, phone, lang, company, isTest, seller, customId, countryCode, services };
  return {
    id: String(user.id),
    inputs: inputs as Partial<ClientUserInputs>,
    outputs: { ...fromUser(user), client: id },
  };
}

const userIn = (client: clients.Client, matches: (user: users.Member) => boolean) =>
  client.deleted ? undefined : client.users.find((user) => !user.deleted && matches(user));

async function read(api: Api, id: string, known: Partial<ClientUserInputs & ClientUserOutputs>) {
  const [userId = 0, clientId = known.client] = id.split("/").map(Number).reverse();
  const details = clientId === undefined ? await ifFound(users.getUser(api, userId)) : undefined;
  const userOf = (client: clients.Client) => userIn(client, (user) => user.id === userId);
  const account = details?.client ?? clientId;
  if (account === undefined) return undefined;
  const client = await ifFound(readClient(api, account, (record) => userOf(record) !== undefined));
  if (!client) await assertSameReseller(api, known);
  const user = client && userOf(client);
  return user && observed(api, client, { ...details, ...user }, known.services);
}

/** The accounts of another reseller are 404 too: a wrong key must not make a whole stack look deleted. */
async function assertSameReseller(api: Api, { reseller, client }: Partial<ClientUserOutputs>) {
  const current = reseller === undefined ? "not shown" : await clients.getResellerId(api);
  if (typeof current === "string" || current.known === reseller) return;
  throw new Error(
    `client account ${client} belongs to reseller ${reseller}, and the API key to reseller ${current.known}: check GCORE_API_KEY ` +
      "(or gcore-reseller:apiKey). Nothing was changed.",
  );
}

async function find(api: Api, { email, customId, services }: ClientUserInputs, createdSince?: Date) {
  const since = createdSince && { created_at_gte: createdSince.toISOString() };
  const page = await clients.listClients(api, { users_email: email, limit: 100, offset: 0, ...since });
  const matches = page.clients.flatMap((client) => {
    const user = userIn(client, (one) => sameEmail(one.email, email));
    return user ? [{ client, user }] : [];
  });
  // A user may belong to several accounts: the declared customId identifies the owned one.
  const owned = matches.find(({ client }) => (client.custom_id ?? null) === (customId ?? null));
  if (!owned && page.unreadable > 0) throw clients.unreadableAccount(page.problem);
  const match = owned ?? matches[0];
  return match && observed(api, match.client, match.user, services);
}

type ClientUserChange = Change<ClientUserInputs, ClientUserOutputs>;

async function changeProfile(api: Api, { olds, news, changed }: ClientUserChange) {
  const body = toApi(inputFields, news, changed, ["name", "phone"]);
  if (Object.keys(body).length === 0) return;
  await users.updateUser(api, await auth.getUserToken(api, olds.userId), olds, body);
}

async function changeAccount(api: Api, { olds, news, changed }: ClientUserChange) {
  const fields = { ...inputFields, company: "companyName" };
  const body = toApi(fields, news, changed, ["seller", "customId"]);
  if (Object.keys(body).length > 0) await clients.updateClient(api, olds.client, body);
}

const lowerCase = (text: string) => text.toLowerCase();
const trimmed = (text: string) => text.trim();
/** An explicit default value equals an omitted one. */
const absentIf =
  <T>(byDefault: T) =>
  (value: T) =>
    value === byDefault ? null : value;

/** @internal */
export const clientUser = defineResource<ClientUserInputs, ClientUserOutputs>({
  kind: "ClientUser",
  schema,
  secrets: ["password"],
  outputs: Object.keys(outputFields) as (keyof ClientUserOutputs)[],
  immutable: { countryCode: recreate, userType: recreate },
  createOnly: ["adoptId"],
  normalize: {
    email: lowerCase,
    company: trimmed,
    name: trimmed,
    phone: (phone) => phone.replace(/[\s().-]/g, ""),
    customId: trimmed,
    countryCode: lowerCase,
    userType: absentIf("common"),
    forceDestroy: absentIf(false),
    services: personalAvailability,
  },
  property: (field) => propertyOf(inputFields, field) ?? (otherFields as Record<string, string>)[field] ?? field,

  async create(api, inputs) {
    const services = inputs.services?.map(({ productName, available }) => ({ product_name: productName, available }));
    const body = { ...toApi(inputFields, inputs, Object.keys(inputFields)), ...(services && { services }) };
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
      apply: (api, { olds, news }, reached) =>
        changeServices(api, olds.client, { olds: olds.services, news: news.services }, (services) =>
          reached({ services }),
        ),
    },
    // Last, since the changes above need the old password.
    { properties: ["password"], apply: changePassword },
  ],
  delete: deleteUser,

  identity: {
    unique: "email",
    originMark: "customId",
    ids: ["userId", "client"],
    find,
    authenticate: (api, { email, password }) => auth.canLogIn(api, email, password),
    describe: ({ outputs }) => `client account ${outputs.client} (user ${outputs.userId})`,
    adoptId: ({ outputs }) => `${outputs.client}/${outputs.userId}`,
    conflict({ inputs: found }, { email, countryCode, customId }) {
      if (found.email && !sameEmail(found.email, email)) return "its email address is not the declared one.";
      if (countryCode && found.countryCode && lowerCase(countryCode) !== lowerCase(found.countryCode)) {
        return `countryCode: it has ${found.countryCode}, and the API has no call to change it.`;
      }
      if (found.customId && !isOriginMark(found.customId) && isOriginMark(customId)) {
        return `it has the customId "${found.customId}": declare that value to keep it, or another one to replace it.`;
      }
      return undefined;
    },
  },
});

/**
 * A client account with its first user: `POST /iam/users`.
 *
 * Every change is an update in place; no edit ever deletes the account. Destroy deletes the user; the client account
 * itself remains, since the API has no call to delete it.
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
   * Reads an existing user without managing it: `GET /iam/clients/{clientId}`.
   * @param id `"<userId>"` or `"<clientId>/<userId>"`, which saves a `GET /iam/users/{userId}`.
   */
  static get(name: string, id: Input<ID>, opts?: CustomResourceOptions): ClientUser {
    return new ClientUser(name, {} as ClientUserArgs, { ...opts, id });
  }
}

/** Arguments of {@link ClientUser}. */
export type ClientUserArgs = Args<ClientUserInputs>;
