import { expect, test } from "vitest";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";

/** What exactly is in state after each verb: nothing that was not declared or shown, and nothing lost. */

const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
const { kind: _, ...declared } = acme;
const mark = "pulumi:shop/prod/acme";
/** In every state: what the API shows of the user, and what the engine keeps. */
const always = {
  client: 50_001,
  userId: 8001,
  reseller: 1,
  groups: [{ id: 1, name: "Administrators" }],
  activated: true,
  deleted: false,
  ssoAuth: false,
  twoFa: false,
  authTypes: ["password"],
  origin: mark,
  __provider: "the serialized provider",
};
/** Shown by the reply to the create alone. */
const asOfCreation = {
  userType: "common",
  isActive: true,
  clientAndRoles: [expect.objectContaining({ userId: 8001 })],
};

async function setUp(more?: Declared) {
  const world = await startWorld();
  const stack = memoryStack(world);
  if (more) await stack.up({ acme: { ...acme, ...more } });
  return { ...world, stack, state: () => stack.resources.get("acme")?.state };
}

const services = [{ productName: "CDN", available: false }];
const all = { name: "Anna", countryCode: "DE", forceDestroy: true, services };

test("created: what is declared, and the mark", async () => {
  const { state } = await setUp({ ...all, phone: null });
  expect(state()).toEqual({ ...always, ...asOfCreation, ...declared, ...all, customId: mark });
});

test("changed outside: what is declared is as Gcore has it, except for its spelling; what is not declared stays out", async () => {
  const { api, stack, state } = await setUp(all);
  api.sandbox.updateUser(8001, { name: null, phone: "+49", lang: "de", email: "IT@acme.example" });
  const change = { companyName: "Acme SE", seller: 12, is_test: true, custom_id: "crm-9", country_code: "FR" };
  api.sandbox.updateClient(50_001, change);
  expect(await stack.refresh()).toEqual(["acme"]);
  const { name: _, ...others } = all;
  const found = { company: "Acme SE", customId: "crm-9", observed: { countryCode: "FR" } };
  expect(state()).toEqual({ ...always, ...asOfCreation, ...declared, ...others, ...found });

  // As before outside: nothing of it is left.
  const before = { companyName: "Acme", custom_id: mark, country_code: "de" };
  api.sandbox.updateClient(50_001, before);
  api.sandbox.updateUser(8001, { name: "Anna" });
  await stack.refresh();
  await stack.up({ acme: { ...acme, ...all } });
  expect(await stack.refresh()).toEqual([]);
  expect(state()).toEqual({ ...always, ...asOfCreation, ...declared, ...all, customId: mark });
});

test("account of another stack by now: the state keeps its own mark", async () => {
  const { api, stack, state } = await setUp();
  await stack.up({ acme });
  api.sandbox.updateClient(50_001, { custom_id: "pulumi:shop/dev/acme", companyName: "Acme SE" });
  expect(await stack.refresh()).toEqual(["acme"]);
  expect(state()).toEqual({ ...always, ...asOfCreation, ...declared, company: "Acme SE", customId: mark });
});

test("user deleted outside: as before, and marked as deleted", async () => {
  const { api, stack, state } = await setUp(all);
  await api.send("DELETE", "/iam/users/8001");
  expect(await stack.refresh()).toEqual(["acme"]);
  const before = { ...always, ...asOfCreation, ...declared, ...all, customId: mark };
  expect(state()).toEqual({ ...before, deleted: true });
});

test("read by `get`: all that Gcore shows, no password, and no origin", async () => {
  const { api, start } = await setUp(all);
  api.sandbox.updateClient(50_001, { seller: 12 });
  const { origin: _, __provider, ...outputs } = always;
  const { password, ...shown } = { ...declared, name: "Anna", countryCode: "DE" };
  const inputs = { ...shown, lang: "en", isTest: false, seller: 12, customId: mark };
  const props = { ...outputs, ...inputs };
  for (const id of ["50001/8001", "8001"])
    expect(await start().read(id, {})).toEqual({ id: "50001/8001", props: expect.objectContaining(props), inputs });
});

test("an adoption, and an update, of which one call is refused: what the others have reached", async () => {
  const { api, fault, stack, state } = await setUp();
  api.sandbox.seed(1);
  const refuse = () => fault({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/clients/*" });
  const seeded = { email: "seed-1@sandbox.example", password: declared.password, name: "Anna" };
  const adoption = { ...acme, ...seeded, adoptId: "50001/8001" };
  refuse();
  await expect(stack.up({ acme: adoption })).rejects.toThrow(/403/);
  expect(state()).toEqual({ ...always, ...seeded, company: "Seed 1" });

  await stack.up({ acme: adoption });
  const adopted = { ...always, ...declared, ...seeded, customId: mark };
  expect(state()).toEqual({ ...adopted, adoptId: "50001/8001" });

  refuse();
  const change = { name: "Berta", company: "Acme SE", phone: "+49" };
  await expect(stack.up({ acme: { ...adoption, ...change } })).rejects.toThrow(/403/);
  expect(state()).toEqual({ ...adopted, adoptId: "50001/8001", name: "Berta", phone: "+49" });
});

test("an input that no call needs: in state without a request", async () => {
  const { api, stack, state } = await setUp({});
  const before = state();
  api.calls();
  await stack.up({ acme: { ...acme, forceDestroy: true } });
  expect(api.calls()).toEqual([]);
  expect(state()).toEqual({ ...before, forceDestroy: true });
});

test("an update whose first call is refused: nothing is changed, so the state is the old one", async () => {
  const { fault, stack } = await setUp({});
  const before = stack.resources.get("acme");
  fault({ kind: "status-before", status: 403, method: "PATCH" });
  await expect(stack.up({ acme: { ...acme, company: "Acme SE" } })).rejects.toThrow(/403/);
  expect(stack.resources.get("acme")).toBe(before);
});
