import { expect, test } from "vitest";
import { getClient } from "../../provider/api/clients";
import { systemClock } from "../../provider/api/clock";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { Session } from "../../provider/engine/session";
import { clientUser } from "../../provider/resources/client-user";
import { startWorld } from "../support/process";

/** The signal of the API, which ends with the Pulumi engine: all waits end, and nothing is sent any more. */

const reason = new Error("the Pulumi engine has ended");

/** An API whose signal ends as soon as it waits for at least `ms`. */
async function endedInWait(ms: number) {
  const world = await startWorld();
  const controller = new AbortController();
  const sleep: typeof world.clock.sleep = (length, signal) => {
    const slept = world.clock.sleep(length, signal);
    if (length >= ms) controller.abort(reason);
    return slept;
  };
  const settings = readSettings(() => undefined, world.api.env);
  const { dispatcher } = world.clock;
  const api = openApi(settings, { clock: { ...world.clock, sleep }, dispatcher, signal: controller.signal });
  return { world, api };
}

test("backoff after a 500: ends with the reason, nothing is sent again", async () => {
  const { world, api } = await endedInWait(1);
  world.fault({ kind: "status-before", status: 500, times: "always" });
  await expect(getClient(api, 7)).rejects.toBe(reason);
  await expect(getClient(api, 7)).rejects.toBe(reason);
  expect(world.api.calls()).toEqual(["GET /iam/clients/7"]);
});

test("pause after a 429: ends for all requests that wait for their turn", async () => {
  const { world, api } = await endedInWait(60_000);
  world.fault({ kind: "rate-limit", seconds: 60, times: "always" });
  const results = await Promise.allSettled([1, 2, 3].map((id) => getClient(api, id)));
  expect(results.map((result) => result.status === "rejected" && result.reason)).toEqual([reason, reason, reason]);
  expect(world.api.calls()).toHaveLength(3);
});

test("lookup of a lost POST: ends, and the POST is not repeated", async () => {
  const { world, api } = await endedInWait(1);
  world.fault({ kind: "drop-before", method: "POST", path: "/iam/users" });
  const { __provider, ...inputs } = world.declare("acme");
  const verbs = bindLifecycle(clientUser, new Session(() => api));
  await expect(verbs.create(inputs)).rejects.toThrow(reason.message);
  expect(world.api.calls()).toEqual(["POST /iam/users", "GET /iam/clients"]);
});

test("sleep of the real clock: ends early with the reason", async () => {
  const controller = new AbortController();
  const slept = systemClock.sleep(600_000, controller.signal);
  controller.abort(reason);
  await expect(slept).rejects.toBe(reason);
});
