import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Resource } from "@pulumi/pulumi";
import {
  ClientAccount,
  ClientService,
  ClientUser,
  DefaultProductAvailability,
  FreeFeature,
  PaidFeature,
  Seller,
} from "pulumi-gcore-reseller";
import { isFor, type Scope, scope } from "./settings";

const classes = {
  ClientAccount,
  ClientService,
  ClientUser,
  DefaultProductAvailability,
  FreeFeature,
  PaidFeature,
  Seller,
};

/** A line that is lost in a merge then stops a deployment, instead of deleting a customer's user. */
export const protectedResources: ResourceValidationPolicy = {
  name: "protected",
  description: "What an edit must not delete is protected.",
  configSchema: {
    properties: {
      ...scope,
      kinds: {
        type: "array",
        items: { type: "string", enum: Object.keys(classes) },
        description: "Kinds of resources to protect.",
        default: ["ClientUser"],
      },
    },
  },
  validateResource(args, report) {
    const { kinds, ...scope } = args.getConfig<Scope & { kinds: (keyof typeof classes)[] }>();
    if (args.opts.protect || !isFor(args, scope)) return;
    const kind = kinds.find((kind) => args.isType<Resource>(classes[kind]));
    if (kind) report(`This ${kind} has no protect: true. To delete it, add ${args.name} to the policy's exceptions.`);
  },
};
