import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { transientFaults } from "../support/faults";
import type { Declared } from "../support/process";
import { markOf, register } from "../support/registration";
import { withService } from "../support/services";

/** A service of a client account: its calls are counted, and a PUT is never repeated blindly. */

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("create", () => {
  test("a status: one GET of the services and one PUT, which enables the service", async () => {
    const world = await withService();
    const cdn = await world.up({ status: "active" });
    expect(world.api.seen.map(({ call, body }) => [call, body])).toEqual([
      [world.calls.list, undefined],
      [world.calls.put, { status: "active", enabled: true }],
    ]);
    expect(cdn).toMatchObject({
      id: `${world.client}/CDN`,
      state: { client: world.client, name: "CDN", status: "active", serviceId: world.id, statusNow: "active" },
    });
  });

  test.each<[string, Declared]>([
    ["status and enabled", { status: "active", enabled: true }],
    ["options", { options: { max_resources: 10, support_access: false } }],
  ])("%s in place already: one GET in all", async (_what, declared) => {
    const world = await withService();
    world.set({ status: "active", enabled: true });
    await world.up(declared);
    expect(world.api.calls()).toEqual([world.calls.list]);
  });

  test.each<[string, Declared, string[]]>([
    ["available, active: availability first", { available: true, status: "active" }, ["list", "available", "put"]],
    ["unavailable, paused: status first", { available: false, status: "paused" }, ["list", "put", "available"]],
    ["available by default, paused: status first", { available: null, status: "paused" }, ["list", "put", "reset"]],
    [
      "available by default, active: availability first",
      { available: null, status: "trial" },
      ["list", "reset", "put"],
    ],
    ["available only", { available: true }, ["list", "available"]],
  ])("%s", async (_what, declared, calls) => {
    const world = await withService();
    world.set({ status: declared.status === "paused" ? "active" : "new" });
    await world.up(declared);
    expect(world.api.calls()).toEqual(calls.map((call) => world.calls[call as keyof typeof world.calls]));
    expect((await world.read()).status).toBe(declared.status ?? "new");
  });

  test("a trial that has ended: declaring it anew requests another one", async () => {
    const world = await withService({ trialRestarts: true });
    world.set({ status: "trialend" });
    await world.up({ status: "trial" });
    expect((await world.read()).status).toBe("trial");
  });

  test("enabled only: the present status is sent along", async () => {
    const world = await withService();
    world.set({ status: "trial" });
    await world.up({ enabled: true });
    expect(world.api.seen.at(-1)?.body).toEqual({ status: "trial", enabled: true });
  });

  test("an account that does not exist: an error, nothing in state", async () => {
    const world = await withService();
    const creating = world.up({ client: 4711, status: "active" });
    await expect(creating).rejects.toThrow(/GET \/iam\/clients\/4711\/services answered 404: not found, or owned by/);
    await expect(creating).rejects.not.toHaveProperty("id");
  });

  test("a refused change: in state as it was found, and the next up sends it again", async () => {
    const world = await withService();
    world.fault({ kind: "status-before", status: 403, method: "PUT" });
    const failure = await world.up({ status: "active" }).catch((error) => error);
    expect(failure).toMatchObject({ id: `${world.client}/CDN`, properties: { status: "new", statusNow: "new" } });
    const cdn = await world.edit({ id: failure.id, state: failure.properties }, { status: "active" });
    expect(cdn.state).toMatchObject({ status: "active", statusNow: "active" });
  });
});

describe("lost and failed PUTs of a trial", () => {
  test.each(transientFaults)("%s: one trial, one PUT that the API has handled", async (what, fault) => {
    const world = await withService({ trialRestarts: true });
    world.fault({ method: "PUT", ...fault } as FaultInput);
    const cdn = await world.up({ status: "trial" });
    expect(cdn.state).toMatchObject({ status: "trial", statusNow: "trial" });
    const isHandled = what.startsWith("handled");
    expect(world.api.calls().filter((call) => call.startsWith("PUT "))).toHaveLength(isHandled ? 1 : 2);
  });

  test("no reply at all: read after each PUT, at most maxRetries more PUTs", async () => {
    const world = await withService({}, { maxRetries: "3" });
    world.fault({ kind: "drop-before", method: "PUT", times: "always" });
    await expect(world.up({ status: "trial" })).rejects.toThrow(/no reply/);
    const { put, get, list } = world.calls;
    expect(world.api.calls()).toEqual([list, put, get, put, get, put, get, put, get]);
  });

  test("refused after a lost one that was handled but shown late: in place, no error", async () => {
    const world = await withService();
    world.fault({ kind: "drop-after", method: "PUT" });
    // The first read shows the service as it was before.
    world.fault({ kind: "unreadable", method: "GET", path: "*/services/*", body: JSON.stringify(await world.read()) });
    world.fault({ kind: "status-before", status: 403, method: "PUT", skip: 1 });
    const cdn = await world.up({ status: "trial" });
    expect(cdn.state).toMatchObject({ statusNow: "trial" });
  });

  test("killed before state was written: the next up sends nothing", async () => {
    const world = await withService({ trialRestarts: true });
    await world.up({ status: "trial" });
    world.api.calls();
    await world.up({ status: "trial" });
    expect(world.api.calls()).toEqual([world.calls.list]);
    const cdn = await world.up({ status: "trial" });
    await world.edit(cdn, { status: "active" });
    world.api.calls();
    await world.edit(cdn, { status: "active" });
    expect(world.api.calls()).not.toContain(world.calls.put);
  });
});

describe("update", () => {
  const inTrial = async () => {
    const world = await withService();
    const cdn = await world.up({ status: "trial" });
    world.api.calls();
    return { world, cdn };
  };

  test("a status: the account is read, then one PUT", async () => {
    const { world, cdn } = await inTrial();
    const { state } = await world.edit(cdn, { status: "active" });
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.put]);
    expect(state).toMatchObject({ statusNow: "active", previousStatus: "activating", reseller: 1 });
  });

  test("paused and activated again: the date of the deletion comes and goes", async () => {
    const { world, cdn } = await inTrial();
    const paused = await world.edit(cdn, { status: "paused" });
    expect(paused.state).toMatchObject({ deletedDate: expect.stringMatching(/^2026-08-30T/) });
    const active = await world.edit(paused, { status: "active" });
    expect(active.state).not.toHaveProperty("deletedDate");
    world.set({ status: "paused" });
    const drifted = await world.refresh(active);
    expect(drifted.state).toHaveProperty("deletedDate");
    world.set({ status: "active" });
    expect((await world.refresh(drifted)).state).not.toHaveProperty("deletedDate");
  });

  test("enabled, of a service whose trial has ended: the status is sent as it is, and no trial begins", async () => {
    const { world, cdn } = await inTrial();
    world.set({ status: "trialend" });
    await world.edit(cdn, { status: "trial", enabled: false });
    expect(world.api.seen.at(-1)?.body).toEqual({ status: "trialend", enabled: false });
  });

  test.each<[string, Declared, string[]]>([
    ["available", { status: "trial", available: true }, ["account", "available"]],
    ["enabled and status omitted: they stay", { available: true }, ["account", "available"]],
    ["statusTransitionOptions: no change", { status: "trial", statusTransitionOptions: { trial_days: 3 } }, []],
    ["onDestroy", { status: "trial", onDestroy: "pause" }, []],
    ["waitForActivation", { status: "trial", waitForActivation: false }, []],
  ])("%s", async (_what, declared, calls) => {
    const { world, cdn } = await inTrial();
    await world.edit(cdn, declared);
    expect(world.api.calls()).toEqual(calls.map((call) => world.calls[call as keyof typeof world.calls]));
    expect((await world.read()).status).toBe("trial");
  });

  test("available omitted later: reset to the default", async () => {
    const world = await withService();
    const cdn = await world.up({ enabled: true, available: false });
    world.api.calls();
    const { state } = await world.edit(cdn, { enabled: true });
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.reset]);
    expect(state).not.toHaveProperty("available");
  });

  test("account and product: another service, the old one is left as it is", async () => {
    const { world, cdn } = await inTrial();
    const verbs = world.start();
    const news = world.declare({ status: "trial", name: "DNS" });
    expect((await verbs.check(cdn.state, news)).failures).toEqual([]);
    expect(await verbs.diff(cdn.id, cdn.state, news)).toEqual({ replaces: ["name"], deleteBeforeReplace: true });
    expect(await verbs.diff(cdn.id, cdn.state, { ...cdn.state, client: unknown })).toMatchObject({
      replaces: ["client"],
    });
    world.api.calls();
    await verbs.delete(cdn.id, cdn.state);
    expect(world.api.calls()).toEqual([world.calls.account]);
    expect((await world.read()).status).toBe("trial");
  });

  test.each<[string, Declared]>([
    ["pause", { name: "DNS" }],
    ["disable", { client: 50_002 }],
  ])("%s on destroy, but another service is declared: the old one is left as it is", async (onDestroy, change) => {
    const world = await withService();
    const cdn = await world.up({ status: "active", onDestroy });
    const verbs = world.start();
    const news = world.declare({ status: "active", onDestroy, ...change });
    await verbs.check(cdn.state, news);
    expect(await verbs.diff(cdn.id, cdn.state, news)).toMatchObject({ replaces: Object.keys(change) });
    await verbs.delete(cdn.id, cdn.state);
    expect(await world.read()).toMatchObject({ status: "active", enabled: true });
    expect(world.logged.at(-1)).toMatch(/\(active\) stays at Gcore\.$/);
  });

  test("failure of the second call: state has the first, the next up does the rest", async () => {
    const world = await withService();
    const cdn = await world.up({ status: "active" });
    world.fault({ kind: "status-before", status: 403, method: "PATCH" });
    const failure = await world.edit(cdn, { status: "paused", available: false }).catch((error) => error);
    expect(failure.properties).toMatchObject({ status: "paused", statusNow: "paused" });
    expect(failure.properties).not.toHaveProperty("available");
    world.api.calls();
    const resource = { id: failure.id, state: failure.properties };
    const { state } = await world.edit(resource, { status: "paused", available: false });
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.available]);
    expect(state).toMatchObject({ available: false, status: "paused" });
  });

  test("another reseller's key: an error, nothing is changed", async () => {
    const { world, cdn } = await inTrial();
    world.api.sandbox.seed(1, 2);
    const { state } = await world.refresh(cdn);
    const other = world.start({ ...world.api.env, GCORE_API_KEY: "5678$sandbox-second-key" });
    const text = /belongs to reseller 1, and the API key to reseller 2/;
    await expect(other.update(cdn.id, state, { ...state, status: "active" })).rejects.toThrow(text);
    await expect(other.read(cdn.id, state)).rejects.toThrow(text);
    await expect(other.delete(cdn.id, { ...state, onDestroy: "pause" })).rejects.toThrow(text);
    expect((await world.read()).status).toBe("trial");
  });
});

describe("options", () => {
  const declared = { status: "active", options: { max_resources: 20, support_access: true } };

  test("declared ones are sent as whole objects with the value as text, the others are not sent", async () => {
    const world = await withService();
    await world.up({ options: { max_resources: 20 } });
    const { list, get, put } = world.calls;
    expect(world.api.seen.map(({ call }) => call)).toEqual([list, get, put]);
    const [option] = (await world.read()).options;
    expect(world.api.seen.at(-1)?.body).toEqual({ status: "new", options: [{ ...option, value: "20" }] });
  });

  test.each<Declared>([
    { max_resources: 20, support_access: true },
    { max_resources: "020", support_access: "TRUE" },
  ])("%j, shown as 20 and True: no drift, no change", async (options) => {
    const world = await withService();
    const cdn = await world.up({ options });
    expect((await world.read()).options).toMatchObject([{ value: "20" }, { value: "True" }]);
    world.api.calls();
    expect((await world.refresh(cdn)).state.options).toEqual(options);
    expect(world.api.calls()).toEqual([world.calls.account, world.calls.get]);
    await world.edit(cdn, { options: { max_resources: "20", support_access: "True" } });
    expect(world.api.calls()).not.toContain(world.calls.put);
  });

  test("changed outside: drift of the declared ones, and up restores them", async () => {
    const world = await withService();
    const cdn = await world.up(declared);
    world.set({ options: { max_resources: "7" } });
    const drifted = await world.refresh(cdn);
    expect(drifted.state.options).toEqual({ max_resources: 7, support_access: true });
    await world.edit(drifted, declared);
    expect((await world.read()).options).toMatchObject([{ value: "20" }, { value: "True" }]);
  });

  test("a change of status only: declared options are sent along, since a PUT without them might reset them", async () => {
    const world = await withService({ omittedOptions: "reset" });
    const cdn = await world.up(declared);
    await world.edit(cdn, { ...declared, status: "paused" });
    expect((await world.read()).options).toMatchObject([{ value: "20" }, { value: "True" }]);
  });

  test("a name that does not exist: refused with the names that do, before anything is changed", async () => {
    const world = await withService();
    const creating = world.up({ status: "active", options: { max_ressources: 1 } });
    await expect(creating).rejects.toThrow(
      /options: service CDN of client account \d+ has no option max_ressources; it has max_resources, support_access\./,
    );
    const transition = world.up({ status: "trial", statusTransitionOptions: { days: 3 } });
    await expect(transition).rejects.toThrow(/statusTransitionOptions: .* has no option days; it has trial_days\./);
    expect((await world.read()).status).toBe("new");
  });

  test("statusTransitionOptions: sent with the next change of status only", async () => {
    const world = await withService();
    const trial = { status: "trial", statusTransitionOptions: { trial_days: 3 } };
    const cdn = await world.up(trial);
    const [option] = (await world.read()).status_transition_options;
    const sent = [{ ...option, value: "3" }];
    expect(world.api.seen.at(-1)?.body).toMatchObject({ status: "trial", status_transition_options: sent });
    const enabled = await world.edit(cdn, { ...trial, enabled: false });
    expect(world.api.seen.at(-1)?.body).toEqual({ status: "trial", enabled: false });
    await world.edit(enabled, { ...trial, enabled: false, status: "active" });
    expect(world.api.seen.at(-1)?.body).toMatchObject({ status: "active", status_transition_options: sent });
  });
});

describe("destroy", () => {
  test.each<[string, string, Declared, string[], Declared, RegExp]>([
    ["by default", "active", {}, [], { status: "active", enabled: true }, /\(active\) stays at Gcore\.$/],
    [
      "leave",
      "paused",
      { onDestroy: "leave" },
      [],
      { status: "paused" },
      /\(paused; some time later Gcore deletes it /,
    ],
    [
      "pause",
      "active",
      { onDestroy: "pause" },
      ["put"],
      { status: "paused", enabled: true },
      /\(paused; some time later/,
    ],
    ["pause", "activating", { onDestroy: "pause" }, ["put"], { status: "paused" }, /\(paused; /],
    ["pause", "trialend", { onDestroy: "pause" }, [], { status: "trialend" }, /\(trialend; some time later/],
    [
      "disable",
      "active",
      { onDestroy: "disable" },
      ["put"],
      { status: "active", enabled: false },
      /\(active; disabled\)/,
    ],
    ["disable", "activating", { onDestroy: "disable" }, ["put"], { enabled: false }, /\(activating; disabled\)/],
  ])("%s, %s: %j", async (_what, now, more, calls, result, line) => {
    const world = await withService();
    const cdn = await world.up({ enabled: true, ...more });
    world.set({ status: now as "active" });
    world.api.calls();
    await world.start().delete(cdn.id, cdn.state);
    const changes = world.api.calls().filter((call) => !call.startsWith("GET "));
    expect(changes).toEqual(calls.map((call) => world.calls[call as keyof typeof world.calls]));
    expect(await world.read()).toMatchObject(result);
    expect(world.logged).toEqual([expect.stringMatching(/^ClientService cdn: service CDN of client account \d+ /)]);
    expect(world.logged[0]).toMatch(line);
  });

  test.each(transientFaults)("pause, %s: one PUT that the API has handled", async (what, fault) => {
    const world = await withService();
    const cdn = await world.up({ status: "active", onDestroy: "pause" });
    world.api.calls();
    world.fault({ method: "PUT", ...fault } as FaultInput);
    await world.start().delete(cdn.id, cdn.state);
    expect((await world.read()).status).toBe("paused");
    const puts = world.api.calls().filter((call) => call.startsWith("PUT "));
    expect(puts).toHaveLength(what.startsWith("handled") ? 1 : 2);
  });

  test("the account is gone: success, nothing is sent", async () => {
    const world = await withService();
    const cdn = await world.refresh(await world.up({ status: "active", onDestroy: "pause" }));
    world.api.sandbox.updateClient(world.client, { deleted: true });
    world.api.calls();
    await world.start().delete(cdn.id, cdn.state);
    expect(world.api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  });
});

describe("preview", () => {
  const reasons = async (inputs: Declared) => {
    const world = await withService();
    const { failures } = await world.start().check({}, { origin: markOf("cdn"), client: 7, name: "CDN", ...inputs });
    expect(world.api.calls()).toEqual([]);
    return failures.map(({ reason }) => reason);
  };

  test.each<[string, Declared, RegExp[]]>([
    ["new", { status: "new" }, [/^status: cannot be new, the status of a service that was never used/]],
    ["activating", { status: "activating" }, [/^status: cannot be activating, .*: declare active$/]],
    ["deleted", { status: "deleted" }, [/^status: cannot be deleted, .*: declare paused$/]],
    ["no status at all", { status: "on" }, [/^status: must be one of trial, active, paused, trialend$/]],
    ["nothing declared", {}, [/^status: declare this, or enabled, available or options$/]],
    ["options of a transition without status", { enabled: true, statusTransitionOptions: { a: 1 } }, [/^statusTr/]],
    ["an unknown product", { name: "WAF", enabled: true }, [/^name: must be one of CDN, /]],
    ["an option without a name", { options: { "": 1 } }, [/^options\.: an option must have a name$/]],
    ["an option of another type", { options: { a: [1] } }, [/^options\.a: must be text, a number, true or false$/]],
    ["an ID that is none", { client: "7", enabled: true }, [/^client: must be a client account's ID$/]],
  ])("%s: refused, also while the account is unknown", async (_what, inputs, texts) => {
    const expected = texts.map((text) => expect.stringMatching(text));
    expect(await reasons(inputs)).toEqual(expected);
    if (!("client" in inputs)) expect(await reasons({ client: unknown, ...inputs })).toEqual(expected);
  });

  test("unknown values: accepted", async () => {
    expect(await reasons({ client: unknown, status: unknown })).toEqual([]);
    expect(await reasons({ enabled: unknown, options: { max_resources: unknown } })).toEqual([]);
    expect(await reasons({ status: unknown, statusTransitionOptions: { trial_days: unknown } })).toEqual([]);
    expect(await reasons({ available: null })).toEqual([]);
  });

  test("one service declared twice: the second is refused, at create where the account was unknown", async () => {
    const world = await withService();
    const verbs = world.start();
    const twin = world.declare({ status: "active", origin: markOf("twin") });
    await register(verbs, world.declare({ status: "active" }));
    const { failures } = await verbs.check({}, twin);
    expect(failures).toEqual([
      { property: "", reason: expect.stringMatching(/^client: .*resource ClientService cdn/) },
    ]);
    await expect(verbs.create(twin)).rejects.toThrow(/it belongs to the resource ClientService cdn of this program/);
  });
});
