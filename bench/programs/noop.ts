const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

// All four verbs, as every resource has them that can be refreshed, changed and destroyed, and none does anything.
class NoOpProvider {
  async create(inputs) {
    return { id: inputs.email, outs: inputs };
  }

  async read(id, props) {
    return { id, props };
  }

  async update(_id, _olds, news) {
    return { outs: news };
  }

  async delete() {}
}
const provider = new NoOpProvider();

class NoOp extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(provider, name, args, opts);
  }
}

const users = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) new NoOp(user.email, { ...user, password: pulumi.secret(user.password) });
