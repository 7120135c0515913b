import { z } from "zod";
import { ifFound } from "../api/errors";
import * as sellers from "../api/sellers";
import { fromApi, propertyOf, toApi } from "../engine/codec";
import { defineResource } from "../engine/define";
import { equalityBy } from "../engine/equality";
import * as validators from "../engine/inputs";
import { withoutAbsent } from "../engine/properties";
import { resendInvitation } from "./parts/invitations";
import { assertOwnReseller, shownReseller } from "./parts/reseller";
import { sameEmail } from "./parts/user";

/** Inputs of a seller of the reseller. */
export interface SellerInputs {
  /** Email address the seller logs in with, at most 150 characters. Changed in place. */
  email: string;
  /** The seller's full name, at most 255 characters. Changed in place. */
  fullName: string;
  /**
   * Phone number, at most 30 characters: lower-case letters, digits, blanks and `+ - ( ) # , *`. Changed in place. Omitted
   * later: unchanged; an empty text clears it.
   */
  phone?: string;
  /**
   * Any text, such as a date. Another one sends the invitation again, unless the seller has accepted it:
   * `POST /iam/auth/renew_invitation`. Nothing is sent for it at creation, and when it is omitted later.
   */
  resendInvitation?: string;
  /** Adopts this existing seller, by its ID, instead of creating one. Ignored afterwards. */
  adoptId?: string;
}

/** Outputs, which only the API sets. The resource's `id` is the seller's ID. */
export interface SellerOutputs {
  /** ID of the seller, which the input `seller` of a client account takes. */
  sellerId: number;
  /** ID of the reseller. Absent while the reseller has no client account, since only those show it. */
  reseller?: number;
  /** Name of the reseller. */
  resellerName?: string;
  /** The seller's company. */
  company?: string;
  /** Date of registration. */
  dateJoined?: string;
  /** Whether the seller has accepted the invitation. */
  activated?: boolean;
}

const id = { pattern: /^[1-9]\d*$/, form: '"<sellerId>"' };

const phone = z
  .string("must be text")
  .max(30, "must have at most 30 characters")
  .superRefine((value, { addIssue }) => {
    const refused = /[^a-z0-9+\-()#, *]/u.exec(value)?.[0];
    if (refused === undefined) return;
    const allowed = "lower-case letters, digits, blanks and + - ( ) # , *";
    addIssue(`must not contain ${JSON.stringify(refused)}: Gcore accepts ${allowed} only`);
  });

const schema = z.strictObject({
  email: validators.email.max(150, "must have at most 150 characters"),
  fullName: validators.text.max(255, "must have at most 255 characters"),
  phone: phone.nullish(),
  resendInvitation: validators.text.nullish(),
  adoptId: z.string().regex(id.pattern, `must be ${id.form}`).nullish(),
});

const outputs = z.object({
  sellerId: z.number(),
  reseller: z.number().optional(),
  resellerName: z.string().optional(),
  company: z.string().optional(),
  dateJoined: z.string().optional(),
  activated: z.boolean().optional(),
});

const normalize = {
  email: validators.lowerCase,
  fullName: validators.trimmed,
  phone: (value: string) => value.replace(/\s/g, "") || null,
};
const isSame = equalityBy<SellerInputs>({ normalize, clearable: [] });

/** A seller in the terms of the resource. Without a phone it has none. */
function observe(seller: sellers.Seller, reseller: number | undefined) {
  const { email, full_name: fullName, phone = null } = seller;
  return {
    id: String(seller.id),
    inputs: { email, fullName, phone } as Partial<SellerInputs>,
    outputs: withoutAbsent({
      ...fromApi(seller, Object.keys(outputs.shape), { sellerId: "id" }),
      reseller,
    }) as Partial<SellerOutputs>,
  };
}

/** Whether the date is a moment that is not earlier. A date in another form than ISO 8601 with its zone is none. */
const isSince = (date: string | null | undefined, since: Date) =>
  z.iso.datetime({ offset: true }).safeParse(date).success && Date.parse(String(date)) >= since.getTime();

/** The named inputs, with email and full name: the API requires both in each call. */
const fieldsOf = (declared: SellerInputs, names: readonly string[]) =>
  toApi(declared, ["email", "fullName", ...names]) as unknown as sellers.SellerFields;

const describe = ({ sellerId, fullName }: Partial<SellerInputs & SellerOutputs>) =>
  `seller ${sellerId}${fullName ? ` (${fullName})` : ""}`;

/** @internal */
export const seller = defineResource<SellerInputs, SellerOutputs>({
  kind: "Seller",
  noun: "seller",
  shape: "made",
  inputs: schema,
  outputs,
  key: ["email"],
  keyFields: ["email"],
  // Not documented, so a seller is looked up before it is created.
  isUnique: false,
  id,
  fromId: { sellerId: (id) => Number(id) || undefined },
  createOnly: ["adoptId"],
  normalize,
  // An adoption sends no invitation.
  assumed: { resendInvitation: (declared) => declared },
  property: (field) => propertyOf(field, Object.keys(schema.shape)),
  describe,
  deletion: "deletes the seller; its client accounts then have none",

  async create(api, declared) {
    // Before the POST, so that nothing comes between its reply and the state.
    const reseller = await shownReseller(api);
    const created = await sellers.createSeller(api, fieldsOf(declared, ["phone"]));
    return { ...observe(created, reseller), inputs: declared };
  },
  async find(api, { email }, createdSince) {
    // Without the API's filter by email, which may compare the case.
    const all = await sellers.listSellers(api, { deleted: "false" });
    const isMatch = (one: sellers.Seller) =>
      !one.deleted && sameEmail(one.email, email) && (!createdSince || isSince(one.date_joined, createdSince));
    const match = all.find(isMatch);
    return match && observe(match, await shownReseller(api));
  },
  proves: async (_api, declared, found) =>
    found.outputs.activated === false &&
    (["fullName", "phone"] as const).every((name) => isSame(name, declared[name], found.inputs[name])),
  async read(api, id, known) {
    const found = await ifFound(sellers.getSeller(api, Number(id)));
    if (found && !found.deleted) return observe(found, known.reseller ?? (await shownReseller(api)));
    // Of a seller that is not in state a 404 is enough.
    const missing = { what: "the seller", gone: "the seller really was deleted" };
    if (known.sellerId !== undefined) await assertOwnReseller(api, missing, known.reseller, found !== undefined);
    return undefined;
  },
  changes: [
    {
      properties: ["email", "fullName", "phone"],
      call: "PATCH /iam/admin/sellers/{sellerId}",
      apply: async (api, { olds, news, changed }) => {
        await sellers.updateSeller(api, olds.sellerId, fieldsOf(news, changed));
      },
    },
    {
      properties: ["resendInvitation"],
      call: "POST /iam/auth/renew_invitation",
      async apply(api, { olds, news }) {
        const invited = describe({ ...news, sellerId: olds.sellerId });
        if (news.resendInvitation != null) await resendInvitation(api, news.email, invited);
      },
    },
  ],
  delete: (api, { sellerId }) => sellers.deleteSeller(api, sellerId),
  docs: {
    lostReply: "The proof is its date of registration, with an open invitation and the declared name and phone number.",
    permissions: null,
    limits: "Those of the inputs. How many sellers there may be is not documented by Gcore.",
  },
});
