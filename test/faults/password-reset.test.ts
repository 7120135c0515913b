import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { changes } from "../support/api";
import type { Resources } from "../support/kinds";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";

/** sendPasswordReset of a ClientUser: one email for each value, and none that may be a second one. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
const declared = (more: Declared = {}): Resources => ({ acme: { kind: "ClientUser", ...acme, ...more } });
const create = "POST /iam/users";
const send = "POST /iam/auth/reset_password";
const sending = { method: "POST", path: "/iam/auth/reset_password" } as const;

async function setUp() {
  const world = await startWorld();
  const stack = memoryStack(world);
  /** Calls that may change something, since the last ones. */
  const made = () => changes(world.api.calls());
  return { ...world, world, stack, made };
}

test("created: sent last, once, and never again for the same value", async () => {
  const { api, stack } = await setUp();
  await stack.up(declared({ sendPasswordReset: "1" }));
  const exchanges = api.seen.splice(0);
  expect(exchanges.map(({ call, body }) => [call, body])).toEqual([
    [create, { ...acme, custom_id: "pulumi:shop/prod/acme" }],
    [send, { email: acme.email }],
  ]);
  // With the reseller's key, as the create.
  expect(new Set(exchanges.map(({ authorization }) => authorization)).size).toBe(1);
  expect(stack.resources.get("acme")?.state).toMatchObject({ sendPasswordReset: "1", userType: "common" });

  await stack.up(declared({ sendPasswordReset: "1" }));
  expect(api.calls()).toEqual([]);
  expect(await stack.refresh()).toEqual([]);
  expect(stack.resources.get("acme")?.state).toMatchObject({ sendPasswordReset: "1" });
  expect(changes(api.calls())).toEqual([]);
});

test("changed: one call for each value, also for the first one of an existing user; omitted: none", async () => {
  const { stack, made } = await setUp();
  await stack.up(declared());
  expect(made()).toEqual([create]);
  for (const [sendPasswordReset, calls] of [
    ["1", [send]],
    ["2", [send]],
    ["2 ", []],
    [undefined, []],
    [null, []],
    ["2", [send]],
  ] as const) {
    await stack.up(declared({ sendPasswordReset }));
    expect(made(), String(sendPasswordReset)).toEqual(calls);
  }
});

test("changed with all else: sent last, to the new email address", async () => {
  const { api, stack } = await setUp();
  await stack.up(declared({ sendPasswordReset: "1" }));
  api.seen.splice(0);
  const change = { email: "new@acme.example", password: "new-W0rd-of-acme", company: "Acme SE", name: "Anna" };
  await stack.up(declared({ ...change, sendPasswordReset: "2" }));
  const made = api.seen.filter(({ call }) => !call.startsWith("GET "));
  expect(made.map(({ call }) => call.replace(/\d+/g, "ID"))).toEqual([
    "PATCH /iam/users/ID",
    "PUT /iam/users/ID/email",
    "PATCH /iam/clients/ID",
    "PUT /iam/users/ID/password",
    send,
  ]);
  expect(made.at(-1)?.body).toEqual({ email: "new@acme.example" });
});

test.each([true, 1, "", " ", {}])("sendPasswordReset: %j: rejected before anything is sent", async (value) => {
  const { api, stack } = await setUp();
  await expect(stack.up(declared({ sendPasswordReset: value }))).rejects.toThrow(/sendPasswordReset: must /);
  expect(api.calls()).toEqual([]);
});

/** What becomes of a call that Gcore may have executed. */
const lost: [string, FaultInput][] = [
  ["handled, then dropped", { kind: "drop-after" }],
  ["handled, then 500", { kind: "status-after", status: 500 }],
  ["handled, then a page of a gateway", { kind: "status-after", status: 502 }],
  ["not handled, but the connection was dropped", { kind: "drop-before" }],
];
/** Before the call: a create, or an edit of the value. */
const moments: [string, Resources | undefined][] = [
  ["a create", undefined],
  ["an edit", declared({ sendPasswordReset: "0" })],
];

describe.each(moments)("%s", (_moment, before) => {
  test.each(lost)("%s: one call, an error, and it counts as sent [advice: onlyOnce]", async (_what, fault) => {
    const { stack, made, fault: inject } = await setUp();
    if (before) await stack.up(before);
    made();
    inject({ ...sending, ...fault, times: "always" } as FaultInput);
    await expect(stack.up(declared({ sendPasswordReset: "1" }))).rejects.toThrow(
      /reset_password.* The email may have been sent\. The call is not repeated by itself: .* give sendPasswordReset another value/,
    );
    expect(made()).toEqual(before ? [send] : [create, send]);
    // Neither the user nor what was reached is lost.
    expect(stack.resources.get("acme")).toMatchObject({ id: "50001/8001", isPartial: true });
    // Nothing is sent without another value, though the fault is still there.
    await stack.up(declared({ sendPasswordReset: "1" }));
    await stack.up(declared({ sendPasswordReset: "1" }));
    expect(made()).toEqual([]);
    expect(stack.resources.get("acme")?.isPartial).toBe(false);
  });

  test.each<[string, FaultInput, RegExp]>([
    ["400", { kind: "status-before", status: 400 }, /400/],
    ["401", { kind: "unauthorized" }, /401/],
    ["403", { kind: "status-before", status: 403 }, /403/],
    ["404 without a body, as Gcore documents it", { kind: "status-before", status: 404, body: "empty" }, /404/],
  ])("refused, %s: an error, and the next up sends it", async (_what, fault, text) => {
    const { stack, made, fault: inject } = await setUp();
    if (before) await stack.up(before);
    made();
    inject({ ...sending, ...fault } as FaultInput);
    const failure = await stack.up(declared({ sendPasswordReset: "1" })).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(text) });
    expect((failure as Error).message).not.toContain("may have been sent");
    expect(made()).toEqual(before ? [send] : [create, send]);
    expect(stack.ids()).toEqual({ acme: "50001/8001" });
    await stack.up(declared({ sendPasswordReset: "1" }));
    expect(made()).toEqual([send]);
    await stack.up(declared({ sendPasswordReset: "1" }));
    expect(made()).toEqual([]);
  });

  test("429: surely not sent, so it is waited for and sent again", async () => {
    const { api, stack, fault } = await setUp();
    if (before) await stack.up(before);
    api.seen.splice(0);
    fault({ ...sending, kind: "rate-limit", seconds: 7 });
    await stack.up(declared({ sendPasswordReset: "1" }));
    const statuses = api.seen.filter(({ call }) => call === send).map(({ status }) => status);
    expect(statuses).toEqual([429, 200]);
  });
});

test("may have been sent, then another value: sent once [advice: onlyOnce]", async () => {
  const { stack, made, fault } = await setUp();
  fault({ ...sending, kind: "drop-after" });
  await expect(stack.up(declared({ sendPasswordReset: "1" }))).rejects.toThrow(/another value and run `pulumi up`/);
  made();
  await stack.up(declared({ sendPasswordReset: "2" }));
  expect(made()).toEqual([send]);
  await stack.up(declared({ sendPasswordReset: "2" }));
  expect(made()).toEqual([]);
});

test("reply to the create lost: the account is recovered, and the email is sent once", async () => {
  const { stack, made, fault, logged } = await setUp();
  fault({ kind: "drop-after", method: "POST", path: "/iam/users" });
  await stack.up(declared({ sendPasswordReset: "1" }));
  expect(made()).toEqual([create, send]);
  expect(logged).toEqual([expect.stringMatching(/was created by an earlier attempt and is recovered\.$/)]);
});

test("killed before the state was written, or the state lost: sent by that run or not, so not by the next", async () => {
  const { world, stack, made, logged } = await setUp();
  await memoryStack(world).up(declared({ sendPasswordReset: "1" }));
  expect(made()).toEqual([create, send]);
  await stack.up(declared({ sendPasswordReset: "1" }));
  expect(made()).toEqual([create]);
  expect(logged).toEqual([
    expect.stringMatching(/is recovered; its password is assumed to be the declared one\.$/),
    expect.stringMatching(
      /^client account 50001 \(Acme\): the call for sendPasswordReset may have been made by an earlier run\. The call is not repeated/,
    ),
  ]);
  await stack.up(declared({ sendPasswordReset: "2" }));
  expect(made()).toEqual([send]);
});

test("recovered without a declared value: nothing is sent, and nothing is said of it", async () => {
  const { world, stack, made, logged } = await setUp();
  await memoryStack(world).up(declared());
  made();
  await stack.up(declared());
  expect(made()).toEqual([create]);
  expect(logged).toHaveLength(1);
});

test("adoption: sends none and says nothing of it; another value later does", async () => {
  const { world, stack, made, logged } = await setUp();
  world.api.sandbox.seed(1);
  const seeded = { email: "seed-1@sandbox.example", password: undefined, company: "Seed 1", adoptId: "50001/8001" };
  await stack.up(declared({ ...seeded, sendPasswordReset: "1" }));
  expect(made()).toEqual(["PATCH /iam/clients/50001"]);
  expect(logged).toEqual([expect.stringMatching(/^ClientUser acme: adopts .*: customId none => "[^"]*"$/)]);
  await stack.up(declared({ ...seeded, sendPasswordReset: "1" }));
  expect(made()).toEqual([]);
  await stack.up(declared({ ...seeded, sendPasswordReset: "2" }));
  expect(made()).toEqual([send]);
});

test("the user has set a password of their own: sent again without the known one", async () => {
  const { api, stack, made } = await setUp();
  await stack.up(declared({ sendPasswordReset: "1" }));
  api.sandbox.updateUser(8001, { password: "their-own-W0rd" });
  made();
  await stack.up(declared({ company: "Acme SE", sendPasswordReset: "2" }));
  expect(made()).toEqual(["PATCH /iam/clients/50001", send]);
});
