import { z } from "zod";

/** What the API accepts, as the contract states it. Any other field of a body is refused by name. */

export const productNames = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"] as const;
export const ProductName = z.enum(productNames);
export type ProductName = z.infer<typeof ProductName>;

export const ServiceStatus = z.enum(["new", "trial", "trialend", "active", "paused", "activating", "deleted"]);
export type ServiceStatus = z.infer<typeof ServiceStatus>;

export const ClientStatus = z.enum([
  "new",
  "trial",
  "trialend",
  "active",
  "integration",
  "paused",
  "preparation",
  "ready",
]);

export type ClientStatus = z.infer<typeof ClientStatus>;
export const ClientType = z.enum(["common", "reseller", "sales"]);
export const SignupProcess = z.enum(["sign_up_full", "sign_up_simple"]);

const Language = z.enum(["de", "en", "ru", "zh", "az"]);

/** The user groups that exist, by id. */
export const groups = new Map([
  [1, "Administrators"],
  [2, "Users"],
  [5, "Engineers"],
  [3009, "Purge and Prefetch only (API+Web)"],
  [3022, "Purge and Prefetch only (API)"],
]);

export const notBlank = z.string().refine((text) => text.trim() !== "", "This field may not be blank.");
const validEmail = z.email("Enter a valid email address.");
const email = notBlank.pipe(validEmail);
const password = notBlank.pipe(z.string().min(8, "This password is too short: at least 8 characters."));
export const countryCode = z.string().regex(/^[A-Z]{2}$/, "Not an ISO 3166-1 alpha-2 code.");

export const CreateUser = z.strictObject({
  email,
  password,
  company: notBlank,
  user_type: z.literal("common").optional(),
  name: z.string().optional(),
  phone: z.string().optional(),
  seller: z.int().optional(),
  services: z
    .array(z.strictObject({ product_name: ProductName, available: z.boolean().nullish() }))
    .refine((services) => new Set(services.map((service) => service.product_name)).size === services.length, {
      error: "A product may be listed only once.",
    })
    .optional(),
  lang: Language.optional(),
  custom_id: z.string().optional(),
  country_code: countryCode.optional(),
  is_test: z.boolean().optional(),
});
export type CreateUser = z.infer<typeof CreateUser>;

export const UpdateClient = z.strictObject({
  email: email.optional(),
  companyName: notBlank.optional(),
  custom_id: z.string().nullish(),
  name: z.string().nullish(),
  phone: z.string().nullish(),
  reseller: z.int().optional(),
  seller: z.int().nullish(),
  is_test: z.boolean().optional(),
});
export type UpdateClient = z.infer<typeof UpdateClient>;

export const NewSeller = z.strictObject({
  email: notBlank.max(150).pipe(validEmail),
  full_name: notBlank.max(255),
  phone: z
    .string()
    .max(30)
    .regex(/^[a-z0-9+\-()#, *]*$/, "Only lower case letters, digits, blanks and + - ( ) # , * are allowed.")
    .optional(),
});
export type NewSeller = z.infer<typeof NewSeller>;

/** To whom an email is sent. */
export const EmailTo = z.strictObject({ email });

export const ServiceOption = z.strictObject({
  id: z.int().nullable(),
  value: z.string(),
  value_type: z.enum(["int", "str", "utctimestamp", "json", "bool"]),
  name: z.string(),
  category: z.string(),
  description: z.string(),
  title: z.string(),
});
export type ServiceOption = z.infer<typeof ServiceOption>;

export const UpdateService = z.strictObject({
  status: ServiceStatus,
  enabled: z.boolean().optional(),
  options: z.array(ServiceOption).optional(),
  status_transition_options: z.array(ServiceOption).optional(),
});

export const ActivateFeature = z.strictObject({ client_id: z.int(), feature_id: z.int() });

export const UpdateUser = z.strictObject({
  email: email.optional(),
  name: z.string().nullish(),
  lang: Language.optional(),
  phone: z.string().nullish(),
});
export type UpdateUser = z.infer<typeof UpdateUser>;

export const UpdateEmail = z.strictObject({ new_email: email, password: notBlank });
export const ChangePassword = z.strictObject({ old: notBlank, new: password, double: notBlank });

export const Login = z.strictObject({
  username: notBlank,
  password: notBlank,
  one_time_password: z.string().optional(),
});

export const SetAvailability = z.strictObject({ product_name: ProductName, available: z.boolean() });
export const ResetAvailability = z.strictObject({ product_names: z.array(ProductName) });

export const NewToken = z.strictObject({
  name: notBlank,
  description: z.string().optional(),
  exp_date: z.iso.datetime({ offset: true }).nullable(),
  client_user: z.strictObject({
    role: z.strictObject({ id: z.int().optional(), name: z.string().optional() }).optional(),
  }),
});
export type NewToken = z.infer<typeof NewToken>;
