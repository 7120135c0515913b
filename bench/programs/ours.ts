import { readFileSync } from "node:fs";
import { ClientUser } from "pulumi-gcore-reseller";

const users = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) new ClientUser(user.email, user);
