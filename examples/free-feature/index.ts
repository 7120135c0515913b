import * as pulumi from "@pulumi/pulumi";
import { ClientUser, FreeFeature, getFeatureOutput } from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of the user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

const acme = new ClientUser("acme", { email: "it@acme.example", password, company: "Acme Ltd" }, { protect: true });

// The name, and not the ID, is what a reader knows.
const cname = getFeatureOutput({ name: "Custom CNAME", service: "CDN" });
const feature = new FreeFeature("acme-cname", { client: acme.client, featureId: cname.featureId });

export const activation = pulumi.output({ id: feature.activatedFeatureId, name: feature.featureName });
