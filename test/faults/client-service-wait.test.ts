import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { Session } from "../../provider/engine/session";
import { clientService } from "../../provider/resources/client-service";
import { transientFaults } from "../support/faults";
import { withService } from "../support/services";

/** An activation is waited for, with a deadline, and never asked for twice; and what is a guess about services of Gcore. */

const active = { status: "active" };
const puts = (calls: string[]) => calls.filter((call) => call.startsWith("PUT "));

describe("wait for an activation", () => {
  test("polled less and less often, a line at the beginning and each minute", async () => {
    const world = await withService({ activationSeconds: 200 });
    const { state } = await world.up(active);
    expect(state).toMatchObject({ status: "active", statusNow: "active", previousStatus: "activating" });
    expect(world.clock.slept).toEqual([5, 10, 20, 30, 30, 30, 30, 30, 30].map((seconds) => seconds * 1000));
    expect(world.api.calls()).toEqual([world.calls.list, world.calls.put, ...Array(9).fill(world.calls.get)]);
    const service = `service CDN of client account ${world.client} is activating`;
    expect(world.logged).toEqual([
      `${service}; waiting for up to 1200 s.`,
      `${service}, after 65 s.`,
      `${service}, after 125 s.`,
      `${service}, after 185 s.`,
    ]);
  });

  test("deadline: an error with the service in state, and the next up goes on waiting [advice: stillActivating]", async () => {
    const world = await withService({ activationSeconds: 200 }, { activationTimeoutSeconds: "90" });
    const first = await world.up(active).catch((error) => error);
    expect(first).toMatchObject({
      id: `${world.client}/CDN`,
      properties: { status: "active", statusNow: "activating", serviceId: world.id },
      message: expect.stringMatching(/is still activating after 90 s\. Run `pulumi up` again: it goes on waiting/),
    });
    const resource = { id: first.id, state: first.properties };
    // The engine calls update after a partial failure, whatever diff says.
    const update = () => world.start().update(resource.id, resource.state, world.declare(active));
    await expect(update()).rejects.toThrow(/still activating after 90 s/);
    const { outs } = await update();
    expect(outs).toMatchObject({ status: "active", statusNow: "active" });
    expect(puts(world.api.calls())).toHaveLength(1);
  });

  test("deadline of an update: the change is in state", async () => {
    const world = await withService({ activationSeconds: 200 }, { activationTimeoutSeconds: "90" });
    const trial = await world.up({ status: "trial" });
    const failure = await world.edit(trial, active).catch((error) => error);
    expect(failure.properties).toMatchObject({ status: "active", statusNow: "activating" });
  });

  test("killed while waiting: the next create waits for the same activation", async () => {
    const world = await withService({ activationSeconds: 200 });
    const controller = new AbortController();
    const settings = readSettings(() => undefined, world.api.env);
    const { clock } = world;
    const sleep: typeof clock.sleep = (ms, signal) => {
      if (ms === 20_000) controller.abort(new Error("the Pulumi engine has ended"));
      return clock.sleep(ms, signal);
    };
    const options = { clock: { ...clock, sleep }, dispatcher: clock.dispatcher, signal: controller.signal };
    const session = new Session(() => openApi(settings, options));
    const { __provider, ...inputs } = world.declare(active);
    const creating = bindLifecycle(clientService, session).create(inputs);
    await expect(creating).rejects.toThrow("the Pulumi engine has ended");
    expect(world.api.calls()).toEqual([world.calls.list, world.calls.put, world.calls.get, world.calls.get]);

    expect((await world.up(active)).state).toMatchObject({ statusNow: "active" });
    expect(puts(world.api.calls())).toEqual([]);
  });

  test("waitForActivation: false: not waited for; declared true later: waited for then", async () => {
    const world = await withService({ activationSeconds: 200 });
    const cdn = await world.up({ ...active, waitForActivation: false });
    expect(cdn.state).toMatchObject({ status: "active", statusNow: "activating" });
    expect(world.api.calls()).toEqual([world.calls.list, world.calls.put]);
    const { state } = await world.edit(cdn, active);
    expect(state).toMatchObject({ statusNow: "active" });
    expect(puts(world.api.calls())).toEqual([]);
  });

  test("an activation that the program does not declare: not waited for", async () => {
    const world = await withService({ activationSeconds: 200 });
    world.set({ status: "activating" });
    await world.up({ enabled: true });
    expect(world.api.calls()).toEqual([world.calls.list, world.calls.put]);
  });

  test("unavailable only after the wait would be refused: the availability is set last", async () => {
    const world = await withService({ activationSeconds: 20 });
    await world.up({ ...active, available: true });
    const { list, available, put, get } = world.calls;
    expect(world.api.calls()).toEqual([list, available, put, get, get, get]);
  });

  test.each(transientFaults)("%s while polling: retried", async (_what, fault) => {
    const world = await withService({ activationSeconds: 20 });
    world.fault({ method: "GET", path: "*/services/*", ...fault } as FaultInput);
    expect((await world.up(active)).state).toMatchObject({ statusNow: "active" });
    expect(puts(world.api.calls())).toHaveLength(1);
  });
});

describe("a guess about Gcore that is wrong", () => {
  test.each(["omittedOptions", "unlistedOptions"])(
    "%s reset: declared ones stay, others are no drift",
    async (guess) => {
      const world = await withService({ [guess]: "reset" });
      world.set({ options: { support_access: "True" } });
      const cdn = await world.up({ ...active, options: { max_resources: 5 } });
      const paused = { status: "paused", options: { max_resources: 5 } };
      const updated = await world.edit(cdn, paused);
      expect((await world.read()).options[0]).toMatchObject({ name: "max_resources", value: "5" });
      expect((await world.refresh(updated)).state).toMatchObject(paused);

      // Not declared, an option shows no drift, whatever has become of it; declared, it is restored and kept.
      const both = { status: "active", options: { max_resources: 5, support_access: true } };
      await world.edit(await world.edit(updated, { ...both, status: "paused" }), both);
      expect((await world.read()).options).toMatchObject([{ value: "5" }, { value: "True" }]);
    },
  );

  test("a service exists only for an available product: the error says so [advice: serviceMissing]", async () => {
    const world = await withService({ allServicesExist: false });
    const cloud = { name: "CLOUD", status: "active" };
    await expect(world.up(cloud)).rejects.toThrow(
      `name: client account ${world.client} has no service CLOUD; it has CDN, STORAGE, STREAMING, DNS. ` +
        "Declare available: true",
    );
    expect((await world.up({ ...cloud, available: true })).state).toMatchObject({ statusNow: "active" });
  });

  test("a service that never comes, although its product is available: an error without the advice", async () => {
    const world = await withService({ allServicesExist: false });
    world.fault({ kind: "unreadable", method: "GET", path: "*/services", body: "[]", times: "always" });
    const creating = world.up({ ...active, available: true });
    await expect(creating).rejects.toThrow(/has no service CDN; it has none\.$/);
  });

  test("the reseller's key may not change services: the 403 says so", async () => {
    const world = await withService({ resellerChangesServices: false });
    const text = /ClientService cdn \(\d+\/CDN\): PUT \/iam\/clients\/\d+\/services\/\d+ answered 403: /;
    await expect(world.up(active)).rejects.toThrow(text);
  });

  test("an activation never ends: the error names the status", async () => {
    const world = await withService({ activationEndsIn: "activating" });
    await expect(world.up(active)).rejects.toThrow(/service CDN .* is still activating after 1200 s/);
  });

  test.each(["paused", "trialend"] as const)("an activation ends in %s [advice: notActivated]", async (status) => {
    const world = await withService({ activationSeconds: 20, activationEndsIn: status });
    const failure = await world.up(active).catch((error) => error);
    expect(failure.message).toMatch(new RegExp(`was activating and is now ${status}\\. Run \`pulumi up\` again`));
    expect(failure.properties).toMatchObject({ status, statusNow: status });
    world.api.sandbox.setAssumptions({ activationEndsIn: "active" });
    const { state } = await world.edit({ id: failure.id, state: failure.properties }, active);
    expect(state).toMatchObject({ status: "active", statusNow: "active" });
  });
});
