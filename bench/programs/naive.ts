const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

const baseUrl = process.env.GCORE_BASE_URL;
const apiKey = process.env.GCORE_API_KEY;

async function call(method, path, body) {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `apikey ${apiKey}`, "Content-Type": "application/json" },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} failed: ${response.status} ${await response.text()}`);
  }
  const text = await response.text();
  return text ? JSON.parse(text) : {};
}

const clientUserProvider = {
  async create(inputs) {
    const { email, password, name, company } = inputs;
    const user = await call("POST", "/iam/users", { email, password, name, company, user_type: "common" });
    return { id: String(user.id), outs: { ...inputs, ...user } };
  },

  async read(id, props) {
    const user = await call("GET", `/iam/users/${id}`);
    return { id, props: { ...props, ...user } };
  },

  async diff(_id, olds, news) {
    const replaces = [];
    for (const key of ["email", "password", "name"]) {
      if (olds[key] !== news[key]) replaces.push(key);
    }
    return { changes: replaces.length > 0 || olds.company !== news.company, replaces, deleteBeforeReplace: true };
  },

  async update(id, olds, news) {
    await call("PATCH", `/iam/clients/${olds.client}`, { companyName: news.company });
    const user = await call("GET", `/iam/users/${id}`);
    return { outs: { ...news, ...user } };
  },

  async delete(id) {
    await call("DELETE", `/iam/users/${id}`);
  },
};

class ClientUser extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(clientUserProvider, name, { ...args, client: undefined }, opts);
  }
}

const users = JSON.parse(readFileSync(`${__dirname}/users.json`, "utf8"));
for (const user of users) new ClientUser(user.email, { ...user, password: pulumi.secret(user.password) });
