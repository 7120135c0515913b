import type { ResourceValidationPolicy } from "@pulumi/policy";
import { ClientAccount, ClientUser } from "pulumi-gcore-reseller";
import { isFor, scope } from "./settings";

/** The mark of a test account is easily left on when an account is copied in code. */
export const noTestAccounts: ResourceValidationPolicy = {
  name: "no-test-accounts",
  description: "Accounts in production are no test accounts.",
  configSchema: { properties: scope },
  validateResource(args, report) {
    if (!isFor(args, args.getConfig())) return;
    const account = args.asType(ClientUser) ?? args.asType(ClientAccount);
    if (account?.isTest) report("isTest is true: leave it out, or move the account to another stack.");
  },
};
