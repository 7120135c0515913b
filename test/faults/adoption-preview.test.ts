import { expect, test } from "vitest";
import { startWorld } from "../support/process";

/** What a preview reads of an account that will be adopted. */

const setUp = async (settings: Record<string, string> = {}) => {
  const world = await startWorld(settings);
  world.api.sandbox.seed(1);
  const adoption = { email: "seed-1@sandbox.example", company: "Seed 1", adoptId: "50001/8001" };
  return { world, inputs: world.declare("acme", adoption) };
};

test("the turn of the request comes later, because of requestsPerSecond: waited for, and read", async () => {
  const { world, inputs } = await setUp({ requestsPerSecond: "1" });
  const provider = world.start();
  await provider.create(world.declare("other"));
  await provider.check({}, inputs);
  expect(world.logged).toEqual([expect.stringMatching(/^ClientUser acme: adopts client account 50001 \(Seed 1\): /)]);
});

test("the API fails: one request, no retry, and the preview goes on", async () => {
  const { world, inputs } = await setUp();
  world.fault({ kind: "status-before", status: 500, method: "GET", times: "always" });
  expect(await world.start().check({}, inputs)).toMatchObject({ failures: [] });
  expect(world.api.calls()).toEqual(["GET /iam/clients/50001"]);
  expect(world.logged).toEqual([
    expect.stringMatching(/^ClientUser acme: adopts 50001\/8001, not read: .*answered 500/),
  ]);
});
