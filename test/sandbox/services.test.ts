import type { AssumptionChanges } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { otherReseller, sandboxOfTest } from "./caller";

const DAY = 24 * 60 * 60 * 1000;
const start = Date.parse("2026-03-01T00:00:00Z");
const statuses = ["new", "trial", "trialend", "active", "paused", "activating", "deleted"] as const;
type Status = (typeof statuses)[number];

/** An account with CDN and its other products, and a clock that the test sets. */
async function one(assumptions: AssumptionChanges = {}) {
  const clock = { now: start };
  const context = sandboxOfTest({ now: () => clock.now, assumptions });
  const { client, user } = await context.account("ada@example.com");
  const path = `/iam/clients/${client}/services`;
  const list = async () => (await context.call("GET", path)).body;
  const id = async (name: string) => (await list()).find((one: { name: string }) => one.name === name).id;
  const cdn = `${path}/${await id("CDN")}`;
  const read = async () => (await context.call("GET", cdn)).body;
  const put = (status: string, more: object = {}) => context.call("PUT", cdn, { status, ...more });
  const record = async () => (await context.call("GET", `/iam/clients/${client}`)).body;
  return { ...context, clock, client, user, path, list, id, cdn, read, put, record };
}

describe("the services of a client account", () => {
  test("are six that are new, of the contract's shape", async () => {
    const { call, client, list, path, record } = await one();
    const services = await list();
    expect(services.map(({ name }: { name: string }) => name)).toEqual([
      "CDN",
      "STORAGE",
      "STREAMING",
      "DNS",
      "DDOS",
      "CLOUD",
    ]);
    for (const service of services) {
      expect(service).toEqual({
        id: expect.any(Number),
        name: expect.any(String),
        client,
        status: "new",
        previous_status: "new",
        status_changed_at: "2026-03-01T00:00:00.000Z",
        start: "2026-03-01T00:00:00.000Z",
        deleted_date: null,
        enabled: false,
        options: [
          expect.objectContaining({ name: "max_resources", value: "10", value_type: "int" }),
          expect.objectContaining({ name: "support_access", value: "False", value_type: "bool" }),
        ],
        status_transition_options: [expect.objectContaining({ name: "trial_days", value_type: "int" })],
      });
      expect(await call("GET", `${path}/${service.id}`)).toEqual({ status: 200, body: service });
    }
    const shown = (await record()).serviceStatuses;
    expect(Object.keys(shown)).toHaveLength(6);
    expect(shown.CDN).toEqual({ status: "new", enabled: false });
  });

  test("have ids of their own in each account", async () => {
    const { call, account, list } = await one();
    const bob = await account("bob@example.com");
    const others = (await call("GET", `/iam/clients/${bob.client}/services`)).body;
    const ids = [...(await list()), ...others].map((service: { id: number }) => service.id);
    expect(new Set(ids).size).toBe(12);
  });

  test("of another reseller or account, and unknown ones, are not found", async () => {
    const { call, account, path, cdn, client } = await one();
    const missing = { status: 404, body: undefined };
    const body = { status: "active" };
    expect(await call("GET", path, undefined, otherReseller)).toEqual(missing);
    expect(await call("GET", cdn, undefined, otherReseller)).toEqual(missing);
    expect(await call("PUT", cdn, body, otherReseller)).toEqual(missing);
    const bob = await account("bob@example.com");
    expect(await call("PUT", cdn.replace(`${client}`, `${bob.client}`), body)).toEqual(missing);
    expect(await call("GET", `${path}/1`)).toEqual(missing);
    expect(await call("GET", "/iam/clients/1/services")).toEqual(missing);
  });

  test("are changed by the reseller only", async () => {
    const { call, cdn, user } = await one();
    expect((await call("PUT", cdn, { status: "active" }, user)).status).toBe(403);
    expect((await call("PUT", cdn, { status: "active" }, null)).status).toBe(401);
  });
});

describe("a change of status", () => {
  const allowed: Record<Status, Status[]> = {
    new: ["trial", "active"],
    trial: ["active", "trialend", "paused"],
    trialend: ["active"],
    active: ["paused"],
    activating: ["active", "paused"],
    paused: ["active"],
    deleted: [],
  };

  test.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))(
    "from %s to %s",
    async (from, to) => {
      const { client, put, read, sandbox } = await one({ activationSeconds: 60 });
      sandbox.updateClient(client, { services: { CDN: from } });
      const before = await read();
      const reply = await put(to);
      if (from === to || allowed[from].includes(to)) {
        const after = to === "active" && from !== "active" ? "activating" : to;
        expect([reply.status, reply.body.status]).toEqual([200, after]);
        expect(reply.body.previous_status).toBe(after === from ? before.previous_status : from);
      } else {
        expect([reply.status, Object.keys(reply.body.errors)]).toEqual([400, ["status"]]);
        expect(await read()).toEqual(before);
      }
    },
  );

  test("to active: activating until the clock says so; it may be asked for again and paused meanwhile", async () => {
    const { clock, put, read, record } = await one({ activationSeconds: 900 });
    expect((await put("active", { enabled: true })).body).toMatchObject({ status: "activating", enabled: true });
    clock.now += 899_999;
    expect((await put("active")).body.status).toBe("activating");
    expect(await record()).toMatchObject({
      status: "active",
      serviceStatuses: { CDN: { status: "activating", enabled: true } },
    });
    clock.now += 1;
    expect(await read()).toMatchObject({
      status: "active",
      previous_status: "activating",
      status_changed_at: "2026-03-01T00:15:00.000Z",
      deleted_date: null,
    });

    await put("paused");
    await put("active");
    expect((await put("paused")).body).toMatchObject({ status: "paused", previous_status: "activating" });
    clock.now += DAY;
    expect((await read()).status).toBe("paused");
  });

  test("to active is at once active by default", async () => {
    const { put } = await one();
    expect((await put("active")).body).toMatchObject({ status: "active", previous_status: "activating" });
  });

  test("to trial: it ends, and its data is deleted, by the clock; each change has its own time", async () => {
    const { clock, put, read, record } = await one();
    const trial = (await put("trial")).body;
    expect(trial).toMatchObject({ status: "trial", start: "2026-03-01T00:00:00.000Z", deleted_date: null });
    expect((await record()).status).toBe("trial");
    clock.now += 14 * DAY - 1;
    expect((await read()).status).toBe("trial");
    clock.now += 1;
    expect(await read()).toMatchObject({
      status: "trialend",
      status_changed_at: "2026-03-15T00:00:00.000Z",
      deleted_date: "2026-06-13T00:00:00.000Z",
    });
    expect((await record()).status).toBe("trialend");
    clock.now += 400 * DAY;
    expect(await read()).toMatchObject({
      status: "deleted",
      previous_status: "trialend",
      status_changed_at: "2026-06-13T00:00:00.000Z",
      start: trial.start,
      deleted_date: null,
    });
    expect((await record()).status).toBe("new");
  });

  test("through several clocks between two requests, each happened at its time", async () => {
    const { clock, put, read } = await one();
    await put("trial");
    clock.now += 500 * DAY;
    expect(await read()).toMatchObject({ status: "deleted", status_changed_at: "2026-06-13T00:00:00.000Z" });
  });

  test.each([
    ["CDN", 90],
    ["STORAGE", 2],
    ["CLOUD", 2],
    ["DNS", 90],
  ])("%s that is paused is deleted after %d days", async (name, days) => {
    const { call, path, id, clock, client, sandbox } = await one();
    await call("PATCH", `/iam/products/availability/clients/${client}`, { product_name: name, available: true });
    const service = `${path}/${await id(name)}`;
    await call("PUT", service, { status: "active" });
    const paused = (await call("PUT", service, { status: "paused" })).body;
    expect(Date.parse(paused.deleted_date)).toBe(start + days * DAY);
    clock.now += days * DAY - 1;
    expect(sandbox.services()).toMatchObject([{ name, status: "paused" }]);
    clock.now += 1;
    expect(sandbox.services()).toMatchObject([{ name, status: "deleted" }]);
  });

  test("resumed in time: the clock of the deletion is stopped", async () => {
    const { clock, put, read } = await one();
    await put("active");
    await put("paused");
    clock.now += 89 * DAY;
    expect((await put("active")).body.deleted_date).toBeNull();
    clock.now += 1000 * DAY;
    expect((await read()).status).toBe("active");
  });

  test("to trial or active needs the product to be available", async () => {
    const { call, path, id, client, sandbox } = await one();
    const ddos = `${path}/${await id("DDOS")}`;
    for (const status of ["trial", "active"]) {
      const refused = await call("PUT", ddos, { status });
      expect([refused.status, Object.keys(refused.body.errors)]).toEqual([400, ["status"]]);
    }
    await call("PATCH", `/iam/products/availability/clients/${client}`, { product_name: "DDOS", available: true });
    expect((await call("PUT", ddos, { status: "trial" })).status).toBe(200);
    const off = { product_name: "DDOS", available: false };
    expect(await call("PATCH", `/iam/products/availability/clients/${client}`, off)).toMatchObject({
      status: 403,
      body: { trial: ["DDOS"], activating: [], active: [] },
    });
    sandbox.setAssumptions({ statusNeedsAvailability: false });
    expect((await call("PUT", `${path}/${await id("CLOUD")}`, { status: "active" })).status).toBe(200);
  });

  test("moves availability's refusal along with the clock", async () => {
    const { call, clock, client, put } = await one({ activationSeconds: 60 });
    const off = () =>
      call("PATCH", `/iam/products/availability/clients/${client}`, { product_name: "CDN", available: false });
    await put("active");
    expect((await off()).body).toMatchObject({ activating: ["CDN"], active: [] });
    clock.now += 60_000;
    expect((await off()).body).toMatchObject({ activating: [], active: ["CDN"] });
  });

  test("the status of the account follows its services", async () => {
    const { call, path, id, put, record } = await one();
    const dns = `${path}/${await id("DNS")}`;
    const status = async () => (await record()).status;
    await put("trial");
    expect(await status()).toBe("trial");
    await call("PUT", dns, { status: "active" });
    expect(await status()).toBe("active");
    await call("PUT", dns, { status: "paused" });
    expect(await status()).toBe("trial");
    await put("trialend");
    expect(await status()).toBe("paused");
    const listed = (await call("GET", "/iam/clients?dns=paused&cdn=trialend")).body;
    expect(listed).toMatchObject([{ status: "paused" }]);
  });
});

describe("enabled and options", () => {
  test("enabled changes alone with the present status; the account shows it while the product is available", async () => {
    const { call, client, put, read, record } = await one();
    await put("active", { enabled: true });
    expect((await record()).serviceStatuses.CDN).toEqual({ status: "active", enabled: true });
    const changed = (await read()).status_changed_at;
    expect((await put("active", { enabled: false })).body).toMatchObject({
      status: "active",
      enabled: false,
      status_changed_at: changed,
    });
    expect((await record()).serviceStatuses.CDN.enabled).toBe(false);
    await put("paused", { enabled: true });
    await call("PATCH", `/iam/products/availability/clients/${client}`, { product_name: "CDN", available: false });
    expect((await record()).serviceStatuses.CDN).toEqual({ status: "paused", enabled: false });
    expect((await read()).enabled).toBe(true);
  });

  test("options are changed by full objects, and kept when they are left out", async () => {
    const { put, read } = await one();
    const [number, flag] = (await read()).options;
    const changed = [{ ...flag, value: "true" }];
    expect((await put("new", { options: changed })).body.options).toEqual([number, { ...flag, value: "True" }]);
    expect((await put("trial")).body.options).toEqual([number, { ...flag, value: "True" }]);
    const both = await put("trial", { options: [{ ...number, value: "007" }] });
    expect(both.body.options).toEqual([
      { ...number, value: "7" },
      { ...flag, value: "True" },
    ]);
    expect((await read()).options).toEqual(both.body.options);
    expect((await put("trial", { options: [] })).body.options).toEqual(both.body.options);
  });

  test("trial_days sets the length of a trial", async () => {
    const { clock, put, read } = await one();
    const [days] = (await read()).status_transition_options;
    await put("trial", { status_transition_options: [{ ...days, value: "3" }] });
    clock.now += 3 * DAY;
    expect((await read()).status).toBe("trialend");
  });

  test.each<[string, (option: object) => object, string]>([
    ["no status", () => ({ status: undefined }), "status"],
    ["an unknown status", () => ({ status: "running" }), "status"],
    ["a read-only field", () => ({ name: "CDN" }), "name"],
    ["enabled as a text", () => ({ enabled: "true" }), "enabled"],
    ["options as an object", () => ({ options: { max_resources: 7 } }), "options"],
    ["an option by its name alone", () => ({ options: [{ name: "max_resources", value: "7" }] }), "options"],
    ["an unknown option", (option) => ({ options: [{ ...option, name: "size" }] }), "options"],
    ["an option with another id", (option) => ({ options: [{ ...option, id: 1 }] }), "options"],
    ["an option of another type", (option) => ({ options: [{ ...option, value_type: "str" }] }), "options"],
    ["a number that is none", (option) => ({ options: [{ ...option, value: "many" }] }), "options"],
    ["an option twice", (option) => ({ options: [option, option] }), "options"],
    ["a value that is no text", (option) => ({ options: [{ ...option, value: 7 }] }), "options"],
    [
      "an unknown transition option",
      (option) => ({ status_transition_options: [option] }),
      "status_transition_options",
    ],
  ])("%s is refused, and nothing is changed", async (_, change, field) => {
    const { call, cdn, read } = await one();
    const before = await read();
    const reply = await call("PUT", cdn, { status: "trial", enabled: true, ...change(before.options[0]) });
    expect(reply.status).toBe(400);
    expect(new Set(Object.keys(reply.body.errors))).toEqual(new Set([field]));
    expect(await read()).toEqual(before);
  });
});

describe("assumptions", () => {
  test.each([
    ["activating", "activating"],
    ["paused", "paused"],
    ["trialend", "trialend"],
  ] as const)("activationEndsIn %s", async (activationEndsIn, status) => {
    const { clock, put, read } = await one({ activationEndsIn, activationSeconds: 60 });
    expect((await put("active")).body.status).toBe("activating");
    clock.now += DAY;
    expect((await read()).status).toBe(status);
  });

  test("trialDays and deletionDays", async () => {
    const { clock, put, read } = await one({ trialDays: 1, deletionDays: 3 });
    await put("trial");
    clock.now += DAY;
    expect((await read()).status).toBe("trialend");
    clock.now += 3 * DAY;
    expect((await read()).status).toBe("deleted");
  });

  test("trialRestarts: a second trial starts, in trial and in trialend", async () => {
    const { clock, put, read, sandbox } = await one();
    await put("trial");
    clock.now += 10 * DAY;
    expect((await put("trial")).body.start).toBe("2026-03-01T00:00:00.000Z");
    sandbox.setAssumptions({ trialRestarts: true });
    expect((await put("trial")).body.start).toBe("2026-03-11T00:00:00.000Z");
    clock.now += 13 * DAY;
    expect((await read()).status).toBe("trial");
    clock.now += DAY;
    expect((await read()).status).toBe("trialend");
    expect((await put("trial")).body).toMatchObject({ status: "trial", start: "2026-03-25T00:00:00.000Z" });
  });

  test("omittedOptions and unlistedOptions reset", async () => {
    const { put, read, sandbox } = await one();
    const [number, flag] = (await read()).options;
    const values = (body: { options: { value: string }[] }) => body.options.map(({ value }) => value);
    const set = () =>
      put("new", {
        options: [
          { ...number, value: "7" },
          { ...flag, value: "true" },
        ],
      });
    await set();
    sandbox.setAssumptions({ unlistedOptions: "reset" });
    expect(values((await put("new", { options: [{ ...number, value: "7" }] })).body)).toEqual(["7", "False"]);
    await set();
    expect(values((await put("new")).body)).toEqual(["7", "True"]);
    sandbox.setAssumptions({ omittedOptions: "reset", unlistedOptions: "kept" });
    expect(values((await put("new", { options: [{ ...number, value: "8" }] })).body)).toEqual(["8", "True"]);
    expect(values((await put("new")).body)).toEqual(["10", "False"]);
  });

  test("allServicesExist false: a service is there once its product is available, and stays", async () => {
    const { call, list, client, cdn, sandbox, put } = await one();
    sandbox.setAssumptions({ allServicesExist: false });
    const names = async () => (await list()).map(({ name }: { name: string }) => name);
    expect(await names()).toEqual(["CDN", "STORAGE", "STREAMING", "DNS"]);
    const available = (product_name: string, available: boolean) =>
      call("PATCH", `/iam/products/availability/clients/${client}`, { product_name, available });
    await available("DDOS", true);
    await available("CDN", false);
    expect(await names()).toEqual(["STORAGE", "STREAMING", "DNS", "DDOS"]);
    expect((await call("GET", cdn)).status).toBe(404);
    expect((await put("new")).status).toBe(404);
    sandbox.updateClient(client, { services: { CDN: "trialend" } });
    expect(await names()).toContain("CDN");
  });

  test("resellerChangesServices false: 403, and nothing is changed", async () => {
    const { put, read } = await one({ resellerChangesServices: false });
    expect(await put("active")).toEqual({ status: 403, body: { message: expect.any(String) } });
    expect((await read()).status).toBe("new");
  });

  test.each([
    ["both", false, false],
    ["available", true, false],
    ["service", false, true],
  ] as const)("listedEnabled %s", async (listedEnabled, ofAvailable, ofEnabled) => {
    const { call, path, id, client, put, record, sandbox } = await one({ listedEnabled });
    await put("active", { enabled: false });
    sandbox.updateService(await id("CLOUD"), { status: "active", enabled: true });
    expect((await call("GET", `${path}/${await id("CLOUD")}`)).body.enabled).toBe(true);
    expect((await call("GET", `/iam/clients/${client}`)).body.capabilities).not.toContain("CLOUD");
    const { CDN, CLOUD } = (await record()).serviceStatuses;
    expect([CDN.enabled, CLOUD.enabled]).toEqual([ofAvailable, ofEnabled]);
  });

  test("omitNewServices: only those that are not new are in the account", async () => {
    const { put, record } = await one({ omitNewServices: true });
    expect((await record()).serviceStatuses).toEqual({});
    await put("trial");
    expect(Object.keys((await record()).serviceStatuses)).toEqual(["CDN"]);
  });

  test("trialStart null: without a trial there is no start", async () => {
    const { put, read } = await one({ trialStart: "null" });
    expect((await read()).start).toBeNull();
    expect((await put("trial")).body.start).toBe("2026-03-01T00:00:00.000Z");
  });
});

describe("the control API", () => {
  test("sets any status; its clock starts, and activating stays", async () => {
    const { call, clock, id, read } = await one();
    const change = async (changes: object) => call("PATCH", `/_sandbox/services/${await id("CDN")}`, changes);
    const activating = { status: "activating", enabled: true, options: { max_resources: "7" } };
    expect(await change(activating)).toMatchObject({ status: 200, body: { name: "CDN", ...activating } });
    clock.now += DAY;
    expect(await read()).toMatchObject({
      status: "activating",
      enabled: true,
      options: [{ value: "7" }, { value: "False" }],
    });
    await change({ status: "paused" });
    clock.now += 90 * DAY;
    expect(await read()).toMatchObject({ status: "deleted", enabled: true });
    await change({ enabled: false });
    expect(await read()).toMatchObject({ status: "deleted", enabled: false, previous_status: "paused" });
  });

  test("lists the services that were ever changed", async () => {
    const { call, client, id, put } = await one();
    expect((await call("GET", "/_sandbox/services")).body).toEqual([]);
    await put("trial", { enabled: true });
    expect((await call("GET", "/_sandbox/services")).body).toEqual([
      { id: await id("CDN"), client, name: "CDN", status: "trial", enabled: true, options: {} },
    ]);
  });

  test("refuses an unknown service and unknown fields", async () => {
    const { call, id } = await one();
    expect((await call("PATCH", "/_sandbox/services/7", {})).status).toBe(404);
    expect((await call("PATCH", `/_sandbox/services/${(await id("CLOUD")) + 1}`, {})).status).toBe(404);
    expect((await call("PATCH", `/_sandbox/services/${await id("CDN")}`, { state: "active" })).status).toBe(400);
  });
});
