import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const baseUrl = process.env.GCORE_BASE_URL;
const apiKey = process.env.GCORE_API_KEY;

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `apikey ${apiKey}`, "Content-Type": "application/json" },
    body: body ? JSON.stringify(body) : null,
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} failed: ${response.status} ${await response.text()}`);
  }
  const text = await response.text();
  return text ? JSON.parse(text) : {};
}

interface User {
  email: string;
  password: string;
  name: string;
  company: string;
}

interface ClientUserState extends User {
  client: number;
}

class ClientUserProvider implements pulumi.dynamic.ResourceProvider {
  async create(inputs: User) {
    const { email, password, name, company } = inputs;
    const user = await call("POST", "/iam/users", { email, password, name, company, user_type: "common" });
    return { id: String(user.id), outs: { ...inputs, ...user } };
  }

  async read(id: string, props?: ClientUserState) {
    const user = await call("GET", `/iam/users/${id}`);
    return { id, props: { ...props, ...user } };
  }

  async diff(_id: string, olds: ClientUserState, news: User) {
    const replaces: string[] = [];
    for (const key of ["email", "password", "name"] as const) {
      if (olds[key] !== news[key]) replaces.push(key);
    }
    return { changes: replaces.length > 0 || olds.company !== news.company, replaces, deleteBeforeReplace: true };
  }

  async update(id: string, olds: ClientUserState, news: User) {
    await call("PATCH", `/iam/clients/${olds.client}`, { companyName: news.company });
    const user = await call("GET", `/iam/users/${id}`);
    return { outs: { ...news, ...user } };
  }

  async delete(id: string) {
    await call("DELETE", `/iam/users/${id}`);
  }
}
const provider = new ClientUserProvider();

class ClientUser extends pulumi.dynamic.Resource {
  declare readonly client: pulumi.Output<number>;

  constructor(name: string, args: pulumi.Inputs) {
    super(provider, name, { ...args, client: undefined });
  }
}

const users: User[] = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) new ClientUser(user.email, { ...user, password: pulumi.secret(user.password) });
