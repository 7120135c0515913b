import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { ClientService } from "pulumi-gcore-reseller";
import { isFor, scope } from "./settings";

/** Pausing looks harmless, but Gcore deletes a paused service with all the client's data after some time. */
export const noServiceDeletion: ResourceValidationPolicy = {
  name: "no-service-deletion",
  description: "A client's data is not deleted in production.",
  configSchema: { properties: scope },
  validateResource: validateResourceOfType(ClientService, (service, args, report) => {
    if (!isFor(args, args.getConfig())) return;
    const { status, onDestroy } = service;
    if (status === "paused" || status === "trialend")
      report(
        `status is ${status}: Gcore deletes the service with all its data, Cloud virtual machines after 48 hours.`,
      );
    if (onDestroy === "pause")
      report("onDestroy is pause: Gcore deletes the service with all its data some time after a destroy.");
  }),
};
