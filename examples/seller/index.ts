import * as pulumi from "@pulumi/pulumi";
import { ClientUser, Seller } from "pulumi-gcore-reseller";

// `pulumi config set --secret initialPassword` prompts for it: the password of the user's first login.
const password = new pulumi.Config().requireSecret("initialPassword");

// Gcore sends each an invitation by email. To send it again, change the text.
const anna = new Seller("anna", {
  email: "anna@reseller.example",
  fullName: "Anna Berg",
  phone: "+49 30 1234567",
  resendInvitation: "2026-01-15",
});
const bert = new Seller("bert", { email: "bert@reseller.example", fullName: "Bert Graf" });

const acme = new ClientUser(
  "acme",
  { email: "it@acme.example", password, company: "Acme Ltd", seller: anna.sellerId },
  { protect: true },
);

export const sellers = pulumi.all([anna.sellerId, bert.sellerId]);
export const account = pulumi.all({ client: acme.client, seller: acme.seller });
