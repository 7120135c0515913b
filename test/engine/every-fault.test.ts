import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { type NamedFault, otherFaults, quickSettings, readFaults, transientFaults } from "../support/faults";
import { type Calls, type Kind, kinds, type Resources, resourceOf } from "../support/kinds";
import { newStack } from "../support/stack";

/**
 * Every fault × create, read, update, delete of every kind on the real engine: the same command, run again, always converges.
 * Each fault meets a resource of its own, all of them in one `up`, as many accounts of a fleet would meet them. One stack has
 * all kinds; test/faults/kinds.test.ts has every kind by itself, on a simulated clock.
 */

// A failure of one resource must not keep the others from meeting their faults.
const up = ["up", "--yes", "--skip-preview", "--continue-on-error"];
const refresh = ["refresh", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview", "--continue-on-error"];

const owners = kinds.filter(({ belongsTo }) => belongsTo.length === 0);
const children = kinds.filter(({ belongsTo }) => belongsTo.length > 0);

/** A stack that can declare `count` resources of each kind. */
async function start(count: number) {
  const api = await startApi();
  // One request may meet all faults, one after the other, and a lookup waits for the end of every 429.
  const settings = { GCORE_RESELLER_MAX_RETRIES: "10", GCORE_RESELLER_RECOVERY_TIMEOUT_SECONDS: "30" };
  const stack = await newStack({ ...api.env, ...quickSettings, ...settings });
  for (const kind of kinds) kind.prepare?.(api, count);

  const countOf = ({ isSingle }: Kind) => (isSingle ? 1 : count);
  /** Declares the resources of these kinds, with the changed inputs of the second ones. */
  const write = (declared: readonly Kind[], edited: readonly Kind[] = []) => {
    const resources = declared.flatMap((kind) =>
      Array.from({ length: countOf(kind) }, (_, n) =>
        resourceOf(kind, n, edited.includes(kind) ? kind.change?.edit : {}),
      ),
    );
    stack.write({ resources: Object.assign({}, ...resources) as Resources });
  };

  /** Runs the command with each fault on one of these calls of each kind; if it fails, runs it again without them. */
  const runUnderFaults = async (
    command: string[],
    [concerned, callsOf]: readonly [readonly Kind[], (kind: Kind) => Calls | undefined],
    faults: NamedFault[],
    mayFail: boolean,
  ) => {
    // Kinds with the same calls meet the faults together.
    const limits = new Map<string, number>();
    for (const kind of concerned) {
      const calls = JSON.stringify(callsOf(kind) ?? null);
      limits.set(calls, Math.max(countOf(kind), limits.get(calls) ?? 0));
    }
    limits.delete("null");
    for (const [calls, limit] of limits) {
      for (const [index, [, fault]] of faults.slice(0, limit).entries())
        api.sandbox.faults.add({ ...fault, ...JSON.parse(calls), skip: index });
    }
    const run = await stack.pulumi(...command);
    const applied = api.sandbox.faults.list().map((fault) => [fault.method, fault.path, fault.kind, fault.applied]);
    expect(applied.filter(([, , , times]) => times !== 1)).toEqual([]);
    api.sandbox.faults.remove();
    if (!mayFail) expect(run.code, run.output).toBe(0);
    if (run.code !== 0) await stack.ok(...command);
  };

  /** Expects each declared resource once at Gcore and in state, and an empty preview. */
  const expectDeclared = async (declared: readonly Kind[]) => {
    for (const kind of declared) {
      const inState = Object.values(await stack.resources(kind.definition.kind)).map(({ id }) => id);
      expect(inState, kind.definition.kind).toHaveLength(countOf(kind));
      expect(inState.sort(), kind.definition.kind).toEqual(kind.existing(api).sort());
    }
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  };
  return { api, stack, write, runUnderFaults, expectDeclared };
}

const creates = ({ calls }: Kind) => calls.create;
const reads = ({ calls }: Kind) => calls.read;
/** One kind for each way to be read. */
const readers = kinds.filter((kind) => kind === kinds.find(({ calls }) => calls.read.path === kind.calls.read.path));
const changes = ({ change }: Kind) => change?.calls;
const deletes = ({ calls }: Kind) => calls.delete;

describe.each([
  { what: "transient faults", faults: transientFaults, mayFail: false },
  { what: "other faults", faults: otherFaults, mayFail: true },
])("$what", ({ faults, mayFail }) => {
  test("every verb of every kind converges", async () => {
    const { api, stack, write, runUnderFaults, expectDeclared } = await start(faults.length);
    write(owners);
    await runUnderFaults(up, [owners, creates], faults, mayFail);
    write(kinds);
    await runUnderFaults(up, [children, creates], faults, mayFail);
    // The API would refuse a retry without a lookup of a POST that had created its resource.
    expect(api.seen.filter(({ status }) => status === 400)).toEqual([]);
    await expectDeclared(kinds);

    // A refresh of many accounts is one request, so each fault needs a refresh; one that fails reads no further, so it
    // concerns one kind. test/faults/kinds.test.ts has each kind with each fault.
    for (const [n, fault] of faults.entries()) {
      const concerned = mayFail ? readers.slice(n % readers.length, (n % readers.length) + 1) : readers;
      await runUnderFaults(refresh, [concerned, reads], [fault], mayFail);
    }

    write(kinds, owners);
    await runUnderFaults(up, [owners, changes], faults, mayFail);
    write(kinds, kinds);
    await runUnderFaults(up, [children, changes], faults, mayFail);
    await expectDeclared(kinds);

    write(owners, owners);
    await runUnderFaults(up, [children, deletes], faults, mayFail);
    await runUnderFaults(destroy, [owners, deletes], faults, mayFail);
    for (const kind of kinds.filter(deletes)) expect(kind.existing(api), kind.definition.kind).toEqual([]);
    expect(await stack.resources()).toEqual({});
  });
});

test("faults of reads: refresh succeeds without a diff", async () => {
  const { stack, write, runUnderFaults, expectDeclared } = await start(3);
  write(kinds);
  await stack.up();
  const list = () => ({ method: "GET", path: "/iam/clients" }) as const;
  for (const fault of readFaults) {
    await runUnderFaults(refresh, [kinds, list], [fault], false);
    await expectDeclared(kinds);
  }
  await stack.destroy();
});
