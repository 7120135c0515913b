import * as pulumi from "@pulumi/pulumi";
import { ClientUser } from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of every user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

// A protected resource is never deleted by an edit of this file: `pulumi state unprotect <urn>` comes first.
const protect = true;

const acme = new ClientUser("acme", { email: "it@acme.example", password, company: "Acme Ltd" }, { protect });

const globex = new ClientUser(
  "globex",
  {
    email: "ops@globex.example",
    password,
    company: "Globex GmbH",
    name: "Hanna Graf",
    phone: "+49 30 1234567",
    lang: "de",
    countryCode: "DE",
    services: [
      { productName: "CDN", available: true },
      { productName: "CLOUD", available: false },
    ],
  },
  { protect },
);

const initech = new ClientUser(
  "initech",
  {
    email: "admin@initech.example",
    password,
    company: "Initech Inc",
    customId: "crm-4711",
    isTest: true,
    seller: 11,
  },
  { protect },
);

export const accounts = pulumi
  .all(
    Object.entries({ acme, globex, initech }).map(([name, user]) =>
      pulumi.all([name, user.email, user.userId, user.client]),
    ),
  )
  .apply((rows) => rows.map(([name, email, userId, client]) => ({ name, email, userId, client })));
