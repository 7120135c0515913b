import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { clientUser } from "../../provider/resources/client-user";
import { defaultProductAvailability } from "../../provider/resources/default-product-availability";
import { transientFaults } from "../support/faults";
import { type Declared, startWorld } from "../support/process";
import { markOf, reconcile, register } from "../support/registration";

/** DefaultProductAvailability: a setting of one reseller, changed where it differs, and never another reseller's. */

const path = "/iam/products/availability/defaults";
const [get, patch, clients] = [`GET ${path}`, `PATCH ${path}`, "GET /iam/clients"];
const product = (productName: string, available: boolean) => ({ productName, available });

/** A reseller with two accounts. By default every product is available but DDOS and CLOUD. */
async function withReseller(accounts = 2) {
  const world = await startWorld({ maxRetries: "3" });
  if (accounts > 0) world.api.sandbox.seed(accounts);
  const declare = (products: unknown, more: Declared = {}): Declared => ({
    products,
    origin: markOf("defaults"),
    __provider: "the serialized provider",
    ...more,
  });
  const start = (environment?: Record<string, string>) => world.process(environment)(defaultProductAvailability);
  const defaults = async (): Promise<Record<string, boolean>> => {
    const { body } = await world.api.send("GET", path);
    return Object.fromEntries(body.map((one: Record<string, never>) => [one.product_name, one.available]));
  };
  const patches = () =>
    world.api.seen
      .splice(0)
      .filter(({ call }) => call === patch)
      .map(({ body }) => Object.values(body as Record<string, unknown>).join(" "));
  return { ...world, declareUser: world.declare, start, declare, defaults, patches };
}

/** The same with CLOUD and DNS declared, of which the default is changed. */
async function withDeclared(more: Declared = {}) {
  const world = await withReseller();
  const declared = world.declare([product("DNS", false), product("CLOUD", true)], more);
  const resource = await register(world.start(), declared);
  world.api.seen.splice(0);
  world.logged.splice(0);
  return { ...world, declared, resource, ...resource };
}

describe("create", () => {
  test("only what differs is changed, what becomes available first; state has the reseller and what was before", async () => {
    const { api, start, declare, patches, defaults } = await withReseller();
    const products = [product("DNS", false), product("CLOUD", true), product("CDN", true), product("DDOS", true)];
    const { id, state } = await register(start(), declare(products));
    expect(api.seen.map(({ call }) => call)).toEqual([clients, get, patch, patch, patch]);
    expect(patches()).toEqual(["CLOUD true", "DDOS true", "DNS false"]);
    expect(id).toBe("default");
    expect(state).toEqual({
      ...declare(products),
      reseller: 1,
      before: { DNS: true, CLOUD: false, CDN: true, DDOS: false },
    });
    expect(await defaults()).toMatchObject({ DNS: false, CLOUD: true, CDN: true, DDOS: true, STREAMING: true });
  });

  test("everything as declared: no PATCH", async () => {
    const { start, declare, patches } = await withReseller();
    await register(start(), declare([product("CLOUD", false), product("CDN", true)]));
    expect(patches()).toEqual([]);
  });

  test("product in use: the others are set, the refusal names what uses it, and up goes on", async () => {
    const { api, start, declare, defaults } = await withReseller();
    api.sandbox.updateClient(50_001, { services: { CDN: "active", DNS: "trial" } });
    const declared = declare([product("CDN", false), product("CLOUD", true)]);
    const error = await start()
      .create(declared)
      .catch((failure) => failure);
    expect(error).toMatchObject({
      id: "default",
      properties: { reseller: 1, before: { CDN: true, CLOUD: false } },
      message: expect.stringMatching(/answered 403: .*active: CDN/),
    });
    expect(error.properties.products).toEqual([product("CDN", true), product("CLOUD", true)]);
    expect(await defaults()).toMatchObject({ CDN: true, CLOUD: true });
    api.sandbox.updateClient(50_001, { services: { CDN: "paused" } });
    const { state } = await reconcile(start(), { id: "default", state: error.properties }, declared);
    expect(state).toMatchObject({ products: declared.products, before: { CDN: true, CLOUD: false } });
    expect(await defaults()).toMatchObject({ CDN: false });
  });

  test.each(transientFaults)("%s at a PATCH: retried", async (_what, fault) => {
    const { start, declare, fault: inject, defaults } = await withReseller();
    inject({ ...fault, method: "PATCH" } as FaultInput);
    await register(start(), declare([product("CLOUD", true), product("DNS", false)]));
    expect(await defaults()).toMatchObject({ CLOUD: true, DNS: false });
  });
});

describe("the reseller of the key", () => {
  test("without accounts: waited for, then an error, and nothing was changed; after the first account it works [advice: firstAccount]", async () => {
    const { api, clock, start, declare, patches, logged } = await withReseller(0);
    const started = clock.now();
    await expect(register(start(), declare([product("CLOUD", true)]))).rejects.toThrow(
      /nothing was changed.*`dependsOn`/,
    );
    expect(patches()).toEqual([]);
    expect(clock.now() - started).toBe(60_000);
    expect(logged[0]).toMatch(/has no client account yet.*waiting for up to 60 s/);
    api.sandbox.seed(1);
    await register(start(), declare([product("CLOUD", true)]));
    expect(patches()).toEqual(["CLOUD true"]);
  });

  test("its first account is created by the same program meanwhile: found, and the defaults are set", async () => {
    const world = await withReseller(0);
    const process = world.process();
    const [{ state }] = await Promise.all([
      register(process(defaultProductAvailability), world.declare([product("CLOUD", true)])),
      world.clock.sleep(5_000).then(() => register(process(clientUser), world.declareUser("acme"))),
    ]);
    expect(state).toMatchObject({ reseller: 1, before: { CLOUD: false } });
    expect(world.patches()).toEqual(["CLOUD true"]);
  });

  test("not shown by any record: an error at once, and nothing was changed", async () => {
    const { api, clock, start, declare, patches } = await withReseller();
    api.sandbox.setAssumptions({ omitClientResellers: true, omitUserReseller: true });
    const started = clock.now();
    await expect(register(start(), declare([product("CLOUD", true)]))).rejects.toThrow(
      /nothing was changed.*does not show/,
    );
    expect([patches(), clock.now()]).toEqual([[], started]);
  });

  test.each([
    [
      "has accounts",
      1,
      /belongs to reseller 1, and the API key to reseller 2: check the API key\. Nothing was changed\./,
    ],
    ["has none", 0, /belongs to reseller 1, and the API key to reseller unknown/],
  ])(
    "another one, which %s: read, update, restore and leave are refused, and its defaults are untouched",
    async (_what, accounts, text) => {
      const { api, start, declared, id, state, defaults } = await withDeclared({ restoreOnDestroy: true });
      if (accounts > 0) api.sandbox.seed(accounts, 2);
      api.sandbox.setApiKeys({ "1234$sandbox-reseller-key": 2 });
      const before = await defaults();
      const refusal = { message: expect.stringMatching(text) };
      await expect(start().read(id, state)).rejects.toMatchObject(refusal);
      const news = { ...declared, products: [product("CDN", false)] };
      await expect(start().update(id, state, news)).rejects.toMatchObject(refusal);
      await expect(start().delete(id, state)).rejects.toMatchObject(refusal);
      await expect(start().delete(id, { ...state, restoreOnDestroy: false })).rejects.toMatchObject(refusal);
      expect(await defaults()).toEqual(before);
      expect(api.calls()).not.toContain(patch);
    },
  );
});

describe("update", () => {
  test("other order, or restoreOnDestroy alone: no PATCH", async () => {
    const { api, start, declared, resource } = await withDeclared();
    const products = [product("CLOUD", true), product("DNS", false)];
    expect(await start().diff("default", resource.state, { ...declared, products })).toEqual({ changes: false });
    const { state } = await reconcile(start(), resource, { ...declared, restoreOnDestroy: true });
    expect(state).toMatchObject({ restoreOnDestroy: true });
    expect(api.calls()).toEqual([]);
  });

  test("product changed, added and removed: only those that differ; `before` gains the added one, loses the removed one", async () => {
    const { start, declared, resource, patches, defaults } = await withDeclared();
    const products = [product("CLOUD", false), product("STORAGE", false), product("CDN", true)];
    const { state } = await reconcile(start(), resource, { ...declared, products });
    expect(patches()).toEqual(["CLOUD false", "STORAGE false"]);
    expect(state).toMatchObject({ products });
    expect(state.before).toEqual({ CLOUD: false, STORAGE: true, CDN: true });
    // What was removed from the list is left as it is.
    expect(await defaults()).toMatchObject({ DNS: false });
  });
});

describe("read", () => {
  test("a default changed outside Pulumi: drift of that product, and up restores it", async () => {
    const { api, start, declared, id, state, patches } = await withDeclared();
    await api.send("PATCH", path, { product_name: "CLOUD", available: false });
    await api.send("PATCH", path, { product_name: "STREAMING", available: false });
    const { inputs, props } = await start().read(id, state);
    expect(inputs).toMatchObject({ products: [product("DNS", false), product("CLOUD", false)] });
    expect(props).toMatchObject({ before: { DNS: true, CLOUD: false }, reseller: 1 });
    await reconcile(start(), { id, state: props }, declared);
    expect(patches()).toEqual(["CLOUD true"]);
  });

  test("get: all products, and no others' state", async () => {
    const { start } = await withReseller();
    const { props } = await start().read("default", {});
    expect((props as Declared).products).toHaveLength(6);
    expect(props).toMatchObject({ reseller: 1 });
    await expect(start().read("1", {})).rejects.toMatchObject({ message: 'id: must be "default", not "1".' });
  });
});

describe("delete", () => {
  test("left as it is, and a line says so", async () => {
    const { api, start, id, state, logged, defaults } = await withDeclared();
    await start().delete(id, state);
    expect(api.calls()).toEqual([clients, get]);
    expect(logged).toEqual([
      "DefaultProductAvailability defaults: the default availability of DNS, CLOUD stays at Gcore.",
    ]);
    expect(await defaults()).toMatchObject({ DNS: false, CLOUD: true });
  });

  test("restoreOnDestroy: what was before, what becomes available first", async () => {
    const { start, id, state, logged, patches } = await withDeclared({ restoreOnDestroy: true });
    await start().delete(id, state);
    expect(patches()).toEqual(["DNS true", "CLOUD false"]);
    expect(logged).toEqual([]);
  });

  test("restoreOnDestroy, product in use: an error that names what uses it; the next destroy restores the rest", async () => {
    const { api, start, id, state, patches, defaults } = await withDeclared({ restoreOnDestroy: true });
    api.sandbox.updateClient(50_001, { services: { CLOUD: "active" } });
    await expect(start().delete(id, state)).rejects.toMatchObject({
      message: expect.stringMatching(/answered 403: .*active: CLOUD/),
    });
    expect(patches()).toEqual(["DNS true", "CLOUD false"]);
    expect(await defaults()).toMatchObject({ DNS: true, CLOUD: true });
    api.sandbox.updateClient(50_001, { services: { CLOUD: "paused" } });
    await start().delete(id, state);
    expect(patches()).toEqual(["CLOUD false"]);
  });

  test("restoreOnDestroy, renamed without alias, and its creation fails: the old one's delete restores nothing", async () => {
    const { start, declared, id, state, patches, fault } = await withDeclared({ restoreOnDestroy: true });
    const process = start();
    const renamed = { ...declared, origin: markOf("renamed") };
    fault({ kind: "status-before", status: 403, method: "GET", path });
    await process.check({}, renamed);
    await expect(process.create(renamed)).rejects.toThrow(/403/);
    // As with `--continue-on-error`, which deletes what the program no longer has all the same.
    await expect(process.delete(id, state)).rejects.toThrow(/is declared by .*renamed: nothing was deleted/);
    expect(patches()).toEqual([]);
  });

  test.each(transientFaults)("restoreOnDestroy, %s: retried, and restored", async (_what, fault) => {
    const { start, id, state, fault: inject, defaults } = await withDeclared({ restoreOnDestroy: true });
    inject({ ...fault, method: "PATCH" } as FaultInput);
    await start().delete(id, state);
    expect(await defaults()).toMatchObject({ DNS: true, CLOUD: false });
  });

  test("killed between the first PATCH and the write of state: `before` is what was set, as the docs say", async () => {
    const { start, declared, defaults } = await withDeclared();
    const { id, state } = await register(start(), { ...declared, restoreOnDestroy: true });
    expect(state).toMatchObject({ before: { DNS: false, CLOUD: true } });
    await start().delete(id, state);
    expect(await defaults()).toMatchObject({ DNS: false, CLOUD: true });
  });
});

describe("check", () => {
  test.each<[unknown, string]>([
    [[product("CDN", true), product("CDN", false)], "products: CDN is listed twice"],
    [[{ productName: "CDN", available: null }], "products[0].available: must be true or false"],
    [[], "products: must list a product"],
    [[product("WAF", true)], "products[0].productName: must be one of CDN, STORAGE, STREAMING, DNS, DDOS, CLOUD"],
  ])("%j: refused at preview", async (products, reason) => {
    const { api, start, declare } = await withReseller();
    expect((await start().check({}, declare(products))).failures).toEqual([{ property: "", reason }]);
    expect(api.calls()).toEqual([]);
  });

  test("two in one program: the second is refused at preview, naming the first", async () => {
    const { start, declare } = await withReseller();
    const provider = start();
    await provider.check({}, declare([product("CDN", true)]));
    const { failures } = await provider.check({}, declare([product("DNS", true)], { origin: markOf("second") }));
    expect(failures).toMatchObject([
      {
        reason: expect.stringMatching(
          /^it belongs to the resource DefaultProductAvailability defaults of this program/,
        ),
      },
    ]);
  });
});
