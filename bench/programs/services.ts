import { readFileSync } from "node:fs";
import { ClientService, ClientUser } from "pulumi-gcore-reseller";

const users = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) {
  const { client } = new ClientUser(user.email, user);
  for (const name of ["CDN", "DNS", "STORAGE"] as const) {
    new ClientService(`${user.email} ${name}`, { client, name, status: "active" });
  }
}
