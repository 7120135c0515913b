import * as pulumi from "@pulumi/pulumi";
import { ClientUser, getFeatureOutput, PaidFeature } from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of the user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

const acme = new ClientUser("acme", { email: "it@acme.example", password, company: "Acme Ltd" }, { protect: true });

// It costs money from here on, until it is removed from this file.
const shielding = getFeatureOutput({ name: "Origin shielding", service: "CDN" });
const feature = new PaidFeature("acme-shielding", { client: acme.client, featureId: shielding.featureId });

export const activation = pulumi.output({ id: feature.activatedFeatureId, since: feature.createdDate });
