import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { changes, startApi, type TestApi } from "../support/api";
import { descendants, kill } from "../support/processes";
import { newStack, type StateResource } from "../support/stack";

/** examples/many-stacks on the real engine, with few accounts. */

const root = resolve(__dirname, "../..");

/** The example in a folder and a backend of its own, with these accounts. */
async function setUp(api: TestApi, accounts: Record<string, object>, env: Record<string, string> = {}) {
  const given = { ...api.env, FIRST_PASSWORD_SECRET: "secret-W0rd", ...env };
  const stack = await newStack(given, { project: "many-stacks" });
  const program = join(stack.folder, "program");
  cpSync(join(root, "examples/many-stacks"), program, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  writeFileSync(join(program, "accounts.json"), JSON.stringify(accounts));
  const states = join(stack.state, ".pulumi/stacks/many-stacks");
  return {
    ...stack,
    run: (...args: string[]) => stack.node("main.mts", ...args),
    /** Name and ID of each account in the state of any stack, as `<stack>/<name>`. */
    inStates: () =>
      readdirSync(states)
        .filter((file) => file.endsWith(".json"))
        .flatMap((file) => {
          const { checkpoint } = JSON.parse(readFileSync(join(states, file), "utf8"));
          const resources: StateResource[] = checkpoint.latest?.resources ?? [];
          const users = resources.filter(({ type }) => type.endsWith(":ClientUser"));
          return users.map(({ urn, id }) => [`${file.replace(".json", "")}/${urn.split("::").at(-1)}`, id] as const);
        })
        .sort(),
  };
}

const account = (name: string, more: object = {}) => ({ email: `${name}@acme.example`, company: name, ...more });
const named = (names: string[], more?: object) => Object.fromEntries(names.map((name) => [name, account(name, more)]));
const twelve = Array.from({ length: 12 }, (_, i) => `account-${i + 1}`);

/** Each account at Gcore, by the stack and name in its mark. */
const atGcore = (api: TestApi) =>
  api.sandbox
    .accounts()
    .map(({ custom_id, client, users }) => [custom_id?.replace("pulumi:many-stacks/", ""), `${client}/${users[0]?.id}`])
    .sort();

describe.each([
  ["with checkpoints", {}],
  ["without checkpoints", { PULUMI_SKIP_CHECKPOINTS: "true" }],
])("3 stacks, 12 accounts, %s", (_mode, mode) => {
  test("killed in the middle and run again: every account once, and no change of anything moves one", async () => {
    const api = await startApi();
    const { startNode, run, inStates, pulumi } = await setUp(api, named(twelve), mode);
    api.sandbox.faults.add({ kind: "delay", ms: 500, when: "after", method: "POST", times: "always" });
    const options = ["--stacks", "3", "--at-once", "2"];
    const { child, run: killed } = startNode("main.mts", "up", ...options, "--parallel", "1");
    await vi.waitFor(() => expect(api.sandbox.accounts().length).toBeGreaterThanOrEqual(4), { timeout: 120_000 });
    kill([Number(child.pid), ...descendants(Number(child.pid)).map(({ pid }) => pid)]);
    await killed;
    api.sandbox.faults.remove();
    const created = atGcore(api);
    expect(created.length).toBeLessThan(12);

    const refused = await run("up", ...options);
    expect(refused.code).toBe(1);
    const locked = [...refused.output.matchAll(/(shard-\d): it is locked: .*`pulumi (cancel .*)`/g)];
    expect(locked).toHaveLength(2);
    const only = locked.map(([, stack = ""]) => stack).sort();
    expect(refused.output).toContain(`run it again with --only ${only.join(",")}`);
    for (const [, , cancel = ""] of locked) expect(await pulumi(...cancel.split(" "))).toMatchObject({ code: 0 });
    expect(await run("up", ...options, "--only", only.join(","))).toMatchObject({ code: 0 });

    expect(api.emails().sort()).toEqual(twelve.map((name) => `${name}@acme.example`).sort());
    expect(inStates()).toEqual(atGcore(api));
    expect(atGcore(api)).toEqual(expect.arrayContaining(created));

    api.calls();
    const again = await run("up", "--stacks", "5");
    expect(again).toMatchObject({ code: 0 });
    expect(again.output.match(/^shard-\d: \d+ same/gm)).toHaveLength(3);
    expect(api.calls()).toEqual([]);
  });
});

test("by seller: each refresh lists the accounts of its seller, and one whose seller was changed stays", async () => {
  const api = await startApi();
  const sellers: number[] = [];
  for (const name of ["anna", "bert"]) {
    const seller = { email: `${name}@reseller.example`, full_name: name };
    sellers.push((await api.send("POST", "/iam/admin/sellers", seller)).body.id);
  }
  const [anna, bert] = sellers;
  const accounts = { ...named(["a1", "a2", "a3"], { seller: anna }), ...named(["b1", "b2", "b3"], { seller: bert }) };
  const { run, inStates } = await setUp(api, accounts);
  expect(await run("up", "--by", "seller")).toMatchObject({ code: 0 });
  const before = inStates();
  expect(before.map(([name]) => name)).toEqual(
    [`seller-${anna}`, `seller-${bert}`].flatMap((stack, i) => [1, 2, 3].map((n) => `${stack}/${"ab"[i]}${n}`)),
  );

  const [moved] = api.sandbox.accounts();
  await api.send("PATCH", `/iam/clients/${moved?.client}`, { seller: bert });
  api.seen.splice(0);
  expect(await run("refresh", "--by", "seller")).toMatchObject({ code: 0 });
  const pages = api.seen.filter(({ call }) => call === "GET /iam/clients");
  expect(pages.map(({ query }) => query.seller_id).sort()).toEqual([`${anna}`, `${bert}`]);
  expect(inStates()).toEqual(before);
  expect(changes(api.calls())).toEqual([]);
});

test("--requests-per-second: all running stacks together stay below it", async () => {
  const api = await startApi();
  api.sandbox.setRateLimit({ requestsPerSecond: 10, burst: 4 });
  const { run } = await setUp(api, named(twelve));
  const up = await run("up", "--stacks", "3", "--at-once", "2", "--requests-per-second", "8");
  expect(up).toMatchObject({ code: 0 });
  expect(api.emails()).toHaveLength(12);
  expect(api.seen.filter(({ status }) => status === 429)).toEqual([]);
});

test("what cannot run: an error of one line before any request", async () => {
  const api = await startApi();
  const { run, inStates } = await setUp(api, named(["acme"]), { FIRST_PASSWORD_SECRET: "" });
  expect((await run("up", "--only", "shard-99")).output).toBe("--only: there is no stack shard-99\n");
  expect((await run("up", "--stacks", "1")).output).toContain("FIRST_PASSWORD_SECRET is not set");
  expect(inStates()).toEqual([]);
  expect(api.calls()).toEqual([]);
});
