import { expect, test } from "vitest";
import { startWorld } from "../support/process";

/** A renamed or moved resource: its origin mark follows, also when the process ends before the state is written. */

const setUp = async () => {
  const world = await startWorld();
  const { id, outs } = await world.start().create(world.declare("acme"));
  const mark = "pulumi:shop/prod/gmbh";
  return { world, id, outs, renamed: world.declare("acme", { customId: mark, origin: mark }), mark };
};

test("killed after the account got the new mark: the next up accepts it as its own and completes", async () => {
  const { world, id, outs, renamed, mark } = await setUp();
  await world.start().update(id, outs, { ...renamed, company: "Acme SE" });
  world.api.calls();
  // The state is as it was before the first update.
  const { outs: state } = await world.start().update(id, outs, { ...renamed, company: "Acme SE", name: "Anna" });
  expect(state).toMatchObject({ customId: mark, origin: mark, company: "Acme SE", name: "Anna" });
  const account = { custom_id: mark, companyName: "Acme SE", users: [{ name: "Anna" }] };
  expect(await world.api.client(50001)).toMatchObject(account);
});

test("the account has the mark of a third resource: refused, and nothing is changed", async () => {
  const { world, id, outs, renamed } = await setUp();
  world.api.sandbox.updateClient(50001, { custom_id: "pulumi:shop/prod/other" });
  const before = JSON.stringify(world.api.sandbox.accounts());
  await expect(world.start().update(id, outs, renamed)).rejects.toThrow(/is managed by pulumi:shop\/prod\/other/);
  expect(JSON.stringify(world.api.sandbox.accounts())).toBe(before);
});
