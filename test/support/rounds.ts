import type { FaultInput } from "gcore-reseller-sandbox";
import { expect } from "vitest";
import { startApi, type TestApi } from "./api";
import { otherFaults, quickSettings, readFaults, transientFaults } from "./faults";
import { seededRandom } from "./process";
import { descendants, kill } from "./processes";
import { newStack, type Program, type Stack } from "./stack";

/**
 * Rounds of random faults on the real engine. One round is: an operation (up, update, refresh, destroy) under seeded faults,
 * perhaps interrupted; then the recovery that a user would run; then the count of duplicates, orphans and lost accounts.
 */

export interface Tally {
  rounds: number;
  faults: number;
  kills: number;
  accounts: number;
  duplicates: number;
  orphans: number;
  lost: number;
}

export const emptyTally = (): Tally => ({
  rounds: 0,
  faults: 0,
  kills: 0,
  accounts: 0,
  duplicates: 0,
  orphans: 0,
  lost: 0,
});

type Interruption = "none" | "kill provider" | "kill CLI" | "Ctrl-C" | "state file lost";
type Random = () => number;
type Users = NonNullable<Program["users"]>;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const faultKinds = [...transientFaults, ...otherFaults, ...readFaults].map(([, fault]) => fault);

/** One sequence of four rounds on one stack: create, update, refresh, destroy, each under its own faults. */
export async function runSequence(seed: number, tally: Tally): Promise<void> {
  const random = seededRandom(seed * 7919 + 17);
  for (let warmUp = 0; warmUp < 5; warmUp++) random();
  const api = await startApi();
  const skipCheckpoints = random() < 0.3 ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {};
  const stack = await newStack({ ...api.env, ...quickSettings, ...skipCheckpoints });
  const names = ["anna", "bert", "cleo", "dora"].slice(0, 1 + Math.floor(random() * 4));
  const declare = (more: object): Users =>
    Object.fromEntries(
      names.map((name) => [
        name,
        { email: `${name}@acme.example`, password: `${name}-W0rd-1`, company: name, ...more },
      ]),
    );
  const round = async (operation: string[], users: Users) => {
    stack.write({ users });
    await underFaults(api, stack, operation, random, tally);
    await recover(stack);
    await count(api, stack, users, names.length, tally);
  };

  const up = ["up", "--yes", "--skip-preview"];
  const first = declare({ services: [{ productName: "CDN", available: false }] });
  const second = declare({ name: "Second", company: "Second", isTest: true, seller: 11 });
  await round(up, first);
  await round(up, second);
  await round(["refresh", "--yes", "--skip-preview"], second);
  stack.write({ users: {} });
  await underFaults(api, stack, ["destroy", "--yes", "--skip-preview"], random, tally);
  await stack.pulumi("cancel", "--yes");
  await stack.destroy();
  await count(api, stack, {}, names.length, tally);
}

async function underFaults(api: TestApi, stack: Stack, operation: string[], random: Random, tally: Tally) {
  const faults = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, faultKinds));
  for (const fault of faults) {
    const occurrence =
      random() < 0.5 ? { times: 1 + Math.floor(random() * 3), skip: Math.floor(random() * 3) } : { probability: 0.3 };
    api.sandbox.faults.add({ ...fault, ...occurrence, seed: Math.floor(random() * 1e6) } as FaultInput);
  }
  const interruption = pick<Interruption>(random, [
    "none",
    "none",
    "kill provider",
    "kill CLI",
    "Ctrl-C",
    "state file lost",
  ]);
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
  await stack.ok("stack", "select", "--create", "prod");
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  const preview = await stack.preview("--expect-no-changes");
  expect(preview.code, preview.output).toBe(0);
}

/** Expects one account for each declared email address, every ID in state at the API, and every account in state. */
async function count(api: TestApi, stack: Stack, users: Users, maxAccounts: number, tally: Tally) {
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
