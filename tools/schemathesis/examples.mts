import type { Sandbox } from "gcore-reseller-sandbox";
import type { Example } from "./schema.mts";

export type Send = (method: string, path: string, authorization: string, body?: unknown) => Promise<unknown>;

/** Who makes the calls, and an example of each of them that succeeds. */
export interface Caller {
  authorization: string;
  examples: Record<string, Example>;
}

const COUNT = 100;
const password = "seed-password";
const seller = { email: "seller@sandbox.example", full_name: "Example", phone: "+352 (1)" };
const token = { name: "example", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };

/** The calls of a reseller, in a sandbox with a hundred accounts, sellers and features. */
export async function reseller(sandbox: Sandbox, send: Send): Promise<Caller> {
  const [key] = Object.keys(sandbox.apiKeys);
  const authorization = `apikey ${key}`;
  const users = sandbox.seed(COUNT);
  const clients = sandbox.accounts().map(({ client }) => client);
  for (const [index, client] of clients.entries()) {
    await send("POST", "/iam/admin/sellers", authorization, { ...seller, email: `seller${index}@sandbox.example` });
    await send("POST", "/iam/admin/free_features", authorization, { client_id: client, feature_id: 63 });
    await send("POST", "/iam/admin/paid_features", authorization, { client_id: client, feature_id: 65 });
  }
  // A user whose membership in a second account can be revoked.
  sandbox.updateUser(nth(users, 3), { clients: [nth(clients, 3), nth(clients, 0)] });
  sandbox.updateClient(nth(clients, 0), { services: { CDN: "active" } });
  const sellers = sandbox.sellers().filter(({ id }) => id > 300);
  const services = (await send("GET", `/iam/clients/${clients[0]}/services`, authorization)) as { id: number }[];
  const idsOf = (records: { id: number }[]) => records.map(({ id }) => id);

  const client = { path: { clientId: choice(clients) } };
  const service = { path: { clientId: choice(clients.slice(0, 1)), serviceId: choice(idsOf(services)) } };
  const activation = (index: number) => ({
    path: { activatedFeatureId: choice(idsOf(sandbox.features().filter(({ kind }) => kind === "free")), index) },
  });
  const oneSeller = (index: number) => ({ path: { sellerId: choice(idsOf(sellers), index) } });
  const feature = { featureId: choice([61, 62, 63, 64, 65, 66]) };
  return {
    authorization,
    examples: {
      "GET /iam/admin/feature": {},
      "GET /iam/admin/feature/{featureId}": { path: feature },
      "GET /iam/admin/free_features": {},
      "POST /iam/admin/free_features": { body: { client_id: clients[0], feature_id: 61 } },
      "GET /iam/admin/free_features/{activatedFeatureId}": activation(0),
      "DELETE /iam/admin/free_features/{activatedFeatureId}": activation(1),
      "GET /iam/admin/paid_features": {},
      "POST /iam/admin/paid_features": { body: { client_id: clients[0], feature_id: 62 } },
      "GET /iam/admin/paid_features/{activatedFeatureId}": activation(0),
      "DELETE /iam/admin/paid_features/{activatedFeatureId}": activation(1),
      "GET /iam/admin/sellers": {},
      "POST /iam/admin/sellers": { body: seller },
      "GET /iam/admin/sellers/{sellerId}": oneSeller(0),
      "PATCH /iam/admin/sellers/{sellerId}": { ...oneSeller(1), body: { ...seller, email: "changed@sandbox.example" } },
      "DELETE /iam/admin/sellers/{sellerId}": oneSeller(2),
      "POST /iam/auth/renew_invitation": { body: { email: "seller0@sandbox.example" } },
      "POST /iam/auth/reset_password": { body: { email: "seller0@sandbox.example" } },
      "GET /iam/auth/jwt/users/{userId}/token": { path: { userId: choice(users) } },
      "GET /iam/clients": {},
      "GET /iam/clients/{clientId}": client,
      "PATCH /iam/clients/{clientId}": { ...client, body: { companyName: "Example", custom_id: null, seller: 301 } },
      "GET /iam/clients/{clientId}/services": client,
      "GET /iam/clients/{clientId}/services/{serviceId}": service,
      "PUT /iam/clients/{clientId}/services/{serviceId}": { ...service, body: { status: "paused", enabled: true } },
      "GET /iam/products/availability/clients/{clientId}": client,
      "PATCH /iam/products/availability/clients/{clientId}": {
        ...client,
        body: { product_name: "DDOS", available: true },
      },
      "DELETE /iam/products/availability/clients/{clientId}": { ...client, body: { product_names: ["DDOS"] } },
      "GET /iam/products/availability/defaults": {},
      "PATCH /iam/products/availability/defaults": { body: { product_name: "CLOUD", available: true } },
      "POST /iam/users": { body: { email: "example@sandbox.example", password, company: "Example" } },
      "GET /iam/users/{userId}": { path: { userId: choice(users) } },
      "DELETE /iam/users/{userId}": { path: { userId: choice(users, 1) } },
      "DELETE /iam/clients/{clientId}/client-users/{userId}": {
        path: { clientId: choice(clients), userId: choice(users, 3) },
      },
    },
  };
}

/** The calls of a user, with the user's token; a reseller may not make them. */
export async function user(sandbox: Sandbox, send: Send): Promise<Caller> {
  const [user] = sandbox.seed(1);
  const [account] = sandbox.accounts();
  const login = { username: account?.email, password };
  const { access } = (await send("POST", "/iam/auth/jwt/login", "", login)) as { access: string };
  const authorization = `Bearer ${access}`;
  const tokens: number[] = [];
  while (tokens.length < COUNT) {
    const { id } = (await send("POST", `/iam/v2/clients/${account?.client}/tokens`, authorization, token)) as {
      id: number;
    };
    tokens.push(id);
  }

  const self = { path: { userId: choice([user ?? 0]) } };
  const own = { clientId: choice([account?.client ?? 0]) };
  return {
    authorization,
    examples: {
      "POST /iam/auth/jwt/login": { open: true, body: login },
      "PATCH /iam/users/{userId}": { ...self, body: { name: "Ada", lang: "de" } },
      "PUT /iam/users/{userId}/email": { ...self, body: { new_email: "new@sandbox.example", password } },
      "PUT /iam/users/{userId}/password": { ...self, body: { old: password, new: password, double: password } },
      "GET /iam/v2/clients/{clientId}/tokens": { path: own },
      "POST /iam/v2/clients/{clientId}/tokens": { path: own, body: token },
      "GET /iam/v2/clients/{clientId}/tokens/{tokenId}": { path: { ...own, tokenId: choice(tokens) } },
      "DELETE /iam/v2/clients/{clientId}/tokens/{tokenId}": { path: { ...own, tokenId: choice(tokens, 1) } },
    },
  };
}

/** All ids that exist, and the one for the example. */
function choice(all: number[], index = 0) {
  return { value: nth(all, index), all };
}

function nth(ids: number[], index: number): number {
  const id = ids[index];
  if (id === undefined) throw new Error(`there is no id ${index} of ${ids.length}`);
  return id;
}
