import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

interface User {
  email: string;
  password: string;
  name: string;
  company: string;
}

// All four verbs of a resource that can be refreshed, changed and destroyed; none of them does any work.
class NoOpProvider implements pulumi.dynamic.ResourceProvider {
  async create(inputs: User) {
    return { id: inputs.email, outs: inputs };
  }

  async read(id: string, props?: User) {
    return { id, props };
  }

  async update(_id: string, _olds: User, news: User) {
    return { outs: news };
  }

  async delete() {}
}
const provider = new NoOpProvider();

class NoOp extends pulumi.dynamic.Resource {
  constructor(name: string, args: pulumi.Inputs) {
    super(provider, name, args);
  }
}

const users: User[] = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) new NoOp(user.email, { ...user, password: pulumi.secret(user.password) });
