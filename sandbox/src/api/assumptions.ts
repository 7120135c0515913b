import { z } from "zod";

/** Answers to the questions about Gcore that the contract leaves open; sandbox/README.md has a table of them. */
export const Assumptions = z.strictObject({
  /** The maximum length of `custom_id`, in characters; a longer one is a 400 that names it. Null: no maximum. */
  customIdMaxLength: z.int().min(1).nullable().default(null),
  /** The maximum of `limit` in lists that come in pages; a higher one is reduced to it. Null: no maximum. */
  maxPageSize: z.int().min(1).nullable().default(null),
  /** Whether `PUT /iam/users/{userId}/password` refuses a new password that equals the old one. */
  rejectSamePassword: z.boolean().default(false),
  /** The status of a refused email address that is in use already. */
  duplicateEmailStatus: z.literal([400, 409]).default(400),
  /** Whether users have no `reseller`. */
  omitUserReseller: z.boolean().default(false),
  /** Whether client accounts have no `resellers`. */
  omitClientResellers: z.boolean().default(false),
  /** Whether pages of lists have no `count`. */
  omitCount: z.boolean().default(false),
  /** Whether ids are texts. */
  idsAsText: z.boolean().default(false),
  /** The body of a 404: none, JSON, or an HTML page as a gateway sends it. */
  notFoundBody: z.enum(["empty", "json", "html"]).default("empty"),
  /** The content encoding of replies, whatever the request accepts. */
  compression: z.enum(["none", "gzip", "br"]).default("none"),

  /** Whether the email address of a seller is unique, over all sellers and users. */
  uniqueSellerEmail: z.boolean().default(true),
  /** Whether the email address of a deleted seller may be used again. */
  deletedSellerFreesEmail: z.boolean().default(true),
  /** How the filter `email` of sellers compares: whole texts without regard to case, exactly, or parts of them. */
  sellerEmailFilter: z.enum(["whole", "exactCase", "part"]).default("whole"),
  /** The form of `date_joined`: ISO 8601, or a text with the day first, which `Date.parse` misreads. */
  sellerDateJoined: z.enum(["iso", "text"]).default("iso"),

  /** How long a service is `activating`, in seconds. */
  activationSeconds: z.number().min(0).default(0),
  /** The status after `activating`; `activating` itself: it never ends. */
  activationEndsIn: z.enum(["active", "activating", "paused", "trialend"]).default("active"),
  /** How long a service is in `trial`, in days. */
  trialDays: z.number().positive().default(14),
  /** How long a service is `trialend` or `paused` before it is `deleted`, in days. Null: 2 for STORAGE and CLOUD, else 90. */
  deletionDays: z.number().positive().nullable().default(null),
  /** Whether asking for `trial` again, in `trial` or `trialend`, starts another trial; else it changes nothing, or is a 400. */
  trialRestarts: z.boolean().default(false),
  /** What `PUT …/services/{serviceId}` without `options` does to them. */
  omittedOptions: z.enum(["kept", "reset"]).default("kept"),
  /** What `PUT …/services/{serviceId}` with some `options` does to the others. */
  unlistedOptions: z.enum(["kept", "reset"]).default("kept"),
  /** Whether an account has all services from the start; else only those of products that are available to it. */
  allServicesExist: z.boolean().default(true),
  /** Whether a reseller's key may change services; else that is a 403. */
  resellerChangesServices: z.boolean().default(true),
  /** Whether a product must be available to the client before its service can be in `trial` or `active`. */
  statusNeedsAvailability: z.boolean().default(true),
  /** What `serviceStatuses.….enabled` says: the product is available and the service enabled, or only one of them. */
  listedEnabled: z.enum(["both", "available", "service"]).default("both"),
  /** Whether `serviceStatuses` leaves out services that are `new`. */
  omitNewServices: z.boolean().default(false),
  /** The `start` of a service that was never in trial: when the account was created, or null. */
  trialStart: z.enum(["creation", "null"]).default("creation"),

  /** Whether client accounts list no features, although they have some. */
  omitListedFeatures: z.boolean().default(false),
  /** What a second activation of a feature is: a 400, the first one again, or a second one. */
  repeatedFeature: z.enum(["refused", "same", "second"]).default("refused"),
  /** Whether the calls for free features take paid ones too, and the other way round; else that is a 400. */
  eitherFeatureCall: z.boolean().default(false),
});
export type Assumptions = z.output<typeof Assumptions>;
/** Assumptions to change; the others keep their value. */
export type AssumptionChanges = z.input<typeof Assumptions>;

export const defaultAssumptions: Assumptions = Assumptions.parse({});
