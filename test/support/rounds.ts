import type { FaultInput } from "gcore-reseller-sandbox";
import { expect } from "vitest";
import { startApi, type TestApi } from "./api";
import { otherFaults, quickSettings, readFaults, transientFaults } from "./faults";
import { seededRandom } from "./process";
import { descendants, kill } from "./processes";
import { newStack, type Program, type Stack } from "./stack";

/**
 * Rounds of random faults on the real engine. One round is: an operation under seeded faults, perhaps interrupted; then the
 * recovery that a user would run; then the count of duplicates, orphans, lost accounts, and of foreign users that a stack
 * has touched. Operations are up, update, refresh, destroy, and what brings two declarations to one account: a rename, a
 * move, an adoption by another stack, a second stack of the same program.
 */

export interface Tally {
  rounds: number;
  faults: number;
  kills: number;
  accounts: number;
  duplicates: number;
  orphans: number;
  lost: number;
  /** Users that a stack changed or deleted, or tried to, while another declaration owned them. */
  foreign: number;
}

export const emptyTally = (): Tally => ({
  rounds: 0,
  faults: 0,
  kills: 0,
  accounts: 0,
  duplicates: 0,
  orphans: 0,
  lost: 0,
  foreign: 0,
});

type Interruption = "none" | "kill provider" | "kill CLI" | "Ctrl-C" | "state file lost";
const keepsState: readonly Interruption[] = ["none", "none", "kill provider", "kill CLI", "Ctrl-C"];
const allInterruptions: readonly Interruption[] = [...keepsState, "state file lost"];
type Random = () => number;
type Users = NonNullable<Program["users"]>;

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
  const names = ["anna", "bert", "cleo", "dora"].slice(0, 1 + Math.floor(random() * 4));
  const declare = (more: object): Users =>
    Object.fromEntries(
      names.map((name) => [
        name,
        { email: `${name}@acme.example`, password: `${name}-W0rd-1`, company: name, ...more },
      ]),
    );
  const sequence: Sequence = {
    api,
    env,
    random,
    tally,
    stack,
    users: declare({ name: "Second", company: "Second", isTest: true, seller: 11 }),
  };

  await round(sequence, up, declare({ services: [{ productName: "CDN", available: false }] }));
  await round(sequence, up, sequence.users);
  await round(sequence, refresh, sequence.users);
  // By the seed itself, so that consecutive sequences cover all of them.
  const owner = await (ownershipRounds[seed % ownershipRounds.length] as OwnershipRound)(sequence);
  owner.stack.write({ users: {} });
  await underFaults(sequence, owner.stack, destroy);
  await owner.stack.pulumi("cancel", "--yes");
  await owner.stack.destroy();
  await count({ ...sequence, stack: owner.stack }, {});
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
  users: Users;
}

async function round(sequence: Sequence, operation: string[], users: Users, interruptions = allInterruptions) {
  sequence.stack.write({ users });
  await underFaults(sequence, sequence.stack, operation, interruptions);
  await recover(sequence.stack);
  await count(sequence, users);
}

/** A round after which the returned stack owns the accounts. */
type OwnershipRound = (sequence: Sequence) => Promise<{ stack: Stack }>;

const ownershipRounds: OwnershipRound[] = [
  async function renameWithAlias(sequence) {
    await round(sequence, up, renamed(sequence.users, true), keepsState);
    return sequence;
  },

  async function renameWithoutAlias(sequence) {
    const { stack, users } = sequence;
    stack.write({ users: renamed(users, false) });
    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /set the option aliases: \["urn:pulumi:prod::shop::/);
    });
    await round(sequence, up, renamed(users, true), keepsState);
    return sequence;
  },

  async function adoptedByAnotherStack(sequence) {
    const { stack, env, users } = sequence;
    const ids = Object.entries(await stack.users()).map(([name, { id }]) => [name, id] as const);
    const other = await newStack(env, { project: "other" });
    const adopted = ids.map(([name, adoptId]) => [name, { ...users[name], adoptId }]);
    await round({ ...sequence, stack: other }, up, Object.fromEntries(adopted));

    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, refresh, keepsState);
      await stack.pulumi("cancel", "--yes");
      const refreshed = await stack.refresh();
      expect(refreshed.code, refreshed.output).toBe(0);
      expect(refreshed.output).toMatch(/is managed by pulumi:other\/prod\//);
      stack.write({ users: edited(users) });
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /is managed by pulumi:other\/prod\//);
      await underFaults(sequence, stack, destroy, keepsState);
      await stack.pulumi("cancel", "--yes");
      await stack.destroy();
      expect(await stack.users()).toEqual({});
    });
    await count({ ...sequence, stack: other }, users);
    return { stack: other };
  },

  async function movedToAnotherStack(sequence) {
    const { stack, env, users } = sequence;
    const other = await newStack(env, { stack: "live", beside: stack });
    const urns = Object.values(await stack.users()).map(({ urn }) => urn);
    await stack.ok("state", "move", "--yes", "--source", stack.name, "--dest", other.name, ...urns);
    await round({ ...sequence, stack: other }, up, users, keepsState);

    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, stack, up, keepsState);
      await stack.pulumi("cancel", "--yes");
      await expectRefusal(stack, /customId "pulumi:shop\/live\//);
      stack.write({ users: {} });
      await stack.up();
      await stack.destroy();
    });
    await count({ ...sequence, stack: other }, users);
    return { stack: other };
  },

  async function secondStackOfTheProgram(sequence) {
    const { stack, env, users } = sequence;
    const review = await newStack(env, { stack: "review" });
    review.write({ users });
    await whileOwnedByAnother(sequence, async () => {
      await underFaults(sequence, review, up, keepsState);
      await review.pulumi("cancel", "--yes");
      await expectRefusal(review, /customId "pulumi:shop\/prod\//);
      await review.destroy();
      expect(await review.users()).toEqual({});
    });
    const unchanged = await stack.refresh("--expect-no-changes");
    expect(unchanged.code, unchanged.output).toBe(0);
    await count(sequence, users);
    return sequence;
  },
];

const renamed = (users: Users, hasAlias: boolean): Users =>
  Object.fromEntries(
    Object.entries(users).map(([name, user]) => [
      `${name}-gmbh`,
      hasAlias ? { ...user, $options: { aliases: [{ name }] } } : user,
    ]),
  );

const edited = (users: Users): Users =>
  Object.fromEntries(Object.entries(users).map(([name, user]) => [name, { ...user, company: "Edited" }]));

async function expectRefusal(stack: Stack, text: RegExp) {
  const run = await stack.pulumi(...up);
  expect(run.code, run.output).not.toBe(0);
  expect(run.output).toMatch(text);
}

/** Counts the accounts that `work` sends a change to: all that exist belong to another declaration. */
async function whileOwnedByAnother({ api, tally }: Sequence, work: () => Promise<void>) {
  const accounts = api.sandbox.accounts();
  const owned = JSON.stringify(accounts);
  api.calls();
  await work();
  const changes = api.calls().filter((call) => !/^GET |^POST \/iam\/(users|auth\/jwt\/login)$/.test(call));
  const isTouched = ({ client, users }: (typeof accounts)[number]) =>
    changes.some((call) =>
      [`clients/${client}`, ...users.map(({ id }) => `users/${id}`)].some((path) => `${call}/`.includes(`/${path}/`)),
    );
  tally.foreign += accounts.filter(isTouched).length;
  expect(changes).toEqual([]);
  expect(JSON.stringify(api.sandbox.accounts())).toBe(owned);
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

/** What a user does after a failure: cancel, select the stack, and run `up` again. */
async function recover(stack: Stack) {
  await stack.pulumi("cancel", "--yes");
  await stack.ok("stack", "select", "--create", stack.name);
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  const preview = await stack.preview("--expect-no-changes");
  expect(preview.code, preview.output).toBe(0);
}

/** Expects one account for each declared email address, every ID in state at the API, and every account in state. */
async function count({ api, stack, tally, users: all }: Sequence, users: Users) {
  const maxAccounts = Object.keys(all).length;
  const declared = Object.values(users).map((user) => String(user.email));
  const emails = api.emails();
  const created = api.sandbox
    .accounts()
    .flatMap(({ client, users: members }) => members.map(({ id }) => `${client}/${id}`));
  const inState = Object.values(await stack.users()).map(({ outputs }) => `${outputs.client}/${outputs.userId}`);
  tally.rounds++;
  tally.accounts += declared.length;
  tally.duplicates += emails.length - new Set(emails).size + Math.max(0, api.sandbox.accounts().length - maxAccounts);
  tally.orphans += created.filter((id) => !inState.includes(id)).length;
  tally.lost += inState.filter((id) => !created.includes(id)).length;
  expect(emails.sort()).toEqual(declared.sort());
  expect(api.sandbox.accounts()).toHaveLength(maxAccounts);
  expect(inState.sort()).toEqual(created.sort());
}
