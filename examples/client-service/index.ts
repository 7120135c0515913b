import * as pulumi from "@pulumi/pulumi";
import { ClientService, ClientUser } from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of the user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

const acme = new ClientUser("acme", { email: "it@acme.example", password, company: "Acme Ltd" }, { protect: true });

// Destroying a service leaves it as it is at Gcore, unless `onDestroy` declares otherwise.
const cdn = new ClientService("acme-cdn", { client: acme.client, name: "CDN", available: true, status: "active" });

// A trial that has ended stays so: each refresh reports it, and the service is changed by an edit of this file only.
const dns = new ClientService("acme-dns", { client: acme.client, name: "DNS", status: "trial" });

// Not to be activated by the client.
new ClientService("acme-cloud", { client: acme.client, name: "CLOUD", available: false });

export const account = acme.client;
export const services = { cdn: cdn.statusNow, dns: dns.statusNow, trialBegan: dns.start };
