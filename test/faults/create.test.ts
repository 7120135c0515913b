import { describe, expect, test } from "vitest";
import type { FaultInput } from "../../dist/sandbox";
import { answeringAlways } from "../support/api";
import { startWorld } from "../support/process";

/** The create protocol: after whatever fault, one account a declared e-mail, its id known or a clear error. */

const post = { method: "POST", path: "/iam/users" } as const;
const lookUps = { method: "GET", path: "/iam/clients" } as const;

test("without a fault: one request", async () => {
  const world = await startWorld();
  const { id, outs } = await world.start().create(world.declare("acme"));
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
  const [account] = world.api.sandbox.accounts();
  expect([id, outs.client]).toEqual([String(account?.users[0]?.id), account?.client]);
  expect(world.told).toEqual([]);
});

describe.each([
  ["the origin mark", {}],
  ["a customId of one's own", { customId: "crm-7" }],
  ["no customId", { customId: null }],
])("with %s", (_what, more) => {
  test.each<[string, FaultInput, string[]]>([
    ["handled, then dropped", { kind: "drop-after" }, ["POST /iam/users"]],
    ["handled, then 500", { kind: "status-after", status: 500 }, ["POST /iam/users"]],
    ["handled, then 502 with HTML", { kind: "status-after", status: 502 }, ["POST /iam/users"]],
    ["handled, then truncated JSON", { kind: "truncated-json" }, ["POST /iam/users"]],
    ["handled, then a body of other types", { kind: "wrong-type" }, ["POST /iam/users"]],
    ["handled, then an empty body", { kind: "unreadable" }, ["POST /iam/users"]],
    ["dropped before", { kind: "drop-before" }, ["POST /iam/users", "POST /iam/users"]],
    ["500 before", { kind: "status-before", status: 500 }, ["POST /iam/users", "POST /iam/users"]],
    [
      "429 in seconds",
      { kind: "rate-limit", retryAfter: "seconds", seconds: 7 },
      ["POST /iam/users", "POST /iam/users"],
    ],
    ["429 as a date", { kind: "rate-limit", retryAfter: "date", seconds: 7 }, ["POST /iam/users", "POST /iam/users"]],
    ["429 without a word", { kind: "rate-limit", retryAfter: "absent" }, ["POST /iam/users", "POST /iam/users"]],
    ["429 with garbage", { kind: "rate-limit", retryAfter: "garbage" }, ["POST /iam/users", "POST /iam/users"]],
  ])("%s: one account, and its id", async (_fault, fault, posts) => {
    const world = await startWorld();
    world.fault({ ...post, ...fault } as FaultInput);
    const { id, outs } = await world.start().create(world.declare("acme", more));
    const accounts = world.api.sandbox.accounts();
    expect(accounts).toHaveLength(1);
    expect([id, outs.client]).toEqual([String(accounts[0]?.users[0]?.id), accounts[0]?.client]);
    const calls = world.api.calls();
    expect(calls.filter((call) => call === "POST /iam/users")).toEqual(posts);
    expect(calls.filter((call) => call.endsWith("/login")).length).toBeLessThanOrEqual(1);
    // Nothing but the POST changes anything: what was made is what was declared.
    expect(calls.filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call))).toEqual([]);
  });
});

test("the reply is lost and reads are stale: it is looked for until it shows, and the wait is told once", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 20_000, times: "always" });
  const { outs } = await world.start().create(world.declare("acme"));
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
  expect(world.api.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  expect(world.told).toHaveLength(2);
  expect(world.told[0]).toMatch(/no reply .*Looking for it for another \d+ s/);
  expect(world.told[1]).toMatch(/client account \d+ .*taken back/);
});

test("reads stay stale beyond the deadline: the second POST is refused by the API, and nothing is made twice", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 90_000, times: "always" });
  const { outs } = await world.start().create(world.declare("acme"));
  expect(world.api.sandbox.accounts()).toHaveLength(1);
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
});

test("nothing can be found out: an error that says so and what to run; the next up converges", async () => {
  const world = await startWorld({ maxRetries: "1", recoveryTimeoutSeconds: "5" });
  world.fault({ kind: "drop-after", ...post, times: "always" });
  world.fault({ kind: "status-before", status: 503, ...lookUps, times: "always" });
  const declared = world.declare("acme");
  await expect(world.start().create(declared)).rejects.toThrow(/outcome is unknown.*503.*Run `pulumi up` again/);
  expect(world.api.sandbox.accounts()).toHaveLength(1);
  world.api.sandbox.faults.remove();
  const { outs } = await world.start().create(declared);
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
  expect(world.api.sandbox.accounts()).toHaveLength(1);
});

test("the key is refused while it is looked for: told at once, since waiting does not help", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "unauthorized", ...lookUps, times: "always" });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/outcome is unknown.*answered 401/);
  expect(world.api.calls()).toEqual(["POST /iam/users", "GET /iam/clients"]);
});

test("a refusal after a lost POST does not hide that the outcome is unknown", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "2" });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 60_000, times: "always" });
  world.fault({ kind: "unauthorized", ...post, skip: 1 });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(
    /outcome is unknown.*acme@acme.example.*401/,
  );
});

test.each([{ customId: "crm-7" }, { customId: null }])(
  "the list by date lags behind after a lost reply: it is asked again, not taken for a no, %o",
  async (more) => {
    const world = await startWorld();
    world.fault({ kind: "drop-after", ...post });
    world.fault({ kind: "stale-reads", ms: 30_000, skip: 1 });
    expect(await world.start().create(world.declare("acme", more))).toMatchObject({ outs: { client: 50001 } });
    expect(world.api.calls().filter((call) => call.endsWith("/login"))).toHaveLength(1);
  },
);

test("the API asks to come back later than the deadline allows: the look-up ends by the deadline", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "20" });
  const url = await answeringAlways(503, { "retry-after": "300" });
  const started = world.clock.now();
  const create = world.start({ ...world.api.env, GCORE_BASE_URL: url }).create(world.declare("acme"));
  await expect(create).rejects.toThrow(/outcome is unknown/);
  expect(world.clock.now() - started).toBeLessThanOrEqual(25_000);
});

test("the proof itself fails: an error with the account and what to run", async () => {
  const world = await startWorld({ maxRetries: "0" });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "status-before", status: 500, method: "POST", path: "/iam/auth/jwt/login" });
  const create = world.start().create(world.declare("acme", { customId: "crm-7" }));
  await expect(create).rejects.toThrow(
    /client account 50001 .*not whose it is.*login answered 500.*Run `pulumi up` again/,
  );
});

test("other refusals are refusals: nothing retried, nothing looked up", async () => {
  const world = await startWorld();
  await expect(world.start().create(world.declare("acme", { seller: 999 }))).rejects.toThrow(/seller: /);
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
  await expect(world.start({ ...world.api.env, GCORE_API_KEY: "1" }).create(world.declare("acme"))).rejects.toThrow(
    /401/,
  );
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
});

describe("after a crash between the POST and its reply", () => {
  test.each([
    ["the origin mark", {}, 0],
    ["a customId of one's own, and the password", { customId: "crm-7" }, 1],
  ])("a re-run takes the account back by %s", async (_proof, more, logins) => {
    const world = await startWorld();
    const declared = world.declare("acme", more);
    await world.start().create(declared);
    world.api.calls();
    const { outs } = await world.start().create({ ...declared, company: "Renamed Ltd" });
    const calls = world.api.calls();
    expect(calls.filter((call) => call.endsWith("/login"))).toHaveLength(logins);
    expect(calls.at(-1)).toBe(`PATCH /iam/clients/${outs.client}`);
    expect(world.told).toEqual([expect.stringMatching(/taken back; its password is taken to be the declared one\.$/)]);
    expect(world.api.sandbox.accounts()).toMatchObject([{ client: outs.client, companyName: "Renamed Ltd" }]);
  });

  test("a failure while it is brought to what is declared keeps its id", async () => {
    const world = await startWorld();
    await world.start().create(world.declare("acme"));
    world.fault({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/clients/*" });
    const failure = await world
      .start()
      .create(world.declare("acme", { company: "New" }))
      .catch((error) => error);
    const [account] = world.api.sandbox.accounts();
    expect(failure).toMatchObject({
      id: String(account?.users[0]?.id),
      properties: { client: account?.client, company: "acme Ltd", __provider: "the serialized provider" },
      reasons: [expect.stringMatching(/403/)],
    });
    // The plugin never answers when it cannot write the properties down: plain JSON, nothing undefined.
    expect(failure.properties).toStrictEqual(JSON.parse(JSON.stringify(failure.properties)));
  });
});
