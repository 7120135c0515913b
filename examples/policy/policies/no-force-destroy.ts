import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { ClientUser } from "pulumi-gcore-reseller";
import { isFor, scope } from "./settings";

/** A user with API tokens has programs that work with them; without forceDestroy such a user cannot be deleted. */
export const noForceDestroy: ResourceValidationPolicy = {
  name: "no-force-destroy",
  description: "A user with API tokens is not deleted in production.",
  configSchema: { properties: scope },
  validateResource: validateResourceOfType(ClientUser, (user, args, report) => {
    if (isFor(args, args.getConfig()) && user.forceDestroy)
      report("forceDestroy is true: a destroy would delete the user's API tokens, too.");
  }),
};
