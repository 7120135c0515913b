import type { FaultInput } from "gcore-reseller-sandbox";
import { expect } from "vitest";
import { startApi, type TestApi } from "./api";
import { otherFaults, quickSettings, readFaults, transientFaults } from "./faults";
import { type Kind, kindOf, kinds, type Resources, resourceOf } from "./kinds";
import { seededRandom } from "./process";
import { descendants, kill } from "./processes";
import { newStack, type Stack, type StateResource } from "./stack";

/**
 * Rounds of random faults on the real engine, with resources of every kind. One round is: an operation under seeded faults,
 * perhaps interrupted; then the recovery that a user would run; then the count of duplicates, orphans, lost resources, and of
 * foreign resources that a stack has touched. Operations are up, update, refresh, destroy, and what brings two declarations to
 * one account: a rename, a move, an adoption by another stack, a second stack of the same program.
 */

export interface Tally {
  rounds: number;
  faults: number;
  kills: number;
  resources: number;
  duplicates: number;
  orphans: number;
  lost: number;
  /** Calls of a stack that change or delete, or would, what another declaration owned. */
  foreign: number;
}

export const emptyTally = (): Tally => ({
  rounds: 0,
  faults: 0,
  kills: 0,
  resources: 0,
  duplicates: 0,
  orphans: 0,
  lost: 0,
  foreign: 0,
});

type Interruption = "none" | "kill provider" | "kill CLI" | "Ctrl-C" | "state file lost";
const keepsState: readonly Interruption[] = ["none", "none", "kill provider", "kill CLI", "Ctrl-C"];
const allInterruptions: readonly Interruption[] = [...keepsState, "state file lost"];
type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const faultKinds = [...transientFaults, ...otherFaults, ...readFaults].map(([, fault]) => fault);

/** One sequence of rounds: create, update, refresh, one that concerns ownership, destroy, each under its own faults. */
export async function runSequence(seed: number, tally: Tally): Promise<void> {
  const random = seededRandom(seed * 7919 + 17);
  for (let warmUp = 0; warmUp < 5; warmUp++) random();
  const api = await startApi();
  const skipCheckpoints = random() < 0.3 ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {};
  const env = { ...api.env, ...quickSettings, ...skipCheckpoints };
  const stack = await newStack(env);
  const userCount = 1 + Math.floor(random() * 4);
  for (const kind of kinds) kind.prepare?.(api, 1);
  const sequence: Sequence = {
    api,
    env,
    random,
    tally,
    stack,
    userCount,
    seeded: api.sandbox.accounts().length,
    resources: declare(userCount, { name: "Second", company: "Second", isTest: true, seller: 11 }, true),
  };

  await round(sequence, up, declare(userCount, { services: [{ productName: "DNS", available: false }] }, false));
  await round(sequence, up, sequence.resources);
  await round(sequence, refresh, sequence.resources);
  // By the seed itself, so that consecutive sequences cover all of them.
  const owner = await (ownershipRounds[seed % ownershipRounds.length] as OwnershipRound)(sequence);
  owner.stack.write({});
  await underFaults(sequence, owner.stack, destroy);
  await owner.stack.pulumi("cancel", "--yes");
  await owner.stack.destroy();
  await count({ ...sequence, stack: owner.stack }, {});
}

/** Users with the inputs `more`, what belongs to each of them, and one resource of each kind that belongs to none. */
function declare(userCount: number, more: object, isEdited: boolean): Resources {
  const countOf = ({ definition, belongsTo }: Kind) =>
    definition.kind === "ClientUser" || belongsTo.length > 0 ? userCount : 1;
  const inputsOf = ({ definition, change }: Kind) =>
    definition.kind === "ClientUser" ? more : isEdited ? change?.edit : {};
  return Object.assign(
    {},
    ...kinds.flatMap((kind) =>
      Array.from({ length: countOf(kind) }, (_, n) => resourceOf(kind, n, { ...inputsOf(kind) })),
    ),
  );
}

const up = ["up", "--yes", "--skip-preview"];
const refresh = ["refresh", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview"];

interface Sequence {
  api: TestApi;
  env: Record<string, string>;
  random: Random;
  tally: Tally;
  stack: Stack;
  userCount: number;
  /** Number of the accounts that no user of the program belongs to. */
  seeded: number;
  resources: Resources;
}

async function round(sequence: Sequence, operation: string[], resources: Resources, interruptions = allInterruptions) {
  sequence.stack.write({ resources });
  await underFaults(sequence, sequence.stack, operation, interruptions);
  await recover(sequence.stack, resources);
  await count(sequence, resources);
}

/** A round after which the returned stack owns the resources. */
type OwnershipRound = (sequence: Sequence) => Promise<{ stack: Stack }>;

const ownershipRounds: OwnershipRound[] = [
  async function renameWithAlias(sequence) {
    await round(sequence, up, renamed(sequence.resources, true), keepsState);
    return sequence;
  },

  async function renameWithoutAlias(sequence) {
    const { stack, resources } = sequence;
    stack.write({ resources: renamed(resources, false) });
    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /set the option aliases: \["urn:pulumi:prod::shop::/);
    });
    await round(sequence, up, renamed(resources, true), keepsState);
    return sequence;
  },

  async function adoptedByAnotherStack(sequence) {
    const { stack, env, resources } = sequence;
    const other = await newStack(env, { project: "other" });
    const inState = await stack.resources();
    const adopted = Object.entries(resources).map(([name, resource]) => {
      const isAdopted = kindOf(resource.kind).definition.shape === "made";
      return [name, isAdopted ? { ...resource, adoptId: inState[name]?.id } : resource];
    });
    // Nothing at Gcore says which stack has a resource without a mark: it is taken out of the state here first.
    const marked = Object.fromEntries(Object.entries(resources).filter(([, { kind }]) => isMarked(kind)));
    const unmarked = Object.entries(inState).filter(([name]) => !(name in marked));
    for (const [, { urn }] of unmarked) await stack.ok("state", "delete", "--yes", urn);
    await round({ ...sequence, stack: other }, up, Object.fromEntries(adopted));

    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, refresh, keepsState);
      await stack.pulumi("cancel", "--yes");
      const refreshed = await stack.refresh();
      expect(refreshed.code, refreshed.output).toBe(0);
      expect(refreshed.output).toMatch(/is managed by pulumi:other\/prod\//);
      stack.write({ resources: edited(marked) });
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /is managed by pulumi:other\/prod\//);
      await underFaults(sequence, stack, destroy, keepsState);
      await stack.pulumi("cancel", "--yes");
      await stack.destroy();
      expect(await stack.resources()).toEqual({});
    });
    await count({ ...sequence, stack: other }, resources);
    return { stack: other };
  },

  async function movedToAnotherStack(sequence) {
    const { stack, env, resources } = sequence;
    const other = await newStack(env, { stack: "live", beside: stack });
    const urns = Object.values(await stack.resources()).map(({ urn }) => urn);
    await stack.ok("state", "move", "--yes", "--source", stack.name, "--dest", other.name, ...urns);
    await round({ ...sequence, stack: other }, up, resources, keepsState);

    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /customId "pulumi:shop\/live\//);
      stack.write({});
      await stack.up();
      await stack.destroy();
    });
    await count({ ...sequence, stack: other }, resources);
    return { stack: other };
  },

  async function secondStackOfTheProgram(sequence) {
    const { stack, env, resources } = sequence;
    const review = await newStack(env, { stack: "review" });
    review.write({ resources });
    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, review, up, keepsState);
      await review.pulumi("cancel", "--yes");
      await expectRefusal(review, /customId "pulumi:shop\/prod\//);
      await review.destroy();
      expect(await review.resources()).toEqual({});
    });
    const unchanged = await stack.refresh("--expect-no-changes");
    expect(unchanged.code, unchanged.output).toBe(0);
    await count(sequence, resources);
    return sequence;
  },
];

const isMarked = (kind: string) => kindOf(kind).definition.mark !== undefined;

/** Every resource under a new name, and what refers to it too. */
const renamed = (resources: Resources, hasAlias: boolean): Resources =>
  Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => {
      const text = JSON.stringify(resource).replace(/"\$([\w-]+)\./g, '"$$$1-gmbh.');
      return [`${name}-gmbh`, { ...JSON.parse(text), ...(hasAlias && { $options: { aliases: [{ name }] } }) }];
    }),
  );

const edited = (resources: Resources): Resources =>
  Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => [name, { ...resource, ...kindOf(resource.kind).change?.edit }]),
  );

async function expectRefusal(stack: Stack, text: RegExp) {
  const run = await stack.pulumi(...up);
  expect(run.code, run.output).not.toBe(0);
  expect(run.output).toMatch(text);
}

/** Counts the changes that `work` sends: all that exists belongs to another declaration. */
async function whileOwnedByAnother({ api, tally }: Sequence, work: () => Promise<void>) {
  const owned = api.sandbox.snapshot();
  api.calls();
  await work();
  const changes = api.calls().filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call));
  tally.foreign += changes.length;
  expect(changes).toEqual([]);
  expect(api.sandbox.snapshot()).toBe(owned);
}

async function underFaults(
  { api, random, tally }: Sequence,
  stack: Stack,
  operation: string[],
  interruptions = allInterruptions,
) {
  const faults = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, faultKinds));
  for (const fault of faults) {
    const occurrence =
      random() < 0.5 ? { times: 1 + Math.floor(random() * 3), skip: Math.floor(random() * 3) } : { probability: 0.3 };
    api.sandbox.faults.add({ ...fault, ...occurrence, seed: Math.floor(random() * 1e6) } as FaultInput);
  }
  const interruption = pick(random, interruptions);
  // Half of the interruptions happen between a request and its reply, the others at any time.
  const atRequest = random() < 0.5 ? Math.floor(random() * 4) : undefined;
  const { child, run } = stack.start(operation);
  const pid = Number(child.pid);
  const processIds: number[] = [];
  let interrupted = false;
  const interrupt = () => {
    if (interrupted || child.exitCode !== null) return;
    interrupted = true;
    const children = descendants(pid);
    processIds.push(...children.map((one) => one.pid));
    if (interruption === "kill provider")
      kill(children.filter(({ command }) => /dynamic-provider/.test(command)).map((one) => one.pid));
    if (interruption === "kill CLI") kill([pid]);
    if (interruption === "Ctrl-C") child.kill("SIGINT");
    tally.kills++;
  };
  const isTimed = interruption === "kill provider" || interruption === "kill CLI" || interruption === "Ctrl-C";
  if (isTimed && atRequest !== undefined) api.onRequest((nth) => nth === atRequest && interrupt());
  const timer = isTimed && atRequest === undefined ? setTimeout(interrupt, 300 + random() * 2500) : undefined;
  await run;
  clearTimeout(timer);
  api.onRequest(undefined);
  kill(processIds);
  tally.faults += api.sandbox.faults.list().reduce((sum, { applied }) => sum + applied, 0);
  api.sandbox.faults.remove();
  if (interruption === "state file lost" && operation[0] === "up") stack.loseState();
}

/**
 * What a user does after a failure: cancel, select the stack, and run `up` again; with the `adoptId` that an error names for a
 * seller, which nothing at Gcore proves to be the program's own.
 */
async function recover(stack: Stack, resources: Resources) {
  await stack.pulumi("cancel", "--yes");
  await stack.ok("stack", "select", "--create", stack.name);
  let up = await stack.pulumi("up", "--yes", "--skip-preview", "--continue-on-error");
  const named = [...up.output.matchAll(/Seller (\S+) \(.*which this resource is not proved.* set adoptId: "(\d+)"/g)];
  if (named.length > 0) {
    const adopted = named.map(([, name = "", adoptId]) => [name, { ...resources[name], adoptId }]);
    stack.write({ resources: { ...resources, ...Object.fromEntries(adopted) } });
    up = await stack.pulumi("up", "--yes", "--skip-preview");
  }
  expect(up.code, up.output).toBe(0);
  stack.write({ resources });
  const preview = await stack.preview("--expect-no-changes");
  expect(preview.code, preview.output).toBe(0);
}

/** Expects each declared resource once at Gcore and in state, and nothing else that a destroy would delete. */
async function count({ api, stack, tally, userCount, seeded }: Sequence, declared: Resources) {
  const inState = await stack.resources();
  tally.rounds++;
  tally.resources += Object.keys(declared).length;
  expect(Object.keys(inState).sort()).toEqual(Object.keys(declared).sort());
  for (const { definition, calls, existing } of kinds) {
    const isOfKind = ({ type }: StateResource) => type.endsWith(`:${definition.kind}`);
    const ids = Object.values(inState)
      .filter(isOfKind)
      .map(({ id }) => id);
    const atGcore = existing(api);
    const declaredCount = Object.values(declared).filter(({ kind }) => kind === definition.kind).length;
    // What a destroy leaves is at Gcore after it.
    const orphans = calls.delete ? atGcore.filter((id) => !ids.includes(id)) : [];
    const lost = ids.filter((id) => !atGcore.includes(id));
    tally.duplicates += calls.delete ? Math.max(0, atGcore.length - declaredCount) : 0;
    tally.orphans += orphans.length;
    tally.lost += lost.length;
    expect({ orphans, lost, ids: new Set(ids).size }, definition.kind).toEqual({
      orphans: [],
      lost: [],
      ids: declaredCount,
    });
  }
  const accounts = api.sandbox.accounts().length - seeded;
  tally.duplicates += Math.max(0, accounts - userCount);
  expect(accounts).toBe(userCount);
}
