import { describe, expect, test } from "vitest";
import { startWorld } from "../support/process";

/** Reads at about the same time are served from pages where that takes fewer requests, and never wrongly. */

/** A reseller with `total` accounts, and a stack of the first `mine` of them, refreshed as Pulumi does: `parallel` at a time. */
async function refresh(total: number, mine: number, parallel = 8) {
  const world = await startWorld();
  world.api.sandbox.seed(total);
  const accounts = world.api.sandbox.accounts().slice(0, mine);
  const provider = world.start();
  const queue = [...accounts];
  const results: { id: string; props: Record<string, unknown> }[] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const known = { client: next.client, userId: next.users[0]?.id, email: next.email, company: next.companyName };
      results.push(await provider.read(String(next.users[0]?.id), known));
    }
  };
  const run = async () => {
    await Promise.all(Array.from({ length: parallel }, work));
    return { ids: results.map(({ id }) => Number(id)).sort((a, b) => a - b), calls: world.api.calls(), results };
  };
  return { world, run, ids: accounts.map((account) => Number(account.users[0]?.id)) };
}

test.each([
  [500, 500, 8, 7],
  [100, 100, 8, 3],
  [101, 101, 8, 4],
  [1000, 1000, 16, 12],
  [5000, 8, 8, 9],
  [5000, 1, 8, 1],
  [20, 2, 8, 2],
  [3, 3, 1, 3],
])(
  "%i accounts, %i of them in the stack, %i at once: at most %i requests",
  async (total, mine, parallel, maxRequests) => {
    const { run, ids } = await refresh(total, mine, parallel);
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(maxRequests);
  },
);

test("a record from a page equals a single read, field by field", async () => {
  const { world, run, ids } = await refresh(20, 20);
  world.api.sandbox.updateClient(50003, { custom_id: "crm-3", seller: 12, country_code: "DE", is_test: true });
  world.api.sandbox.updateUser(Number(ids[2]), { name: "Anna", phone: "+49", two_fa: true });
  const { results } = await run();
  for (const listed of results) {
    const single = await world.start().read(listed.id, { ...listed.props });
    expect(single.props).toEqual(listed.props);
  }
});

describe("a list that changes while it is read", () => {
  test.each([1, -1, 3])("by %i: missed accounts are read singly, none is reported as gone", async (by) => {
    const { world, run, ids } = await refresh(300, 300);
    world.fault({ kind: "shifted-page", by, skip: 1, times: "always" });
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(3 + 2 * Math.abs(by));
  });

  test("a user who is gone: one single read, then reported as gone", async () => {
    const { world, run, ids } = await refresh(30, 30);
    await world.api.send("DELETE", `/iam/users/${ids[4]}`);
    world.api.calls();
    const { ids: found, calls } = await run();
    expect(found).toEqual([0, ...ids.filter((id) => id !== ids[4])]);
    expect(calls.filter((call) => call === "GET /iam/clients/50005")).toHaveLength(1);
  });
});

test.each([
  ["cannot be read", { kind: "status-before", status: 500, times: "always" }],
  ["is truncated", { kind: "truncated-json", times: "always" }],
  ["is of other types", { kind: "wrong-type", times: "always" }],
] as const)("a list that %s: every account is read singly", async (_what, fault) => {
  const { world, run, ids } = await refresh(12, 12);
  world.fault({ ...fault, method: "GET", path: "/iam/clients" });
  const { ids: found } = await run();
  expect(found).toEqual(ids);
});

test("a record read before a change is not used after it", async () => {
  const { world, run } = await refresh(10, 10);
  await run();
  const provider = world.start();
  const read = () =>
    Promise.all([1, 2, 3, 4].map((n) => provider.read(String(8000 + n), { client: 50_000 + n, company: "" })));
  expect((await read()).map(({ props }) => props.company)).toEqual(["Seed 1", "Seed 2", "Seed 3", "Seed 4"]);
  const state = { client: 50_001, userId: 8001, company: "Seed 1" };
  await provider.update("8001", state, { ...state, company: "Renamed" });
  expect((await read()).map(({ props }) => props.company)).toEqual(["Renamed", "Seed 2", "Seed 3", "Seed 4"]);
});
