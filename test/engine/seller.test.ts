import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { descendants, kill } from "../support/processes";
import { newStack, type Program } from "../support/stack";
import { expectSmallState } from "../support/state-size";

/** A Seller on the real engine, alone and with the client accounts that name it. */

const path = "/iam/admin/sellers";
const anna = { kind: "Seller", email: "anna@reseller.example", fullName: "Anna Berg", phone: "+49 30 1234567" };
const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };

async function setUp(resources: Program["resources"], settings: Record<string, string> = {}) {
  const api = await startApi();
  const stack = await newStack({ ...api.env, ...settings });
  const write = (declared: Program["resources"]) => stack.write({ resources: declared ?? {} });
  write(resources);
  const sellers = () => api.sandbox.sellers().filter(({ id, deleted }) => id > 300 && !deleted);
  const changes = () => api.calls().filter((call) => !call.startsWith("GET "));
  return { api, stack, write, sellers, changes };
}

test("created with its account, no diff, refreshed, changed, drifted, deleted outside, destroyed", async () => {
  const { api, stack, write, sellers, changes } = await setUp({ acme: { ...acme, seller: "$anna.sellerId" }, anna });
  expect((await stack.preview()).code).toBe(0);
  expect(api.calls()).toEqual([]);
  await stack.up();
  expect(changes()).toEqual([`POST ${path}`, "POST /iam/users"]);
  const { __provider, ...outputs } = (await stack.resources("Seller")).anna?.outputs ?? {};
  const { kind: _, ...inputs } = anna;
  expect(outputs).toMatchObject({ ...inputs, sellerId: 301, resellerName: "Reseller 1", activated: false });
  expect((await stack.outputs()).anna).toMatchObject({ id: "301", sellerId: 301 });
  expect(await api.client(50001)).toMatchObject({ seller: 301 });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await expectSmallState(stack, "Seller");
  // The first account shows the reseller.
  expect((await stack.resources("Seller")).anna?.outputs).toMatchObject({ reseller: 1 });
  api.calls();

  const graf = { ...anna, fullName: "Anna Graf", resendInvitation: "1" };
  write({ acme: { ...acme, seller: "$anna.sellerId" }, anna: graf });
  const preview = await stack.preview("--diff");
  expect(preview.output).toMatch(/~ fullName\s*: "Anna Berg" => "Anna Graf"/);
  // The ID is known during a preview, so the account is not part of it.
  expect(preview.output).not.toMatch(/ClientUser/);
  await stack.up();
  expect(changes()).toEqual([`PATCH ${path}/301`, "POST /iam/auth/renew_invitation"]);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });

  await api.send("PATCH", `${path}/301`, { email: "x@reseller.example", full_name: "X", phone: "112" });
  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(drift.code).not.toBe(0);
  for (const property of ["email", "fullName", "phone"]) expect(drift.output).toMatch(new RegExp(`~ ${property}\\b`));
  expect((await stack.refresh()).code).toBe(0);
  await stack.up();
  expect(sellers()).toMatchObject([{ email: anna.email, full_name: "Anna Graf", phone: anna.phone }]);

  await api.send("DELETE", `${path}/301`);
  expect((await stack.refresh()).code).toBe(0);
  expect(await stack.resources("Seller")).toEqual({});
  await stack.up();
  expect(sellers()).toMatchObject([{ id: 302 }]);
  expect(await api.client(50001)).toMatchObject({ seller: 302 });

  await stack.destroy();
  expect([sellers(), api.emails()]).toEqual([[], []]);
});

test("removed from the program: the accounts that name it are updated first", async () => {
  const bert = { ...anna, email: "bert@reseller.example", fullName: "Bert" };
  const named = (first: object, second: object): Program["resources"] => ({
    acme: { ...acme, ...first },
    globex: { ...acme, email: "it@globex.example", ...second },
  });
  const { api, stack, write, sellers, changes } = await setUp({
    anna,
    bert,
    ...named({ seller: "$anna.sellerId" }, { seller: "$anna.sellerId" }),
  });
  await stack.up();
  const deleted = sellers().find(({ email }) => email === anna.email)?.id;
  const remaining = sellers().find(({ email }) => email === bert.email)?.id;
  api.calls();

  write({ bert, ...named({}, { seller: "$bert.sellerId" }) });
  await stack.up();
  const calls = changes();
  expect(calls.slice(0, 2).sort()).toEqual(["PATCH /iam/clients/50001", "PATCH /iam/clients/50002"]);
  expect(calls.slice(2)).toEqual([`DELETE ${path}/${deleted}`]);
  expect(sellers().map(({ id }) => id)).toEqual([remaining]);
  const shown = await Promise.all([50001, 50002].map((client) => api.client(client)));
  const byEmail = Object.fromEntries(shown.map(({ email, seller }) => [email, seller]));
  expect(byEmail).toEqual({ "it@acme.example": null, "it@globex.example": remaining });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
});

test.each([
  ["refused, and recovered by the adoptId that the error names", {}],
  ["recovered, since recoveryWindowMinutes is set", { GCORE_RESELLER_RECOVERY_WINDOW_MINUTES: "60" }],
])("kill -9 between the POST and the state, the next up: %s", async (_what, settings) => {
  const { api, stack, write, sellers, changes } = await setUp({ anna }, settings);
  api.sandbox.faults.add({ kind: "delay", ms: 3000, when: "after", method: "POST", times: "always" });
  const { child, run } = stack.start(["up", "--yes", "--skip-preview"]);
  const poll = setInterval(() => {
    if (sellers().length === 0) return;
    clearInterval(poll);
    kill([...descendants(Number(child.pid)).map(({ pid }) => pid), Number(child.pid)]);
  }, 20);
  await run;
  api.sandbox.faults.remove();
  await stack.pulumi("cancel", "--yes");
  expect([sellers().length, await stack.resources("Seller")]).toEqual([1, {}]);
  changes();

  if (!("GCORE_RESELLER_RECOVERY_WINDOW_MINUTES" in settings)) {
    const output = await stack.refusedUp();
    const [, adoptId] = /set adoptId: "(\d+)" and run `pulumi up`/.exec(output) ?? [];
    write({ anna: { ...anna, adoptId } });
  }
  await stack.up();
  expect(changes()).toEqual([]);
  expect((await stack.resources("Seller")).anna?.id).toBe(String(sellers()[0]?.id));
  expect(sellers()).toHaveLength(1);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("a phone that Gcore refuses: an error at preview names the character", async () => {
  const { api, stack } = await setUp({ anna: { ...anna, phone: "030/1234567" } });
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toMatch(/phone: must not contain "\/": Gcore accepts lower-case letters/);
  expect(api.calls()).toEqual([]);
});
