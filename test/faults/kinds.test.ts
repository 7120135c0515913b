import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import * as runtime from "../../provider/runtime";
import { otherFaults, transientFaults } from "../support/faults";
import { kinds, parentsOf, resourceOf } from "../support/kinds";
import { memoryStack } from "../support/memory-stack";
import { type Declared, startWorld } from "../support/process";

/** What holds for every kind of resource: after any fault it exists once, is in state, and is as declared. */

test("table of kinds: complete", () => {
  const rows = kinds.map(({ definition }) => definition.kind).sort();
  expect(rows, "test/support/kinds.ts: a row for each kind").toEqual(Object.keys(runtime).sort());
});

// A reply that comes after the deadline takes real time: test/engine/every-fault.test.ts has it.
const faults = [
  ...transientFaults.map(([what, fault]) => ({ what, fault, mayFail: false })),
  ...otherFaults.map(([what, fault]) => ({ what, fault, mayFail: true })),
].filter(({ fault }) => fault.kind !== "delay");

const secondKey = "5678$sandbox-second-key";
/** What each verb says to the key of another reseller. Paths of the API have the word too, so the word alone is no proof. */
const otherReseller = /the API key to reseller |it may belong to another/;

describe.each(kinds.map((kind) => ({ kind, name: kind.definition.kind })))("$name", ({ kind }) => {
  const { definition, calls, change, removal } = kind;
  const name = kind.name(0);
  /** A mark proves whose it is; what is found and not made needs no proof. */
  const isRecovered = definition.mark !== undefined || definition.shape !== "made";
  const program = (more: Declared = {}) => ({ ...parentsOf(kind, 0), ...resourceOf(kind, 0, more) });

  /** A stack with all that the resource belongs to. */
  async function withParents(settings: Record<string, string> = {}) {
    const world = await startWorld(settings);
    const stack = memoryStack(world);
    kind.prepare?.(world.api, 1);
    await stack.up(parentsOf(kind, 0));
    world.api.calls();
    const existing = () => kind.existing(world.api);
    const expectDeclared = async (more: Declared = {}) => {
      expect(existing()).toEqual([stack.ids()[name]]);
      expect(await stack.refresh()).toEqual([]);
      world.api.calls();
      await stack.up(program(more));
      expect(world.api.calls()).toEqual([]);
    };
    /** Runs the command under a fault; where that may fail, again without it. */
    const underFault = async (fault: FaultInput, mayFail: boolean, command: () => Promise<unknown>) => {
      world.fault(fault);
      const failed = await command().then(
        () => false,
        (error: Error) => {
          if (!mayFail) throw error;
          return true;
        },
      );
      expect(world.api.sandbox.faults.list()).toMatchObject([{ applied: 1 }]);
      world.api.sandbox.faults.remove();
      if (failed) await command();
    };
    return { ...world, world, stack, existing, expectDeclared, underFault };
  }

  /** A stack with the resource. */
  async function withResource(settings: Record<string, string> = {}) {
    const context = await withParents(settings);
    await context.stack.up(program());
    context.api.calls();
    return context;
  }

  /** The stack of the same state without the resource, as a second one or as after a lost state. */
  function stackWithout({ world, stack }: Awaited<ReturnType<typeof withResource>>, stackName?: string) {
    const other = memoryStack(world, stackName);
    for (const parent of Object.keys(parentsOf(kind, 0))) {
      const stored = stack.resources.get(parent);
      if (stored) other.resources.set(parent, stored);
    }
    return other;
  }

  describe.each(faults)("$what", ({ fault, mayFail }) => {
    test("create: exists once, and is in state as declared", async () => {
      const { stack, underFault, expectDeclared } = await withParents();
      await underFault({ ...fault, ...calls.create } as FaultInput, mayFail, () => stack.up(program()));
      await expectDeclared();
    });

    test("read: the same, or an error; never gone", async () => {
      const { stack, underFault, expectDeclared } = await withResource();
      const before = stack.ids();
      await underFault({ ...fault, ...calls.read } as FaultInput, mayFail, async () => {
        try {
          expect(await stack.refresh()).toEqual([]);
        } finally {
          expect(stack.ids()).toEqual(before);
        }
      });
      await expectDeclared();
    });

    test.skipIf(change === undefined)("change: as declared", async () => {
      const { stack, underFault, expectDeclared } = await withResource();
      await underFault({ ...fault, ...change?.calls } as FaultInput, mayFail, () => stack.up(program(change?.edit)));
      await expectDeclared(change?.edit);
    });

    test.skipIf(calls.delete === undefined)("delete: gone, and no longer in state", async () => {
      const { stack, underFault, existing } = await withResource();
      await underFault({ ...fault, ...calls.delete } as FaultInput, mayFail, () => stack.destroy({ targets: [name] }));
      expect([existing(), stack.ids()[name]]).toEqual([[], undefined]);
    });
  });

  test("no fault: a second up and a refresh change nothing", async () => {
    const { expectDeclared } = await withResource();
    await expectDeclared();
  });

  test.skipIf(change === undefined)("changed outside: refresh shows it, and up restores it", async () => {
    const { api, stack, expectDeclared } = await withResource();
    await change?.outside(api, String(stack.ids()[name]));
    expect(await stack.refresh()).toEqual([name]);
    await stack.up(program());
    await expectDeclared();
  });

  test.skipIf(removal === undefined)(
    "deleted outside: leaves state and is created again; or stays, and nothing is created",
    async () => {
      const { api, stack, existing, expectDeclared } = await withResource();
      await removal?.outside(api, String(stack.ids()[name]));
      await stack.refresh();
      expect(Object.keys(stack.ids()).includes(name)).toBe(removal?.isKeptInState);
      api.calls();
      await stack.up(program());
      if (removal?.isKeptInState) {
        expect(existing()).toEqual([]);
        expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
      } else await expectDeclared();
    },
  );

  describe.each([1, 0])("key of another reseller, who has %i accounts", (accounts) => {
    test("each verb: nothing changes at Gcore, and nothing leaves state", async () => {
      const { api, process, stack } = await withResource();
      if (accounts > 0) api.sandbox.seed(accounts, 2);
      const before = [api.sandbox.snapshot(), stack.ids()];
      const run = () => ({ process: process({ ...api.env, GCORE_API_KEY: secondKey }), targets: [name] });
      await expect(stack.refresh(run())).rejects.toThrow(otherReseller);
      if (change) await expect(stack.up(program(change.edit), run())).rejects.toThrow(otherReseller);
      await expect(stack.destroy(run())).rejects.toThrow(otherReseller);
      expect([api.sandbox.snapshot(), stack.ids()]).toEqual(before);
    });
  });

  test("killed between reply and state: the next up takes it back, or names its adoptId and creates nothing", async () => {
    const context = await withResource();
    const stack = stackWithout(context);
    const id = context.stack.ids()[name];
    if (isRecovered) await stack.up(program());
    else {
      await expect(stack.up(program())).rejects.toThrow(`set adoptId: "${id}"`);
      await stack.up(program({ adoptId: id }));
    }
    expect([stack.ids()[name], context.existing()]).toEqual([id, [id]]);
  });

  test("killed between reply and state, recoveryWindowMinutes set: the next up takes it back", async () => {
    const context = await withResource({ recoveryWindowMinutes: "60" });
    const stack = stackWithout(context);
    await stack.up(program());
    expect(stack.ids()).toEqual(context.stack.ids());
    expect(context.existing()).toEqual([context.stack.ids()[name]]);
  });

  test("second declaration in one program: refused, and nothing changes", async () => {
    const { api, stack } = await withResource();
    const before = api.sandbox.snapshot();
    const twin = { ...resourceOf(kind, 0, change?.edit)[name], kind: definition.kind };
    await expect(stack.up({ ...program(), twin })).rejects.toThrow(/belongs to the resource .* of this program/);
    expect(api.sandbox.snapshot()).toEqual(before);
    expect(stack.ids()).not.toHaveProperty("twin");
  });

  test("second stack with the same declaration: none is made twice; what was made is left alone", async () => {
    const context = await withResource();
    const { api } = context;
    const before = api.sandbox.snapshot();
    const second = stackWithout(context, "shop/dev");
    if (definition.shape === "made") {
      await expect(second.up(program())).rejects.toThrow(/adoptId: /);
      await second.destroy({ targets: [name] });
      expect(second.ids()).not.toHaveProperty(name);
    } else {
      // What it belongs to has the mark of the first stack.
      await second.up(program(), { targets: [name] });
      expect(second.ids()).toEqual(context.stack.ids());
    }
    expect(api.sandbox.snapshot()).toEqual(before);
  });

  test("removed from the program: deleted, or left as it is; what it belongs to stays", async () => {
    const { api, stack, existing } = await withResource();
    const before = api.sandbox.snapshot();
    await stack.up(parentsOf(kind, 0));
    expect(Object.keys(stack.ids())).toEqual(Object.keys(parentsOf(kind, 0)));
    if (calls.delete) expect(existing()).toEqual([]);
    else expect(api.sandbox.snapshot()).toEqual(before);
  });
});
