import { describe, expect, test } from "vitest";
import { canLogIn } from "../../provider/api/auth";
import { setDefaultAvailability } from "../../provider/api/availability";
import { readClient } from "../../provider/api/client-pages";
import { getClient } from "../../provider/api/clients";
import { systemClock } from "../../provider/api/clock";
import { createSeller, deleteSeller } from "../../provider/api/sellers";
import type { Api } from "../../provider/api/transport";
import { capPages, holdBack, startServer } from "../support/network";
import { fakeClock, startWorld } from "../support/process";

/** Reads at about the same time are served from pages where that takes fewer requests, and never wrongly. */

interface Shape {
  /** Accounts that a page holds at most; the provider requests 100. */
  page?: number;
  parallel?: number;
  clock?: ReturnType<typeof fakeClock>;
  settings?: Record<string, string>;
  /** The stack's accounts are spread evenly over all accounts, instead of the first ones. */
  spread?: boolean;
}

/** A reseller with `total` accounts, and a stack of `mine` of them. */
async function startStack(total: number, mine: number, shape: Shape = {}) {
  const { page = 100, parallel = 8, clock, settings = {}, spread = false } = shape;
  const world = await startWorld(settings, clock);
  world.api.sandbox.seed(total);
  capPages(world, page);
  const step = spread ? Math.floor(total / mine) : 1;
  const accounts = world.api.sandbox
    .accounts()
    .filter((_, index) => index % step === 0)
    .slice(0, mine);
  const provider = world.start();
  const stateOf = ({ client, users, email, companyName }: (typeof accounts)[number]) => ({
    client,
    userId: Number(users[0]?.id),
    email,
    company: companyName,
  });
  /** Does the work for all accounts, `parallel` at a time as the engine does, and returns the calls that it took. */
  const forEach = async (work: (id: string, state: ReturnType<typeof stateOf>) => Promise<unknown>) => {
    const queue = accounts.map(stateOf);
    const worker = async () => {
      for (let state = queue.shift(); state; state = queue.shift())
        await work(`${state.client}/${state.userId}`, state);
    };
    world.api.calls();
    await Promise.all(Array.from({ length: parallel }, worker));
    return world.api.calls();
  };
  /** Reads all accounts, as a refresh does. */
  const run = async () => {
    const results: { id: string; props: Record<string, unknown> }[] = [];
    const calls = await forEach(async (id, state) => results.push(await provider.read(id, state)));
    return { ids: results.map(({ id }) => Number(id.split("/")[1])).sort((a, b) => a - b), calls, results };
  };
  return { world, provider, run, forEach, ids: accounts.map((account) => Number(account.users[0]?.id)) };
}

/** Of seeded accounts. */
const clientOf = (userId: number) => userId + 42_000;

const seller = { email: "sales@reseller.example", full_name: "Sales" };
const companyOf = ({ props }: { props: Record<string, unknown> }) => props.company;

/** Mutation tests leave the large cases out: they run these tests for hundreds of mutants. */
const maxAccounts = Number(process.env.MAX_CASE_SIZE ?? Number.POSITIVE_INFINITY);
const isSmall = ([total]: readonly [total: number, ...unknown[]]) => total <= maxAccounts;

describe("requests of a refresh of all accounts", () => {
  const cases = [3, 250, 1000, 10_000].flatMap((total) =>
    [25, 100].flatMap((page) => [1, 8, 200].map((parallel) => [total, page, parallel] as const)),
  );
  test.each(cases.filter(isSmall))(
    "%i accounts, pages of %i, %i at a time: within the bound",
    async (total, page, parallel) => {
      const { run, ids } = await startStack(total, total, { page, parallel });
      const { ids: found, calls } = await run();
      const pages = Math.ceil(total / page);
      const bound = pages <= 20 ? pages + 2 : 1.25 * pages + 2 + parallel;
      expect(found).toEqual(ids);
      expect(calls.length).toBeLessThanOrEqual(bound);
    },
  );
});

const shares: [total: number, mine: number, parallel: number, most: number][] = [
  [5000, 8, 8, 9],
  [5000, 1, 8, 1],
  [20, 2, 8, 2],
  [3, 3, 1, 3],
  [100, 100, 8, 1],
];
test.each(shares.filter(isSmall))(
  "%i accounts, %i of them in the stack, %i at a time: at most %i requests",
  async (total, mine, parallel, most) => {
    const { run, ids } = await startStack(total, mine, { parallel });
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(most);
  },
);

describe.skipIf(maxAccounts < 10_000)("one of ten stacks with 1,000 accounts each", () => {
  const many = { spread: true, parallel: 32 };

  test("sharded by seller, listSeller: at most 12 requests", async () => {
    const { world, run, ids } = await startStack(10_000, 1000, { ...many, settings: { listSeller: "7" } });
    for (const id of ids) world.api.sandbox.updateClient(clientOf(id), { seller: 7 });
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(12);
  });

  test("sharded by hash: at most 102 requests", async () => {
    const { run, ids } = await startStack(10_000, 1000, many);
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(102);
  });
});

describe("listSeller", () => {
  const settings = { listSeller: "7" };

  test("an account that got another seller, or none: read singly, shown as drift, none is gone", async () => {
    const { world, run, ids } = await startStack(40, 20, { settings });
    for (const id of ids) world.api.sandbox.updateClient(clientOf(id), { seller: 7 });
    world.api.sandbox.updateClient(50_003, { seller: 12 });
    world.api.sandbox.updateClient(50_004, { seller: null });
    const { ids: found, calls, results } = await run();
    expect(found).toEqual(ids);
    expect(results.filter(({ props }) => props.deleted)).toEqual([]);
    const sellers = Object.fromEntries(results.map(({ id, props }) => [id.split("/")[0], props.seller]));
    expect(sellers).toMatchObject({ 50001: 7, 50003: 12 });
    expect(calls.sort()).toEqual(["GET /iam/clients", "GET /iam/clients/50003", "GET /iam/clients/50004"]);
  });

  test.each([
    ["a seller without accounts", 12],
    ["a seller who does not exist", 999],
  ])("%s: every account is read singly", async (_what, listSeller) => {
    const { run, ids } = await startStack(12, 12, { settings: { listSeller: String(listSeller) } });
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.filter((call) => call !== "GET /iam/clients")).toHaveLength(12);
  });

  test("a destroy: an account of another seller is read singly, then its user is deleted", async () => {
    const { world, provider, forEach } = await startStack(10, 10, { settings });
    for (const { client } of world.api.sandbox.accounts().slice(1))
      world.api.sandbox.updateClient(client, { seller: 7 });
    const calls = await forEach(async (id, state) => {
      await provider.read(id, state);
      await provider.delete(id, state);
    });
    expect(calls.filter((call) => call.startsWith("DELETE "))).toHaveLength(10);
    expect(world.api.emails()).toEqual([]);
  });

  test("create after a lost reply: the account is found, whoever its seller is", async () => {
    const world = await startWorld(settings);
    world.fault({ kind: "drop-after", method: "POST", path: "/iam/users" });
    const { id } = await world.start().create(world.declare("acme"));
    expect(id).toBe("50001/8001");
    expect(world.api.seen.flatMap(({ query }) => query.seller_id ?? [])).toEqual([]);
    expect(world.api.emails()).toEqual(["acme@acme.example"]);
  });
});

test.each([
  [20, 2, 0, 2],
  [20, 3, 1, 0],
  [2000, 3, 20, 0],
  [2100, 5, 1, 5],
  [2400, 5, 1, 5],
  [2400, 6, 24, 0],
])("%i accounts, %i read at once: %i pages and %i single reads", async (total, mine, pages, single) => {
  const { calls } = await (await startStack(total, mine)).run();
  const listed = calls.filter((call) => call === "GET /iam/clients").length;
  expect([listed, calls.length - listed]).toEqual([pages, single]);
});

test("an account that the list shows incompletely: read singly, the others from their pages", async () => {
  const accounts = Array.from({ length: 30 }, (_, index) => ({ id: index + 1, users: [] }));
  const { url, requests } = await startServer(({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const offset = Number(searchParams.get("offset"));
    const page = accounts.slice(offset, offset + 10).map((one) => (one.id === 5 ? { id: 5 } : one));
    const one = accounts.find(({ id }) => pathname === `/iam/clients/${id}`);
    response.end(JSON.stringify(one ?? { count: accounts.length, results: page }));
  });
  const world = await startWorld();
  const api = world.open({ ...world.api.env, GCORE_BASE_URL: url });
  const found = await Promise.all(accounts.map(({ id }) => readClient(api, id, () => true)));
  expect(found).toEqual(accounts);
  expect(requests.map((request) => request.replace(/\?.*offset=(\d+).*/, " from $1"))).toEqual([
    "GET /iam/clients from 0",
    "GET /iam/clients from 10",
    "GET /iam/clients from 20",
    "GET /iam/clients/5",
  ]);
});

test("a record from a page equals a single read, field by field", async () => {
  const { world, run, ids } = await startStack(20, 20);
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
    const { world, run, ids } = await startStack(300, 300);
    world.fault({ kind: "shifted-page", by, skip: 1, times: "always" });
    const { ids: found, calls } = await run();
    expect(found).toEqual(ids);
    expect(calls.length).toBeLessThanOrEqual(3 + 2 * Math.abs(by));
  });

  test("a user who is gone: one single read, then kept and marked as deleted", async () => {
    const { world, run, ids } = await startStack(30, 30);
    await world.api.send("DELETE", `/iam/users/${ids[4]}`);
    world.api.calls();
    const { ids: found, calls, results } = await run();
    expect(found).toEqual(ids);
    expect(results.filter(({ props }) => props.deleted).map(({ id }) => id)).toEqual([`50005/${ids[4]}`]);
    expect(calls.filter((call) => call === "GET /iam/clients/50005")).toHaveLength(1);
  });
});

test.each([
  ["cannot be read", { kind: "status-before", status: 500, times: "always" }],
  ["is truncated", { kind: "truncated-json", times: "always" }],
  ["is of other types", { kind: "wrong-type", times: "always" }],
] as const)("a list that %s: every account is read singly", async (_what, fault) => {
  const { world, run, ids } = await startStack(12, 12);
  world.fault({ ...fault, method: "GET", path: "/iam/clients" });
  const { ids: found } = await run();
  expect(found).toEqual(ids);
});

describe("own changes", () => {
  /** Accounts whose pages have been fetched. */
  const read = async (total: number) => {
    const stack = await startStack(total, total);
    await stack.run();
    return stack;
  };
  const state = { client: 50_001, userId: 8001, company: "Seed 1", email: "seed-1@sandbox.example" };

  test.each<[string, (provider: ReturnType<Awaited<ReturnType<typeof startWorld>>["start"]>) => Promise<unknown>]>([
    ["of the company", (provider) => provider.update("50001/8001", state, { ...state, company: "New" })],
    ["of the name, as the user", (provider) => provider.update("50001/8001", state, { ...state, name: "New" })],
    [
      "of the email address, as the user",
      (provider) =>
        provider.update(
          "50001/8001",
          { ...state, password: "seed-password" },
          { ...state, password: "seed-password", email: "new@a.example" },
        ),
    ],
    [
      "of a product's availability",
      (provider) =>
        provider.update("50001/8001", state, { ...state, services: [{ productName: "CDN", available: true }] }),
    ],
  ])("%s: the account is read singly, the others from their pages", async (_what, change) => {
    const { world, provider, forEach } = await read(10);
    await change(provider);
    const before = new Map<string, unknown>();
    const calls = await forEach(async (id, known) => before.set(id, (await provider.read(id, known)).props));
    expect(calls).toEqual(["GET /iam/clients/50001"]);
    expect(before.get("50001/8001")).toEqual(
      (await world.start().read("50001/8001", before.get("50001/8001") as typeof state)).props,
    );
  });

  test.each<[string, (api: Api) => Promise<unknown>]>([
    ["of a default availability", (api) => setDefaultAvailability(api, "CDN", true)],
    ["that deletes a seller", async (api) => deleteSeller(api, (await createSeller(api, seller)).id)],
    ["that names no account", (api) => api.send({ method: "PATCH", path: "/iam/clients/50001", body: {} })],
  ])("%s: every account is read singly", async (_what, change) => {
    const { world } = await startStack(3, 3);
    const api = world.open();
    const ids = [50_001, 50_002, 50_003];
    const readAll = () => Promise.all(ids.map((id) => readClient(api, id, () => true)));
    await readAll();
    expect(world.api.calls()).toEqual(["GET /iam/clients"]);
    await change(api);
    world.api.calls();
    await readAll();
    expect(world.api.calls().sort()).toEqual(ids.map((id) => `GET /iam/clients/${id}`));
  });

  test("a create and a login: no page is read again", async () => {
    const { world, provider, run } = await read(10);
    await provider.create(world.declare("acme"));
    await canLogIn(world.open(), "seed-1@sandbox.example", "seed-password");
    expect((await run()).calls).toEqual([]);
  });

  test("a change under way: a read of its account waits, and pages fetched meanwhile are not used for it", async () => {
    // The fake clock stands still while a request is under way, which the change is.
    const { world, provider } = await startStack(10, 10, { clock: { ...fakeClock(), ...systemClock } });
    const change = holdBack(world, "PATCH");
    const updated = provider.update("50001/8001", state, { ...state, company: "New" });
    await change.arrived;
    const company = async (client: number) =>
      companyOf(await provider.read(`${client}/${client - 42_000}`, { client, email: "?", company: "?" }));
    const waiting = company(50_001);
    expect(await Promise.all([50_002, 50_003, 50_004].map(company))).toEqual(["Seed 2", "Seed 3", "Seed 4"]);
    // A round trip, in which a read that does not wait would be answered.
    await getClient(world.open(), 50_002);
    change.release();
    await updated;
    expect([await waiting, await company(50_001)]).toEqual(["New", "New"]);
    expect(world.api.calls()).toEqual([
      "GET /iam/clients/50001",
      "GET /iam/clients",
      "GET /iam/clients/50002",
      "PATCH /iam/clients/50001",
      ...Array(2).fill("GET /iam/clients/50001"),
    ]);
  });
});

describe("requests of a destroy: each account is read, then its user is deleted", () => {
  const destroy = async ({ provider, forEach, world }: Awaited<ReturnType<typeof startStack>>, delayMs = 0) => {
    const calls = await forEach(async (id, state) => {
      expect((await provider.read(id, state)).id).toBe(id);
      await provider.delete(id, state);
      await world.clock.sleep(delayMs);
    });
    const deletes = calls.filter((call) => call.startsWith("DELETE "));
    return { deletes: deletes.length, reads: calls.length - deletes.length };
  };

  const cases: [total: number, page: number, parallel: number][] = [
    [250, 100, 1],
    [250, 25, 8],
    [1000, 100, 8],
    [1000, 100, 200],
  ];
  test.each(cases.filter(isSmall))("%i accounts, pages of %i, %i at a time", async (total, page, parallel) => {
    const { deletes, reads } = await destroy(await startStack(total, total, { page, parallel }));
    expect(deletes).toBe(total);
    const pages = Math.ceil(total / page);
    expect(reads).toBeLessThanOrEqual(pages <= 20 ? pages + 2 : 1.25 * pages + 2 + parallel);
  });

  test("over several minutes: a page is read again when it is a minute old, at most once for each minute", async () => {
    const stack = await startStack(500, 500, { parallel: 4 });
    const started = stack.world.clock.now();
    const { deletes, reads } = await destroy(stack, 1_500);
    const minutes = Math.floor((stack.world.clock.now() - started) / 60_000);
    expect(minutes).toBe(3);
    expect(deletes).toBe(500);
    // In the order of the list, each page is used for about 40 s: without its age, five reads would do.
    expect(reads).toBeGreaterThan(5 + 2);
    expect(reads).toBeLessThanOrEqual(5 + 2 + 5 * minutes);
  });
});

test("a page older than a minute: changed elsewhere meanwhile, read again", async () => {
  const { world, provider, run, ids } = await startStack(10, 10);
  await run();
  world.api.sandbox.updateClient(50001, { companyName: "New" });
  const company = async () =>
    companyOf(await provider.read(`50001/${ids[0]}`, { client: 50_001, email: "?", company: "Seed 1" }));
  await world.clock.sleep(60_000);
  expect(await company()).toBe("Seed 1");
  await world.clock.sleep(1);
  expect(await company()).toBe("New");
  expect(world.api.calls()).toEqual(["GET /iam/clients"]);
});

test("pages older than a minute: only the account's own page is read again", async () => {
  const { world, provider, run, ids } = await startStack(250, 250);
  await run();
  await world.clock.sleep(61_000);
  world.api.calls();
  await provider.read(`50150/${ids[149]}`, { client: 50_150, email: "?", company: "?" });
  expect(world.api.seen.map(({ call, query }) => [call, query.offset])).toEqual([["GET /iam/clients", "100"]]);
});
