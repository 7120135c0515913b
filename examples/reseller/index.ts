import * as pulumi from "@pulumi/pulumi";
import * as gcore from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of every user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

// A protected resource is never deleted by an edit of this file: `pulumi state unprotect <urn>` comes first.
const protect = true;

// What every new account may use from the start.
new gcore.DefaultProductAvailability("defaults", {
  products: [
    { productName: "CDN", available: true },
    { productName: "STORAGE", available: true },
    { productName: "DDOS", available: false },
  ],
});

// One seller joins with this program. The other one works for the reseller already, and is found by the email address.
const anna = new gcore.Seller("anna", { email: "anna@reseller.example", fullName: "Anna Berg" });
const found = gcore.getSellerOutput({ email: "seller-11@sandbox.example" });

const customCname = gcore.getFeatureOutput({ name: "Custom CNAME", service: "CDN" });
const originShielding = gcore.getFeatureOutput({ name: "Origin shielding", service: "CDN" });

const acme = new gcore.ClientUser(
  "acme",
  { email: "it@acme.example", password, company: "Acme Ltd", seller: anna.sellerId },
  { protect },
);
new gcore.ClientService("acme-cdn", { client: acme.client, name: "CDN", status: "active" });
new gcore.ClientService("acme-storage", { client: acme.client, name: "STORAGE", status: "trial" });
new gcore.FreeFeature("acme-cname", { client: acme.client, featureId: customCname.featureId });
new gcore.PaidFeature("acme-shielding", { client: acme.client, featureId: originShielding.featureId });

const globex = new gcore.ClientUser(
  "globex",
  { email: "ops@globex.example", password, company: "Globex GmbH", seller: found.sellerId, lang: "de" },
  { protect },
);
new gcore.ClientService("globex-cdn", { client: globex.client, name: "CDN", status: "active" });
new gcore.FreeFeature("globex-cname", { client: globex.client, featureId: customCname.featureId });

const initech = new gcore.ClientUser(
  "initech",
  { email: "admin@initech.example", password, company: "Initech Inc", seller: anna.sellerId, isTest: true },
  { protect },
);
new gcore.ClientService("initech-cdn", { client: initech.client, name: "CDN", status: "trial" });

export const accounts = pulumi
  .all(Object.entries({ acme, globex, initech }).map(([name, user]) => pulumi.all([name, user.client, user.seller])))
  .apply((rows) => rows.map(([name, client, seller]) => ({ name, client, seller })));
