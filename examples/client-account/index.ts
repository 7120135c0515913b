import * as pulumi from "@pulumi/pulumi";
import { ClientAccount, FreeFeature } from "pulumi-gcore-reseller";

// Accounts that were made in the portal, by their IDs: `pulumi config set --path 'clients[0]' 50001`.
const clients = new pulumi.Config().requireObject<number[]>("clients");

// What is not declared keeps its value; null clears. No account is ever deleted.
const accounts = clients.map((id) => {
  const account = new ClientAccount(`account-${id}`, { client: id, seller: 11, phone: null });
  new FreeFeature(`cname-${id}`, { client: account.client, featureId: 61 });
  return account;
});

export const statuses = accounts.map(({ client, status }) => ({ client, status }));
