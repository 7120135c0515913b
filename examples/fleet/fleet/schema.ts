import { z } from "zod";

/** The format of a fleet file. `npm run schema` writes fleet.schema.json from it, for editors. */

export const products = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"] as const;
export type Product = (typeof products)[number];

/** An object that names the fields that there are when it has another one. */
const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `is not known; there are ${Object.keys(shape).join(", ")}` : "must be a map",
  });

const text = z.string("must be text; put quotes around what looks like a number").regex(/\S/, "must not be empty");
const flag = z.boolean("must be true or false");
const id = z.int().positive();
const email = z.string("must be an email address").regex(/^\s*[^\s@]+@[^\s@]+\s*$/, "must be an email address");

const statuses = ["trial", "active", "paused", "trialend"] as const;
const status = z.enum(statuses, `must be one of ${statuses.join(", ")}`);
const availability = z.boolean("must be true, false or null").nullable();
const ofEachProduct = <T extends z.ZodType>(value: T) =>
  object({ CDN: value, STORAGE: value, STREAMING: value, DNS: value, DDOS: value, CLOUD: value }).partial();

const shared = {
  name: text.nullable().describe("Name of the user, or of the account's contact; null: none."),
  phone: text.nullable().describe("Phone number, in quotes; null: none."),
  lang: z
    .enum(["de", "en", "ru", "zh", "az"], "must be one of de, en, ru, zh, az")
    .describe("Language of the control panel and of emails. Default: Gcore's."),
  customId: text
    .nullable()
    .describe("Your own ID of the account. Default: a mark that names this stack and the account; null: none."),
  seller: z
    .union([id, email], "must be a seller's ID or email address")
    .nullable()
    .describe("The account's seller, by ID or email address; null: none."),
  countryCode: z
    .string("must be text")
    .regex(/^[A-Za-z]{2}$/, "must be two letters, ISO 3166-1 alpha-2")
    .describe("Country, ISO 3166-1 alpha-2. It cannot be changed later."),
  isTest: flag.describe("Marks a test account."),
  products: ofEachProduct(availability).describe(
    "Availability by product: true, false, or null for the reseller's default. What is not listed has the default.",
  ),
  services: ofEachProduct(status).describe("Status by product. What is not listed is left as it is."),
  features: z
    .array(z.union([id, text], "must be a feature's name or ID"), "must be a list")
    .describe("Features that are switched on, by name or ID."),
  protect: flag.describe("Whether Pulumi refuses to delete the user. Default: true."),
  offboard: flag.describe(
    "First step of offboarding: the user can be deleted, and services in use are paused. The second step removes the entry.",
  ),
};

const name = z.string().regex(/^[^\s/:$]+$/, "is no name: it must not contain blanks, /, : or $");

const defaults = object(shared).partial();

const entry = object({
  email: email.describe("Email address that the user logs in with. Without it an existing account is managed alone."),
  company: text.describe("Name of the client's company."),
  adoptId: z
    .union(
      [z.string().regex(/^([1-9]\d*\/)?[1-9]\d*$/), id],
      'must be "<clientId>/<userId>", or "<clientId>" without email',
    )
    .describe('Takes over what exists: "<clientId>/<userId>", or "<clientId>" without email.'),
  formerName: name.describe(
    "Name that the entry had before it was renamed. Without it another name is another account.",
  ),
  sendPasswordReset: text.describe(
    "Any text, such as a date. A new user gets an email to set a password, and another one with another value.",
  ),
  ...shared,
}).partial();

export const fleetFile = object({
  $schema: z.string().optional(),
  defaults: defaults.optional().describe("What an account of this file has unless its entry says otherwise."),
  accounts: z
    .record(
      name.describe("Name of the account in code. It stays when the company is renamed."),
      entry,
      "must be a map of accounts by name",
    )
    .describe("The accounts, by name."),
});

export type FleetFile = z.infer<typeof fleetFile>;
export type Entry = z.infer<typeof entry>;
