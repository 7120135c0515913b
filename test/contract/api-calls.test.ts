import { expect, test } from "vitest";
import * as auth from "../../provider/api/auth";
import * as availability from "../../provider/api/availability";
import { readClient } from "../../provider/api/client-pages";
import * as clients from "../../provider/api/clients";
import * as features from "../../provider/api/features";
import { renewInvitation } from "../../provider/api/invitations";
import { getResellerId } from "../../provider/api/reseller";
import * as sellers from "../../provider/api/sellers";
import * as services from "../../provider/api/services";
import * as tokens from "../../provider/api/tokens";
import { type Api, openApi } from "../../provider/api/transport";
import * as users from "../../provider/api/users";
import { readSettings } from "../../provider/config";
import { apiFunctions } from "../../tools/contract/api-calls.mts";
import { startApi } from "../support/api";
import operations from "./operations.json";

/** Each function of provider/api sends the calls that its docstring names, and reads their replies. */

interface Account {
  api: Api;
  client: number;
  userId: number;
  bearer: string;
  /** The service CDN. */
  service: services.Service;
  seller: sellers.Seller;
  free: features.Feature;
  paid: features.Feature;
  /** Creates an API token of the user and returns its ID. */
  createToken(): Promise<number>;
}

const user = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
const seller = { email: "anna@seller.example", full_name: "Anna" };

async function activation(calls: typeof features.freeFeatures, { api, client }: Account, featureId: number) {
  const { id } = await calls.enable(api, client, featureId);
  expect(await calls.get(api, id)).toMatchObject({ id, client_id: client, feature_id: featureId });
  await calls.disable(api, client, id);
}

const calls: Record<string, (account: Account) => Promise<unknown>> = {
  getUserToken: ({ api, userId }) => auth.getUserToken(api, userId),
  canLogIn: ({ api }) => auth.canLogIn(api, user.email, user.password),
  resetPassword: ({ api }) => auth.resetPassword(api, user.email),
  getDefaultAvailability: ({ api }) => availability.getDefaultAvailability(api),
  setDefaultAvailability: ({ api }) => availability.setDefaultAvailability(api, "CLOUD", true),
  getAvailability: ({ api, client }) => availability.getAvailability(api, client),
  setAvailability: ({ api, client }) => availability.setAvailability(api, client, "CLOUD", true),
  resetAvailability: ({ api, client }) => availability.resetAvailability(api, client, ["CLOUD"]),
  readClient: ({ api, client }) => Promise.all([0, 1, 2].map(() => readClient(api, client, () => false))),
  getClient: ({ api, client }) => clients.getClient(api, client),
  listClients: ({ api }) => clients.listClients(api, { limit: 1, offset: 0 }),
  listClientsByEmail: ({ api }) => clients.listClientsByEmail(api, user.email),
  updateClient: ({ api, client }) =>
    clients.updateClient(api, client, { email: "office@acme.example", name: "Ada", phone: null }),
  listFeatures: ({ api }) => features.listFeatures(api),
  getFeature: ({ api, free }) => features.getFeature(api, free.id),
  freeFeatures: (account) => activation(features.freeFeatures, account, account.free.id),
  paidFeatures: (account) => activation(features.paidFeatures, account, account.paid.id),
  renewInvitation: ({ api }) => renewInvitation(api, seller.email),
  getResellerId: ({ api }) => getResellerId(api),
  createSeller: ({ api }) => sellers.createSeller(api, { ...seller, email: "bo@seller.example" }),
  listSellers: ({ api }) => sellers.listSellers(api, { deleted: "false" }),
  getSeller: ({ api, seller: { id } }) => sellers.getSeller(api, id),
  updateSeller: ({ api, seller: { id } }) => sellers.updateSeller(api, id, { ...seller, phone: "+352 208" }),
  deleteSeller: ({ api, seller: { id } }) => sellers.deleteSeller(api, id),
  listServices: ({ api, client }) => services.listServices(api, client),
  getService: ({ api, client, service }) => services.getService(api, client, service.id),
  updateService: ({ api, client, service }) => services.updateService(api, client, service.id, { status: "trial" }),
  listUserTokens: ({ api, bearer, client, userId }) => tokens.listUserTokens(api, bearer, client, userId),
  deleteToken: async ({ api, bearer, client, createToken }) =>
    tokens.deleteToken(api, bearer, client, await createToken()),
  createUser: ({ api }) => users.createUser(api, { ...user, email: "it@bolt.example" }),
  getUser: ({ api, userId }) => users.getUser(api, userId),
  updateUser: ({ api, bearer, ...ids }) => users.updateUser(api, bearer, ids, { name: "Ada" }),
  changeEmail: ({ api, bearer, ...ids }) => users.changeEmail(api, bearer, ids, "new@acme.example", user.password),
  changePassword: ({ api, bearer, userId }) => users.changePassword(api, bearer, userId, user.password, "pass-W0rd-2"),
  deleteUser: ({ api, ...ids }) => users.deleteUser(api, ids),
  removeUserFromClient: ({ api, ...ids }) => users.removeUserFromClient(api, ids),
};

const templates = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.replaceAll(/\{\w+\}/g, "\\d+")}$`),
}));
const templateOf = (call: string) => templates.find(({ pattern }) => pattern.test(call))?.operation ?? call;

async function startAccount() {
  const { env, calls, sendAsUser } = await startApi();
  const open = () => openApi(readSettings(() => undefined, env));
  const api = open();
  const { id: userId, client } = await users.createUser(api, user);
  const catalogue = await features.listFeatures(api);
  const [service, free, paid] = [
    (await services.listServices(api, client)).find(({ name }) => name === "CDN"),
    catalogue.find(({ is_free }) => is_free === true),
    catalogue.find(({ is_free }) => is_free === false),
  ];
  if (!service || !free || !paid) throw new Error("the sandbox has no service CDN, or no free or no paid feature");
  const existing = await sellers.createSeller(api, seller);
  const bearer = await auth.getUserToken(api, userId);
  calls();
  const createToken = async () => {
    const body = { name: "deploy", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
    return (await sendAsUser(userId, "POST", `/iam/v2/clients/${client}/tokens`, body)).body.id;
  };
  // Another Api than above, so that nothing is known from an earlier call.
  return {
    account: { api: open(), client, userId, bearer, service, seller: existing, free, paid, createToken },
    calls,
  };
}

const documented = apiFunctions();

test("the table of calls: has every function that names a call", () => {
  const names = documented.map(({ name }) => name).sort();
  expect(Object.keys(calls).sort(), "calls in this file: a row for each function").toEqual(names);
});

test.each(documented)("$file, $name: sends what its docstring names", async ({ name, operations }) => {
  const { account, calls: sent } = await startAccount();
  await calls[name]?.(account);
  expect([...new Set(sent().map(templateOf))].sort()).toEqual([...operations].sort());
});
