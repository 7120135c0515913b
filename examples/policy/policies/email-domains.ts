import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { ClientUser, Seller } from "pulumi-gcore-reseller";
import { texts } from "./settings";

/** Who has the address gets the invitation: a mistake in a seller's gives a stranger access to client accounts. */
export const emailDomains: ResourceValidationPolicy = {
  name: "email-domains",
  description: "Email addresses are of domains that are allowed.",
  configSchema: {
    properties: {
      users: texts("Domains of the users of client accounts. Empty: any."),
      sellers: texts("Domains of sellers. Empty: any."),
    },
  },
  validateResource: [
    validateResourceOfType(ClientUser, ({ email }, { getConfig }, report) => {
      const { users } = getConfig<{ users: string[] }>();
      if (!isOf(email, users)) report(`email is ${email}, and not of ${users.join(", ")}.`);
    }),
    validateResourceOfType(Seller, ({ email }, { getConfig }, report) => {
      const { sellers } = getConfig<{ sellers: string[] }>();
      if (!isOf(email, sellers)) report(`email is ${email}, and not of ${sellers.join(", ")}.`);
    }),
  ],
};

const isOf = (email: string, domains: string[]) =>
  domains.length === 0 || domains.some((domain) => email.trim().toLowerCase().endsWith(`@${domain.toLowerCase()}`));
