import { expect, test } from "vitest";
import { clientAccount } from "../../provider/resources/client-account";
import { clientService } from "../../provider/resources/client-service";
import { clientUser } from "../../provider/resources/client-user";
import { freeFeature } from "../../provider/resources/free-feature";
import { paidFeature } from "../../provider/resources/paid-feature";
import { type Declared, startWorld } from "../support/process";

/** A refresh of all kinds that the record of an account shows: they are read from the same pages. */

type Read = { id: string; props: Declared };

const products = ["CDN", "STORAGE", "STREAMING"] as const;

/**
 * A stack of `total` accounts, half of them a ClientUser and half a ClientAccount, each with three services and with a free and
 * a paid feature.
 */
async function startStack(total: number) {
  const world = await startWorld();
  world.api.sandbox.seed(total);
  const process = world.process();
  const accounts = world.api.sandbox.accounts();
  const services = Object.fromEntries(products.map((name) => [name, "trial"] as const));
  for (const { client } of accounts)
    world.api.sandbox.updateClient(client, { services, features: { 61: true, 62: true } });
  const activations = new Map(
    world.api.sandbox.features().map(({ client, feature, id }) => [`${client}/${feature}`, id]),
  );

  const resources = accounts.flatMap(({ client, users, email }, index) => {
    const common = { client, reseller: 1, origin: `pulumi:shop/prod/${client}` };
    const feature = (featureId: number) => {
      const id = `${client}/${featureId}`;
      return { id, kind: featureId, state: { ...common, featureId, activatedFeatureId: activations.get(id) } };
    };
    const service = (name: string, index: number) => {
      const state = { ...common, name, status: "trial", statusNow: "trial", serviceId: client * 10 + index + 1 };
      return { id: `${client}/${name}`, kind: "service", state };
    };
    const user = { id: `${client}/${users[0]?.id}`, kind: "user", state: { ...common, userId: users[0]?.id, email } };
    const account = { id: String(client), kind: "account", state: common };
    return [index % 2 === 0 ? user : account, ...products.map(service), feature(61), feature(62)];
  });
  const verbs = {
    user: process(clientUser),
    account: process(clientAccount),
    service: process(clientService),
    61: process(freeFeature),
    62: process(paidFeature),
  };

  /** Reads all resources, by default eight at a time, as the engine does. */
  const refresh = async (parallel = 8) => {
    const queue = [...resources];
    const results: Read[] = [];
    const worker = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) {
        const read = await verbs[one.kind as keyof typeof verbs].read(one.id, one.state);
        results.push({ id: read.id, props: read.props });
      }
    };
    world.api.calls();
    await Promise.all(Array.from({ length: parallel }, worker));
    return { results, calls: world.api.calls() };
  };
  return { world, resources, refresh };
}

test.each([
  [100, 8, 3],
  [500, 1, 7],
  [500, 8, 7],
  [500, 200, 7],
])("%i accounts with services and features, %i reads at a time: at most %i requests", async (total, parallel, most) => {
  const { resources, refresh } = await startStack(total);
  const { results, calls } = await refresh(parallel);
  expect(results.every(({ props }) => props.reseller === 1)).toBe(true);
  expect(results.map(({ id }) => id).sort()).toEqual(resources.map(({ id }) => id).sort());
  expect(calls.length).toBeLessThanOrEqual(most);
});

test("what a page says is gone is read singly, and nothing else is", async () => {
  const { world, resources, refresh } = await startStack(100);
  world.api.sandbox.updateClient(50_003, { features: { 61: false } });
  world.api.sandbox.updateClient(50_008, { deleted: true });
  const { results, calls } = await refresh();
  const gone = results.filter(({ id }) => id === "");
  // A feature of one account; an account with its services and features.
  expect(gone).toHaveLength(7);
  expect(results).toHaveLength(resources.length);
  const [activation] = resources
    .filter(({ id }) => id === "50003/61")
    .map(({ state }) => Object(state).activatedFeatureId);
  const singly = calls.filter((call) => call !== "GET /iam/clients");
  expect(singly.sort()).toEqual([
    `GET /iam/admin/free_features/${activation}`,
    "GET /iam/clients/50003",
    ...Array(6).fill("GET /iam/clients/50008"),
  ]);
});
