import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import type { CreatableDefinition } from "../../provider/engine/define";
import { type ClientUserInputs, type ClientUserOutputs, clientUser } from "../../provider/resources/client-user";
import { answeringAlways } from "../support/api";
import { fakeClock, idOf, startWorld } from "../support/process";

/** The create protocol: after any fault there is one account for each declared email address, and its ID or a clear error. */

const post = { method: "POST", path: "/iam/users" } as const;
const lookups = { method: "GET", path: "/iam/clients" } as const;

test("no fault: one request", async () => {
  const world = await startWorld();
  const { id, outs } = await world.start().create(world.declare("acme"));
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
  const [account] = world.api.sandbox.accounts();
  expect([id, outs.client]).toEqual([idOf(account), account?.client]);
  expect(world.logged).toEqual([]);
});

describe.each([
  ["the origin mark", {}],
  ["a declared customId", { customId: "crm-7" }],
  ["no customId", { customId: null }],
])("with %s", (_what, more) => {
  test.each<[string, FaultInput, string[]]>([
    ["handled, then dropped", { kind: "drop-after" }, ["POST /iam/users"]],
    ["handled, then 500", { kind: "status-after", status: 500 }, ["POST /iam/users"]],
    ["handled, then 502 with HTML", { kind: "status-after", status: 502 }, ["POST /iam/users"]],
    ["handled, then truncated JSON", { kind: "truncated-json" }, ["POST /iam/users"]],
    ["handled, then a body with wrong types", { kind: "wrong-type" }, ["POST /iam/users"]],
    ["handled, then an empty body", { kind: "unreadable" }, ["POST /iam/users"]],
    ["dropped before", { kind: "drop-before" }, ["POST /iam/users", "POST /iam/users"]],
    ["500 before", { kind: "status-before", status: 500 }, ["POST /iam/users", "POST /iam/users"]],
    [
      "429 with Retry-After in seconds",
      { kind: "rate-limit", retryAfter: "seconds", seconds: 7 },
      ["POST /iam/users", "POST /iam/users"],
    ],
    [
      "429 with Retry-After as a date",
      { kind: "rate-limit", retryAfter: "date", seconds: 7 },
      ["POST /iam/users", "POST /iam/users"],
    ],
    ["429 without Retry-After", { kind: "rate-limit", retryAfter: "absent" }, ["POST /iam/users", "POST /iam/users"]],
    [
      "429 with an invalid Retry-After",
      { kind: "rate-limit", retryAfter: "garbage" },
      ["POST /iam/users", "POST /iam/users"],
    ],
  ])("%s: one account is created, and its ID is returned", async (_fault, fault, posts) => {
    const world = await startWorld();
    world.fault({ ...post, ...fault } as FaultInput);
    const { id, outs } = await world.start().create(world.declare("acme", more));
    const accounts = world.api.sandbox.accounts();
    expect(accounts).toHaveLength(1);
    expect([id, outs.client]).toEqual([idOf(accounts[0]), accounts[0]?.client]);
    const calls = world.api.calls();
    expect(calls.filter((call) => call === "POST /iam/users")).toEqual(posts);
    expect(calls.filter((call) => call.endsWith("/login")).length).toBeLessThanOrEqual(1);
    // Only the POST changes anything: the created account is as declared.
    expect(calls.filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call))).toEqual([]);
  });
});

test("reply lost and reads stale: looked up until found, and the wait is logged once", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 20_000, times: "always" });
  const { outs } = await world.start().create(world.declare("acme"));
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
  expect(world.api.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  expect(world.logged).toEqual([
    expect.stringMatching(/no reply .*Looking it up for another 5\d s\.$/),
    "client account 50001 (acme Ltd), customId pulumi:shop/prod/acme, was created by an earlier attempt and is recovered.",
  ]);
});

test("reads stale for a moment: nothing is logged of the wait", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 1_000, times: "always" });
  await world.start().create(world.declare("acme", { customId: null }));
  expect(world.logged).toEqual([
    "client account 50001 (acme Ltd), customId none, was created by an earlier attempt and is recovered.",
  ]);
});

test("created by a run that was killed: recovered, and the line says that the password was not compared", async () => {
  const world = await startWorld();
  await world.start().create(world.declare("acme"));
  await world.start().create(world.declare("acme"));
  expect(world.logged).toEqual([
    expect.stringMatching(/is recovered; its password is assumed to be the declared one\.$/),
  ]);
});

test("the reply differs from what was declared: no other call is made", async () => {
  const world = await startWorld();
  const definition = clientUser as CreatableDefinition<ClientUserInputs, ClientUserOutputs>;
  const create: typeof definition.create = async (api, inputs) => {
    const created = await definition.create(api, inputs);
    return { ...created, inputs: { ...created.inputs, company: "ACME LTD" } };
  };
  const { outs } = await world
    .process()({ ...definition, create })
    .create(world.declare("acme"));
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
  expect(outs.company).toBe("acme Ltd");
});

test("lookups fail for a while, without retries: looked up again, and there is one account", async () => {
  const world = await startWorld({ maxRetries: "0" });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "status-before", status: 500, ...lookups, times: 3 });
  const { outs } = await world.start().create(world.declare("acme"));
  expect(world.api.calls()).toEqual(["POST /iam/users", ...Array(4).fill("GET /iam/clients")]);
  expect(world.api.sandbox.accounts()).toMatchObject([{ client: outs.client }]);
});

test("reads stale beyond the deadline: the API refuses the second POST, and there is one account", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 90_000, times: "always" });
  const { outs } = await world.start().create(world.declare("acme"));
  expect(world.api.sandbox.accounts()).toHaveLength(1);
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
});

test("lookup keeps failing: an error says so and what to run, and the next up converges [advice: outcomeUnknown]", async () => {
  const world = await startWorld({ maxRetries: "1", recoveryTimeoutSeconds: "5" });
  world.fault({ kind: "drop-after", ...post, times: "always" });
  world.fault({ kind: "status-before", status: 503, ...lookups, times: "always" });
  const declared = world.declare("acme");
  await expect(world.start().create(declared)).rejects.toThrow(/outcome is unknown.*503.*Run `pulumi up` again/);
  expect(world.api.sandbox.accounts()).toHaveLength(1);
  world.api.sandbox.faults.remove();
  const { outs } = await world.start().create(declared);
  expect(outs.client).toBe(world.api.sandbox.accounts()[0]?.client);
  expect(world.api.sandbox.accounts()).toHaveLength(1);
});

test("401 during the lookup: an error at once, since waiting does not help", async () => {
  const world = await startWorld();
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "unauthorized", ...lookups, times: "always" });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/outcome is unknown.*answered 401/);
  expect(world.api.calls()).toEqual(["POST /iam/users", "GET /iam/clients"]);
});

test("401 after a lost POST: the error still says that the outcome is unknown", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "2" });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "stale-reads", ms: 60_000, times: "always" });
  world.fault({ kind: "unauthorized", ...post, skip: 1 });
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(
    /outcome is unknown.*acme@acme.example.*401/,
  );
});

test.each([{ customId: "crm-7" }, { customId: null }])(
  "list by date is stale after a lost reply: read again until it shows the account, %o",
  async (more) => {
    const world = await startWorld();
    world.fault({ kind: "drop-after", ...post });
    world.fault({ kind: "stale-reads", ms: 30_000, skip: 1, times: "always" });
    expect(await world.start().create(world.declare("acme", more))).toMatchObject({ outs: { client: 50001 } });
    expect(world.api.calls().filter((call) => call.endsWith("/login"))).toHaveLength(1);
  },
);

test("Retry-After beyond the deadline: the lookup ends at the deadline", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "20" });
  const url = await answeringAlways(503, { "retry-after": "300" });
  const started = world.clock.now();
  const create = world.start({ ...world.api.env, GCORE_BASE_URL: url }).create(world.declare("acme"));
  await expect(create).rejects.toThrow(/outcome is unknown/);
  expect(world.clock.now() - started).toBeLessThanOrEqual(25_000);
});

test("proof of ownership fails: an error with the account and what to run", async () => {
  const world = await startWorld({ maxRetries: "0" });
  world.fault({ kind: "drop-after", ...post });
  world.fault({ kind: "status-before", status: 500, method: "POST", path: "/iam/auth/jwt/login" });
  const create = world.start().create(world.declare("acme", { customId: "crm-7" }));
  await expect(create).rejects.toThrow(
    /client account 50001 .*owner could not be determined.*login answered 500.*Run `pulumi up` again/,
  );
});

test("dropped before, on a clock that passes between two statements: the last lookup is made, then POST again", async () => {
  const base = fakeClock();
  let passed = 0;
  const world = await startWorld({ recoveryTimeoutSeconds: "3" }, { ...base, now: () => base.now() + passed++ });
  world.fault({ kind: "drop-before", ...post });
  expect(await world.start().create(world.declare("acme"))).toMatchObject({ outs: { client: 50001 } });
  expect(world.api.calls().filter((call) => call.startsWith("POST"))).toEqual(["POST /iam/users", "POST /iam/users"]);
});

test("other 4xx: no retry and no lookup", async () => {
  const world = await startWorld();
  await expect(world.start().create(world.declare("acme", { seller: 999 }))).rejects.toThrow(/seller: /);
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
  await expect(world.start({ ...world.api.env, GCORE_API_KEY: "1" }).create(world.declare("acme"))).rejects.toThrow(
    /401/,
  );
  expect(world.api.calls()).toEqual(["POST /iam/users"]);
});

describe("crash between the POST and its reply", () => {
  test.each([
    ["the origin mark", {}, 0],
    ["a declared customId, and the password", { customId: "crm-7" }, 1],
  ])("next run: recovers the account by %s", async (_proof, more, logins) => {
    const world = await startWorld({ recoveryWindowMinutes: "60" });
    const declared = world.declare("acme", more);
    await world.start().create(declared);
    world.api.calls();
    const { outs } = await world.start().create({ ...declared, company: "Renamed Ltd" });
    const calls = world.api.calls();
    expect(calls.filter((call) => call.endsWith("/login"))).toHaveLength(logins);
    expect(calls.at(-1)).toBe(`PATCH /iam/clients/${outs.client}`);
    expect(world.logged).toEqual([
      expect.stringMatching(/recovered; its password is assumed to be the declared one\.$/),
    ]);
    expect(world.api.sandbox.accounts()).toMatchObject([{ client: outs.client, companyName: "Renamed Ltd" }]);
  });

  test("failure of the update after recovery: the ID is kept in state", async () => {
    const world = await startWorld();
    await world.start().create(world.declare("acme"));
    world.fault({ kind: "status-before", status: 403, method: "PATCH", path: "/iam/clients/*" });
    const failure = await world
      .start()
      .create(world.declare("acme", { company: "New" }))
      .catch((error) => error);
    const [account] = world.api.sandbox.accounts();
    expect(failure).toMatchObject({
      id: idOf(account),
      properties: { client: account?.client, company: "acme Ltd", __provider: "the serialized provider" },
      reasons: [expect.stringMatching(/403/)],
    });
    // The plugin never replies if it cannot serialize the properties: plain JSON, nothing undefined.
    expect(failure.properties).toStrictEqual(JSON.parse(JSON.stringify(failure.properties)));
  });
});
