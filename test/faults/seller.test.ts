import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import type { Resources } from "../support/kinds";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";

/** A seller: found before it is created, recovered only with proof, and what holds where a guess about Gcore is wrong. */

const anna = { email: "anna@reseller.example", fullName: "Anna Berg", phone: "+49 30 1234567" };
const declared = (more: Declared = {}): Resources => ({ anna: { kind: "Seller", ...anna, ...more } });
const path = "/iam/admin/sellers";
const post = { method: "POST", path } as const;
const list = `GET ${path}`;
/** The ID of the first seller that is created. */
const FIRST_ID = 301;

async function setUp(settings: Record<string, string> = {}, assumptions = {}) {
  const world = await startWorld(settings);
  world.api.sandbox.setAssumptions(assumptions);
  const stack = memoryStack(world);
  const existing = () => world.api.sandbox.sellers().filter(({ id, deleted }) => id >= FIRST_ID && !deleted);
  /** Creates a seller outside Pulumi. */
  const create = (more: object = {}) =>
    world.api.send("POST", path, { email: anna.email, full_name: anna.fullName, phone: anna.phone, ...more });
  /** What a run does that is killed between the POST and the state. */
  const killedUp = async () => {
    await memoryStack(world).up(declared());
    world.api.calls();
  };
  return { ...world, world, stack, existing, create, killedUp };
}

const posts = (calls: string[]) => calls.filter((call) => call === `POST ${path}`);
const adopt =
  /already belongs to seller 301 \(Anna Berg\), which .* not proved .* set adoptId: "301" and run `pulumi up`/;

test("no fault: looked up, created by one POST, changed, refreshed and deleted", async () => {
  const { api, stack, existing } = await setUp();
  await api.sandbox.seed(1);
  await stack.up(declared());
  expect(api.seen.splice(0).map(({ call, body }) => [call, body])).toEqual([
    [list, undefined],
    // The reseller's ID.
    ["GET /iam/clients", undefined],
    [`POST ${path}`, { email: anna.email, full_name: anna.fullName, phone: anna.phone }],
  ]);
  expect(stack.resources.get("anna")).toMatchObject({
    id: "301",
    state: { ...anna, sellerId: 301, reseller: 1, resellerName: "Reseller 1", company: "Reseller 1", activated: false },
  });

  await stack.up(declared());
  expect(api.calls()).toEqual([]);
  expect(await stack.refresh()).toEqual([]);
  expect(api.calls()).toEqual([`GET ${path}/301`]);

  const changes: [Declared, object][] = [
    [{ email: "a.berg@reseller.example" }, { email: "a.berg@reseller.example", full_name: anna.fullName }],
    [{ fullName: "Anna Graf" }, { email: anna.email, full_name: "Anna Graf" }],
    [{ phone: "112" }, { email: anna.email, full_name: anna.fullName, phone: "112" }],
    [{ phone: "" }, { email: anna.email, full_name: anna.fullName, phone: "" }],
  ];
  for (const [change, body] of changes) {
    await stack.up(declared(change));
    expect(api.seen.splice(0).map((exchange) => [exchange.call, exchange.body])).toEqual([
      [`GET ${path}/301`, undefined],
      [`PATCH ${path}/301`, body],
    ]);
    await stack.up(declared());
    api.calls();
  }
  await stack.up(declared({ email: "ANNA@reseller.example", phone: "+49301234567" }));
  expect(api.calls()).toEqual([]);

  await stack.destroy();
  expect(api.calls()).toEqual([`GET ${path}/301`, `DELETE ${path}/301`]);
  expect(existing()).toEqual([]);
});

test("phone omitted later: unchanged at Gcore, and no drift", async () => {
  const { stack, existing } = await setUp();
  await stack.up(declared());
  await stack.up(declared({ phone: undefined }));
  expect(existing()).toMatchObject([{ phone: anna.phone }]);
  expect(await stack.refresh()).toEqual([]);
});

test.each<[Declared, string]>([
  [{ phone: "+49.30" }, 'phone: must not contain "."'],
  [{ phone: "+49 30 Ext 5" }, 'phone: must not contain "E"'],
  [{ phone: "030/12" }, 'phone: must not contain "/"'],
  [{ phone: "030 ☎" }, 'phone: must not contain "☎"'],
  [{ phone: "1".repeat(31) }, "phone: must have at most 30 characters"],
  [{ email: `${"a".repeat(140)}@acme.example` }, "email: must have at most 150 characters"],
  [{ email: "anna" }, "email: must be an email address"],
  [{ fullName: "n".repeat(256) }, "fullName: must have at most 255 characters"],
  [{ fullName: " " }, "fullName: must not be empty"],
  [{ adoptId: "301/1" }, 'adoptId: must be "<sellerId>"'],
  [{ adoptId: "0" }, 'adoptId: must be "<sellerId>"'],
  [{ name: "Anna" }, "name: there is no such input"],
])("%j: rejected before anything is sent", async (more, text) => {
  const { api, stack } = await setUp();
  await expect(stack.up(declared(more))).rejects.toThrow(text);
  expect(api.calls()).toEqual([]);
});

describe("proof", () => {
  test.each<[string, FaultInput]>([
    ["handled, then dropped", { kind: "drop-after" }],
    ["handled, then 500", { kind: "status-after", status: 500 }],
    ["handled, then an empty body", { kind: "unreadable" }],
  ])("reply lost in this run, %s: recovered by one POST", async (_what, fault) => {
    const { api, stack, existing, fault: inject, logged } = await setUp();
    inject({ ...post, ...fault } as FaultInput);
    await stack.up(declared());
    expect(posts(api.calls())).toHaveLength(1);
    expect([existing().map(({ id }) => String(id)), stack.ids()]).toEqual([["301"], { anna: "301" }]);
    expect(logged).toEqual(["seller 301 (Anna Berg) was created by an earlier attempt and is recovered."]);
  });

  /** Changes what a lost POST has created, before the lookup: then it may be somebody else's. */
  const doubts: [string, object][] = [
    ["accepted the invitation", { activated: true }],
    ["another name", { full_name: "Anna Graf" }],
    ["another phone", { phone: "112" }],
    ["older than the POST", { date_joined: "2026-05-31T23:50:00Z" }],
  ];
  test.each(doubts)("reply lost in this run, but %s: refused, and the adoptId is named", async (_what, changes) => {
    const { api, stack, existing, fault } = await setUp({ recoveryTimeoutSeconds: "3" });
    fault({ ...post, kind: "drop-after" });
    api.onRequest((nth) => nth === 3 && api.sandbox.updateSeller(FIRST_ID, changes));
    await expect(stack.up(declared())).rejects.toThrow(/already belongs to seller 301 .* set adoptId: "301"/);
    expect(existing()).toHaveLength(1);
    expect(posts(api.calls())).toHaveLength(1);
  });

  test("killed between the POST and the state: refused without a POST; with the adoptId it is in state", async () => {
    const { api, stack, existing, killedUp } = await setUp();
    await killedUp();
    await expect(stack.up(declared())).rejects.toThrow(adopt);
    expect(api.calls()).toEqual([list, "GET /iam/clients"]);
    await stack.up(declared({ adoptId: "301" }));
    expect(stack.ids()).toEqual({ anna: "301" });
    await stack.up(declared());
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
    expect(existing()).toHaveLength(1);
  });

  test("killed, recoveryWindowMinutes set: recovered", async () => {
    const { api, stack, existing, killedUp } = await setUp({ recoveryWindowMinutes: "60" });
    await killedUp();
    await stack.up(declared());
    expect(stack.ids()).toEqual({ anna: "301" });
    expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
    expect(existing()).toHaveLength(1);
  });

  test.each(doubts.slice(0, 3))("killed, recoveryWindowMinutes set, but %s: refused", async (_what, changes) => {
    const { api, stack, killedUp } = await setUp({ recoveryWindowMinutes: "60" });
    await killedUp();
    api.sandbox.updateSeller(FIRST_ID, changes);
    await expect(stack.up(declared())).rejects.toThrow(/set adoptId: "301"/);
    expect(posts(api.calls())).toEqual([]);
  });

  test("killed, recoveryWindowMinutes set, and the proof cannot be made: an error that names the cause", async () => {
    const { api, stack, killedUp, fault } = await setUp({ recoveryWindowMinutes: "60" });
    await killedUp();
    fault({ kind: "status-before", status: 403, method: "GET", path, skip: 1, times: "always" });
    await expect(stack.up(declared())).rejects.toThrow(
      /the outcome is unknown for the Seller with email anna@\S+: email: exists already\. The lookup failed: .*403/,
    );
    expect(posts(api.calls())).toEqual([]);
  });

  test("killed longer ago than recoveryWindowMinutes: refused", async () => {
    const { clock, stack, killedUp } = await setUp({ recoveryWindowMinutes: "60" });
    await killedUp();
    await clock.sleep(3_601_000);
    await expect(stack.up(declared())).rejects.toThrow(adopt);
  });

  test("two declarations of one seller: the second is refused", async () => {
    const { stack, existing } = await setUp({ recoveryWindowMinutes: "60" });
    const twins = { ...declared(), twin: { kind: "Seller", ...anna, email: "Anna@reseller.example" } };
    await expect(stack.up(twins)).rejects.toThrow(/email: it belongs to the resource Seller anna of this program/);
    expect(existing()).toHaveLength(1);
  });

  test("email address of a client's user: the API's refusal, and what to do [advice: unseen]", async () => {
    const { world, stack, existing } = await setUp();
    await world.start().create(world.declare("acme"));
    const taken = stack.up(declared({ email: "acme@acme.example" }));
    await expect(taken).rejects.toThrow(
      /answered 400: email: .*already exists\. If this email is taken, .* another email/,
    );
    await stack.up(declared());
    expect(existing()).toHaveLength(1);
  });
});

describe("guess is wrong", () => {
  test("the email address is not unique: the lookup prevents a second seller", async () => {
    const { api, stack, existing, create, fault } = await setUp({}, { uniqueSellerEmail: false });
    await create();
    await expect(stack.up(declared())).rejects.toThrow(adopt);
    expect(posts(api.calls())).toEqual([]);

    await stack.up(declared({ adoptId: "301" }));
    await stack.destroy();
    fault({ ...post, kind: "drop-after" });
    fault({ kind: "stale-reads", path: `${path}*`, ms: 20_000, times: "always" });
    await stack.up(declared());
    expect(existing().map(({ id }) => id)).toEqual([302]);
    expect(posts(api.calls())).toHaveLength(1);
  });

  test("dateJoined is no ISO 8601: no proof after a lost reply, so one adoptId is needed, and nothing is made twice", async () => {
    const settings = { recoveryTimeoutSeconds: "3", recoveryWindowMinutes: "60" };
    const { api, stack, existing, fault } = await setUp(settings, { sellerDateJoined: "text" });
    fault({ ...post, kind: "drop-after" });
    await expect(stack.up(declared())).rejects.toThrow(adopt);
    await stack.up(declared({ adoptId: "301" }));
    expect(stack.resources.get("anna")).toMatchObject({ id: "301", state: { dateJoined: "01.06.2026" } });
    expect(existing()).toHaveLength(1);
    expect(posts(api.calls())).toHaveLength(1);
    expect(await stack.refresh()).toEqual([]);
  });

  test("a deleted seller keeps its email address: the error says that, and a new address works", async () => {
    const { stack, existing } = await setUp({}, { deletedSellerFreesEmail: false });
    await stack.up(declared());
    await stack.destroy();
    await expect(stack.up(declared())).rejects.toThrow(/answered 400: email: .* not visible .* it was deleted/);
    await stack.up(declared({ email: "anna.berg@reseller.example" }));
    expect(existing()).toHaveLength(1);
  });

  test.each(["exactCase", "part"])("the email filter compares %s: the seller is found all the same", async (filter) => {
    const { api, stack, create } = await setUp({}, { sellerEmailFilter: filter });
    await create({ email: `the.${anna.email}`, full_name: "Another" });
    await create({ email: "ANNA@reseller.example" });
    await expect(stack.up(declared())).rejects.toThrow(/belongs to seller 302 \(Anna Berg\)/);
    expect(posts(api.calls())).toEqual([]);
    await stack.up(declared({ adoptId: "302" }));
    expect(stack.ids()).toEqual({ anna: "302" });
  });

  test("a deleted seller is not shown any more: 404 counts as gone for its own reseller", async () => {
    const { api, stack, fault } = await setUp();
    api.sandbox.seed(1);
    await stack.up(declared());
    fault({ kind: "status-before", status: 404, body: "empty", method: "GET", path: `${path}/301`, times: "always" });
    await stack.refresh();
    expect(stack.ids()).toEqual({});
  });
});

describe("gone", () => {
  test("deleted outside: leaves state, also in a reseller without accounts", async () => {
    const { api, stack, existing } = await setUp();
    await stack.up(declared());
    await api.send("DELETE", `${path}/301`);
    await stack.refresh();
    expect(stack.ids()).toEqual({});
    await stack.up(declared());
    expect(existing().map(({ id }) => id)).toEqual([302]);
  });

  test("404 in a reseller without accounts: an error that says how to forget it", async () => {
    const { stack, fault } = await setUp();
    await stack.up(declared());
    fault({ kind: "status-before", status: 404, body: "empty", method: "GET", path: `${path}/301`, times: "always" });
    const text =
      /the seller was not found, and .* no accounts .* If the seller really was deleted, run `pulumi state delete/;
    await expect(stack.refresh()).rejects.toThrow(text);
    await expect(stack.destroy()).rejects.toThrow(text);
    expect(stack.ids()).toEqual({ anna: "301" });
  });

  test("404 page of a gateway: an error", async () => {
    const { stack, fault } = await setUp();
    await stack.up(declared());
    fault({ kind: "status-before", status: 404, body: "html", method: "GET", path: `${path}/301`, times: "always" });
    await expect(stack.refresh()).rejects.toThrow(/not from the Gcore API/);
    expect(stack.ids()).toEqual({ anna: "301" });
  });

  test("shown as deleted to the key of another reseller: an error", async () => {
    const { api, stack, fault } = await setUp();
    api.sandbox.seed(1);
    await stack.up(declared());
    const body = JSON.stringify({ id: FIRST_ID, deleted: true });
    fault({ kind: "unreadable", method: "GET", path: `${path}/301`, times: "always", body });
    api.sandbox.setApiKeys({ "1234$sandbox-reseller-key": 2 });
    api.sandbox.seed(1, 2);
    await expect(stack.refresh()).rejects.toThrow(/the seller belongs to reseller 1, and the API key to reseller 2/);
    expect(stack.ids()).toEqual({ anna: "301" });
  });

  test("reply to the DELETE lost: the repetition finds it deleted, and destroy succeeds", async () => {
    const { stack, existing, fault } = await setUp();
    await stack.up(declared());
    fault({ kind: "drop-after", method: "DELETE", path: `${path}/*` });
    await stack.destroy();
    expect([existing(), stack.ids()]).toEqual([[], {}]);
  });
});

describe("resendInvitation", () => {
  const renew = "POST /iam/auth/renew_invitation";
  const renewals = (calls: string[]) => calls.filter((call) => call === renew);

  test("each change sends the invitation; creation and omission send none", async () => {
    const { api, stack } = await setUp();
    await stack.up(declared({ resendInvitation: "1" }));
    expect(renewals(api.calls())).toEqual([]);
    await stack.up(declared({ resendInvitation: "2" }));
    expect(api.seen.splice(0).filter(({ call }) => call === renew)).toMatchObject([{ body: { email: anna.email } }]);
    expect(await stack.refresh()).toEqual([]);
    await stack.up(declared());
    expect(renewals(api.calls())).toEqual([]);
    await stack.up(declared({ resendInvitation: "2", email: "new@reseller.example" }));
    const sent = api.seen.splice(0).filter(({ call }) => !call.startsWith("GET "));
    expect(sent.map(({ call }) => call)).toEqual([`PATCH ${path}/301`, renew]);
    expect(sent.at(-1)?.body).toEqual({ email: "new@reseller.example" });
  });

  test("adoption: sends none, and says nothing of it", async () => {
    const { api, stack, create, logged } = await setUp();
    await create();
    await stack.up(declared({ adoptId: "301", resendInvitation: "1" }));
    expect(renewals(api.calls())).toEqual([]);
    expect(logged).toEqual(["Seller anna: adopts seller 301 (Anna Berg): nothing changes"]);
  });

  test("the seller has accepted it: logged, and the up succeeds", async () => {
    const { api, stack, logged } = await setUp();
    await stack.up(declared());
    api.sandbox.updateSeller(FIRST_ID, { activated: true });
    await stack.up(declared({ resendInvitation: "1" }));
    expect(logged).toEqual([
      expect.stringMatching(
        /^seller 301 \(Anna Berg\): no invitation was sent\. .* 400: This user already activated\.$/,
      ),
    ]);
    api.calls();
    await stack.up(declared({ resendInvitation: "1" }));
    expect(api.calls()).toEqual([]);
  });

  test("a refusal of the email address: an error", async () => {
    const { stack, fault } = await setUp();
    await stack.up(declared());
    fault({ kind: "status-before", status: 404, body: "empty", method: "POST", path: "/iam/auth/renew_invitation" });
    await expect(stack.up(declared({ resendInvitation: "1" }))).rejects.toThrow(/404/);
  });
});

test("adoptId of a seller with another email address, of a deleted one, or of none: refused", async () => {
  const { api, stack, create } = await setUp();
  await create({ email: "other@reseller.example" });
  await expect(stack.up(declared({ adoptId: "301" }))).rejects.toThrow(/its email is other@reseller\.example/);
  await api.send("DELETE", `${path}/301`);
  for (const adoptId of ["301", "999", "21"]) {
    await expect(stack.up(declared({ adoptId }))).rejects.toThrow(`adoptId: ${adoptId} is no Seller of this reseller`);
  }
  expect(stack.ids()).toEqual({});
});
