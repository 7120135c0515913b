import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { ClientUser } from "pulumi-gcore-reseller";
import { isFor, type Scope, scope, texts } from "./settings";

/** Taxes and contracts depend on the country, and Gcore has no call that sets it later. */
export const countryCode: ResourceValidationPolicy = {
  name: "country-code",
  description: "A new account declares its country, one that is served.",
  configSchema: {
    properties: { ...scope, countries: texts("Countries that are served, ISO 3166-1 alpha-2. Empty: any.") },
  },
  validateResource: validateResourceOfType(ClientUser, (user, args, report) => {
    const { countries, ...scope } = args.getConfig<Scope & { countries: string[] }>();
    // An existing account keeps the country that it has.
    if (!isFor(args, scope) || user.adoptId != null) return;
    const country = user.countryCode?.toUpperCase();
    if (country === undefined) report("countryCode is missing, and cannot be set later.");
    else if (countries.length > 0 && !countries.includes(country))
      report(`countryCode is ${country}, and not one of ${countries.join(", ")}.`);
  }),
};
