import { describe, expect, test, vi } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { descendants, isRunning, kill } from "../support/processes";
import { ids, newStack, type Stack } from "../support/stack";

/** The worst moments of an interruption, one by one; the seeded rounds of test/soak choose moments at random. */

const users = {
  anna: { email: "anna@acme.example", password: "anna-W0rd-1", company: "Anna" },
  bert: { email: "bert@acme.example", password: "bert-W0rd-1", company: "Bert" },
};
const emails = ["anna@acme.example", "bert@acme.example"];
const skipCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** Runs `up` and interrupts it after the API has handled the POSTs and before it replies. */
async function interruptBeforeReply(api: TestApi, stack: Stack, interrupt: (pid: number) => void) {
  api.sandbox.faults.add({ kind: "delay", ms: 3000, when: "after", method: "POST", times: "always" });
  const { child, run } = stack.start(["up", "--yes", "--skip-preview"]);
  let processIds: number[] = [];
  const poll = setInterval(() => {
    if (api.sandbox.accounts().length < 2 || processIds.length > 0) return;
    processIds = descendants(Number(child.pid)).map(({ pid }) => pid);
    interrupt(Number(child.pid));
  }, 20);
  const ended = await run;
  clearInterval(poll);
  kill(processIds);
  api.sandbox.faults.remove();
  expect(processIds.length).toBeGreaterThan(0);
  expect(api.sandbox.accounts()).toHaveLength(2);
  return ended;
}

async function expectConvergence(api: TestApi, stack: Stack) {
  const created = api.sandbox.accounts();
  await stack.pulumi("cancel", "--yes");
  api.calls();
  await stack.up();
  expect(api.calls().filter((call) => !/^GET |^POST \/iam\/users$/.test(call))).toEqual([]);
  expect(api.sandbox.accounts()).toEqual(created);
  const inState = Object.values(await stack.users()).map((user) => ids(user).client);
  expect(inState.sort()).toEqual(created.map(({ client }) => client).sort());
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await stack.destroy();
  expect(api.emails()).toEqual([]);
}

describe.each([
  ["with checkpoints", {}],
  ["without checkpoints", skipCheckpoints],
])("%s, between request and reply", (_mode, mode) => {
  test("kill -9 of the provider process: the next up recovers both accounts", async () => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, ...mode });
    stack.write({ users });
    const run = await interruptBeforeReply(api, stack, (pid) => {
      const plugins = descendants(pid).filter(({ command }) => command.includes("dynamic-provider"));
      expect(plugins.length).toBeGreaterThan(0);
      kill(plugins.map((plugin) => plugin.pid));
    });
    expect(run.code).not.toBe(0);
    await expectConvergence(api, stack);
  });

  test("kill -9 of the CLI: after cancel the next up recovers both accounts", async () => {
    const api = await startApi();
    const stack = await newStack({ ...api.env, ...mode });
    stack.write({ users });
    await interruptBeforeReply(api, stack, (pid) => kill([pid]));
    await expectConvergence(api, stack);
  });
});

test.each<[string, Parameters<TestApi["sandbox"]["faults"]["add"]>[0], string]>([
  ["429 with Retry-After", { kind: "rate-limit", method: "POST", seconds: 30, times: "always" }, "POST /iam/users"],
  ["a lookup after a lost POST", { kind: "drop-before", method: "POST", times: "always" }, "GET /iam/clients"],
])(
  "kill -9 of the CLI while the provider waits in %s: it ends within two seconds, and sends nothing more",
  async (_what, fault, call) => {
    const api = await startApi();
    const stack = await newStack(api.env);
    api.sandbox.faults.add(fault);
    stack.write({ users: { anna: users.anna } });
    const { child, run } = stack.start(["up", "--yes", "--skip-preview"]);
    await vi.waitFor(() => expect(api.seen.map((exchange) => exchange.call)).toContain(call), { timeout: 120_000 });
    const plugins = descendants(Number(child.pid)).filter(({ command }) => command.includes("dynamic-provider"));
    expect(plugins.some(({ pid }) => isRunning(pid))).toBe(true);
    kill([Number(child.pid)]);
    await vi.waitFor(() => expect(plugins.filter(({ pid }) => isRunning(pid))).toEqual([]), 2_000);
    // The process that would send is gone: nothing can follow once faults are removed.
    const sent = api.calls().length;
    api.sandbox.faults.remove();
    await run;
    expect(api.calls()).toEqual([]);
    expect(sent).toBeGreaterThan(0);
    expect(api.sandbox.accounts()).toEqual([]);
  },
);

test("Ctrl-C: requests in flight are completed, and their accounts are in state", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users });
  const run = await interruptBeforeReply(api, stack, (pid) => process.kill(pid, "SIGINT"));
  expect(run.code).not.toBe(0);
  expect(Object.keys(await stack.users()).sort()).toEqual(["anna", "bert"]);
  await expectConvergence(api, stack);
});

test("state file lost: the next up recovers every account and creates none", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  stack.write({ users });
  await stack.up();
  stack.loseState();
  await stack.ok("stack", "init", "prod");
  expect(await stack.users()).toEqual({});
  await expectConvergence(api, stack);
});

test("second stack with the same users: refused, and its destroy changes no account", async () => {
  const api = await startApi();
  const first = await newStack(api.env);
  first.write({ users });
  await first.up();
  const before = await Promise.all(api.sandbox.accounts().map(({ client }) => api.client(client)));

  const second = await newStack(api.env, { stack: "dev" });
  second.write({ users });
  const run = await second.pulumi("up", "--yes", "--skip-preview");
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/client account \d+ \(Anna\) with customId "pulumi:shop\/prod\/anna".*is not proved/);
  expect(run.output).toMatch(/in the stack shop\/prod, `pulumi state delete <urn>`.*set adoptId: "\d+\/\d+" here/);
  expect(await second.users()).toEqual({});
  await second.destroy();
  expect(await Promise.all(api.sandbox.accounts().map(({ client }) => api.client(client)))).toEqual(before);
  expect(api.emails().sort()).toEqual(emails);
  expect(await first.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("replies lost during up: the account is recovered; an email that may have been sent is not sent again", async () => {
  const api = await startApi();
  const stack = await newStack({ ...api.env, GCORE_RESELLER_DEBUG: "1" });
  api.sandbox.faults.add({ kind: "drop-after", method: "POST", path: "/iam/users" });
  stack.write({ users: { anna: users.anna } });
  const up = await stack.up();
  expect(up.output).toMatch(
    /client account 50001 \(Anna\), customId pulumi:shop\/prod\/anna, was created by an earlier attempt and is recovered/,
  );
  expect(up.output).toMatch(/"query":\{"users_email":"sha256:[0-9a-f]{12}"/);
  expect(up.output).not.toMatch(/users_email=|"users_email":"anna/);
  expect(api.calls()).toEqual(["POST /iam/users", "GET /iam/clients"]);

  const sent = "POST /iam/auth/reset_password";
  const declare = (sendPasswordReset: string) =>
    stack.write({ users: { anna: users.anna, bert: { ...users.bert, sendPasswordReset } } });
  api.sandbox.faults.add({ kind: "drop-after", method: "POST", path: "/iam/auth/*" });
  declare("1");
  expect(await stack.refusedUp()).toMatch(
    /ClientUser bert .*no reply.*The email may have been sent\. The call is not repeated/,
  );
  expect(api.calls()).toEqual(["POST /iam/users", sent]);
  await stack.up();
  expect(api.calls()).toEqual([]);
  declare("2");
  expect((await stack.preview("--diff")).output).toMatch(/~ sendPasswordReset\s*: "1" => "2"/);
  await stack.up();
  expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([sent]);
  await expectConvergence(api, stack);
});
