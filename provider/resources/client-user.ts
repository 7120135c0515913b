import { z } from "zod";
import * as auth from "../api/auth";
import { propertyOf } from "../engine/codec";
import { defineResource } from "../engine/define";
import * as validators from "../engine/inputs";
import { changeAccount, describeAccount } from "./parts/accounts";
import { findMember, type MemberOutputs, memberId, memberOutputSchema, readMember } from "./parts/members";
import { createClientUser } from "./parts/new-user";
import { observeMember } from "./parts/observed-members";
import { changeServices, oppositeServices, personalAvailability, type Service, services } from "./parts/services";
import { changeEmail, changePassword, changeProfile, deleteUser, sendPasswordReset } from "./parts/user";

/** Inputs of a client account and its first user. */
export interface ClientUserInputs {
  /** Email address the user logs in with; unique among all Gcore accounts. Changed in place, as the user. */
  email: string;
  /**
   * Password, always secret. Required unless `adoptId` is set. Changed in place, as the user; Gcore needs the old one,
   * which is stored in state.
   */
  password?: string;
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
   * Your own ID of the account. Default: the origin mark `pulumi:<project>/<stack>/<name>`, which follows a rename or a move;
   * null sends none. A declared one must not begin with `pulumi:`. Changed in place.
   */
  customId?: string | null;
  /** Products whose availability differs from the reseller's default, in any order. Removed from the list: reset to it. */
  services?: readonly Service[];
  /**
   * Any text, such as a date. Sends the user an email with which they set a password, after the create, and again with another
   * value: `POST /iam/auth/reset_password`. Nothing is sent for it at an adoption, nor for a value whose email may have been
   * sent, nor when it is omitted later.
   */
  sendPasswordReset?: string;
  /** Adopts this existing user, `"<clientId>/<userId>"` or `"<userId>"`, instead of creating one. Ignored afterwards. */
  adoptId?: string;
  /** On destroy, deletes the user's API tokens if they block the deletion. Default: false. */
  forceDestroy?: boolean;
}

/** Outputs, which only the API sets. The resource's `id` is `"<clientId>/<userId>"`. */
export interface ClientUserOutputs extends MemberOutputs {}

const schema = z.strictObject({
  email: validators.email,
  password: validators.exactText.nullish(),
  company: validators.text,
  name: validators.text.nullish(),
  phone: validators.text.nullish(),
  lang: validators.oneOf(["de", "en", "ru", "zh", "az"]).nullish(),
  userType: z.literal("common", "must be common").nullish(),
  countryCode: validators.countryCode.nullish(),
  isTest: validators.flag.nullish(),
  seller: validators.id("a seller's ID").nullish(),
  customId: validators.text.nullish(),
  services: services.nullish(),
  sendPasswordReset: validators.text.nullish(),
  adoptId: z.string().regex(memberId.pattern, `must be ${memberId.form}`).nullish(),
  forceDestroy: validators.flag.nullish(),
});

/** The inputs that `POST /iam/users` takes as plain fields. */
const fields = Object.keys(
  schema.omit({ services: true, sendPasswordReset: true, adoptId: true, forceDestroy: true }).shape,
);
/** Fields of other calls that are not named like the input they belong to. */
const fieldOwners = {
  companyName: "company",
  new_email: "email",
  old: "password",
  new: "password",
  double: "password",
};

/** @internal */
export const clientUser = defineResource<ClientUserInputs, ClientUserOutputs>({
  kind: "ClientUser",
  noun: "client account",
  shape: "made",
  inputs: schema,
  outputs: memberOutputSchema,
  secrets: ["password"],
  requiredToCreate: ["password"],
  key: ["email"],
  keyFields: ["email", "users_email", "username"],
  isUnique: true,
  mark: "customId",
  id: memberId,
  fromId: { client: memberId.client, userId: memberId.user },
  // A client account belongs to one resource, whichever of its users it manages.
  exclusive: (id) => `account ${memberId.client(id) ?? id}`,
  immutable: ["countryCode", "userType"],
  afterCreate: ["sendPasswordReset"],
  createOnly: ["adoptId"],
  normalize: {
    email: validators.lowerCase,
    company: validators.trimmed,
    name: validators.trimmed,
    phone: validators.phoneDigits,
    customId: validators.trimmedOrAbsent,
    countryCode: validators.lowerCase,
    sendPasswordReset: validators.trimmed,
    userType: validators.absentIf("common"),
    forceDestroy: validators.absentIf(false),
    services: personalAvailability,
  },
  // An adoption sends no email.
  assumed: { services: oppositeServices, sendPasswordReset: (declared) => declared },
  property: (field) => propertyOf(field, Object.keys(schema.shape), fieldOwners),
  describe: describeAccount,
  deletion: "deletes the user; the client account stays at Gcore",
  remains: describeAccount,

  create: (api, declared) => createClientUser(api, declared, fields),
  async find(api, declared, createdSince) {
    const member = await findMember(api, declared, createdSince);
    return member && observeMember(api, member, declared.services);
  },
  proves: (api, { email, password }) => auth.canLogIn(api, email, password ?? ""),
  async read(api, id, known) {
    const member = await readMember(api, id, known);
    return member && observeMember(api, member, known.services);
  },
  changes: [
    { properties: ["name", "phone", "lang"], call: "PATCH /iam/users/{userId}", apply: changeProfile },
    { properties: ["email"], needs: "password", call: "PUT /iam/users/{userId}/email", apply: changeEmail },
    {
      properties: ["company", "isTest", "seller", "customId"],
      call: "PATCH /iam/clients/{clientId}",
      apply: (api, change) => changeAccount(api, change.olds.client, change, ["seller", "customId"]),
    },
    {
      properties: ["services"],
      call: "PATCH or DELETE /iam/products/availability/clients/{clientId}",
      apply: changeServices,
    },
    // After the others, because Gcore needs the new password from here on.
    { properties: ["password"], needs: "password", call: "PUT /iam/users/{userId}/password", apply: changePassword },
    // Last: to the new email address, and a failure leaves nothing else undone.
    { properties: ["sendPasswordReset"], call: "POST /iam/auth/reset_password", apply: sendPasswordReset },
  ],
  delete: deleteUser,
  docs: {
    asOfCreation: ["userType", "isActive", "clientAndRoles"],
    lostReply:
      "It is its own by its origin mark; or if this run sent the request and its email address and password log in. With " +
      "`recoveryWindowMinutes`, an account with the declared `customId` that is younger and logs in counts too.",
    permissions:
      "The reseller's API key. What belongs to the user is changed by a token of the user, which the key obtains by " +
      "`GET /iam/auth/jwt/users/{userId}/token`.",
    limits:
      "An email address is unique among all users. A user with API tokens is not deleted while they exist, and one who " +
      "belongs to several accounts is only removed from this one.",
  },
});
