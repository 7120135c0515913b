import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ClientUser, type ClientUserArgs } from "pulumi-gcore-reseller";

const config = new pulumi.Config();
const clients: Record<string, Omit<ClientUserArgs, "password">> = JSON.parse(
  readFileSync(join(__dirname, "clients.json"), "utf8"),
);

const users = Object.entries(clients).map(([name, client]) => {
  const password = config.requireSecret(`${name}Password`);
  return new ClientUser(
    name,
    { ...client, password },
    // An entry lost in a merge deletes no user. After the first login the client manages the password.
    { protect: true, ignoreChanges: ["password"] },
  );
});

export const accounts = Object.fromEntries(
  Object.keys(clients).map((name, i) => [name, { userId: users[i]?.userId, client: users[i]?.client }]),
);
