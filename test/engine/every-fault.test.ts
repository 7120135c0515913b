import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { type NamedFault, otherFaults, quickSettings, readFaults, transientFaults } from "../support/faults";
import { ids, newStack } from "../support/stack";

/**
 * Every fault × create, read, update, delete on the real engine: the same command, run again, always converges. Each fault
 * meets a user of its own, all of them in one `up`, as many accounts of a fleet would meet them.
 */

const up = ["up", "--yes", "--skip-preview"];
const refresh = ["refresh", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview"];

async function start(userCount: number) {
  const api = await startApi();
  // One request may meet all faults, one after the other.
  const stack = await newStack({ ...api.env, ...quickSettings, GCORE_RESELLER_MAX_RETRIES: "10" });
  const names = Array.from({ length: userCount }, (_, index) => `user-${String(index).padStart(2, "0")}`);
  const users = (company: string) =>
    Object.fromEntries(
      names.map((name) => [name, { email: `${name}@acme.example`, password: "their-W0rd-1", company }]),
    );

  /** Runs the command with each fault on one of its calls; if it fails, runs it again without them. */
  const runUnderFaults = async (command: string[], calls: object, faults: NamedFault[], mayFail: boolean) => {
    for (const [index, [, fault]] of faults.entries()) api.sandbox.faults.add({ ...fault, ...calls, skip: index });
    const run = await stack.pulumi(...command);
    expect(api.sandbox.faults.list().map(({ applied }) => applied)).toEqual(faults.map(() => 1));
    api.sandbox.faults.remove();
    if (!mayFail) expect(run.code, run.output).toBe(0);
    if (run.code !== 0) await stack.ok(...command);
  };

  /** Expects one account for each declared email address, in state and as declared, and an empty preview. */
  const expectDeclared = async (company: string) => {
    const accounts = api.sandbox.accounts();
    expect(accounts.map(({ email, companyName }) => [email, companyName]).sort()).toEqual(
      names.map((name) => [`${name}@acme.example`, company]),
    );
    const inState = Object.values(await stack.users()).map((user) => ids(user));
    expect(inState.map(({ client, userId }) => `${client}/${userId}`).sort()).toEqual(
      accounts.flatMap(({ client, users }) => users.map(({ id }) => `${client}/${id}`)).sort(),
    );
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  };
  return { api, stack, users, runUnderFaults, expectDeclared };
}

describe.each([
  { what: "transient faults", faults: transientFaults, mayFail: false },
  { what: "other faults", faults: otherFaults, mayFail: true },
])("$what", ({ faults, mayFail }) => {
  test("every verb converges", async () => {
    const { api, stack, users, runUnderFaults, expectDeclared } = await start(faults.length);
    stack.write({ users: users("Acme") });
    await runUnderFaults(up, { method: "POST", path: "/iam/users" }, faults, mayFail);
    // The API would refuse a retry without a lookup of a POST that had created its account.
    expect(api.seen.filter(({ call, status }) => call === "POST /iam/users" && status === 400)).toEqual([]);
    await expectDeclared("Acme");
    // A refresh of them all is one request, so each fault needs a refresh.
    for (const fault of faults) {
      await runUnderFaults(refresh, { method: "GET", path: "/iam/clients*" }, [fault], mayFail);
    }
    stack.write({ users: users("Acme SE") });
    await runUnderFaults(up, { method: "PATCH", path: "/iam/clients/*" }, faults, mayFail);
    await expectDeclared("Acme SE");
    await runUnderFaults(destroy, { method: "DELETE", path: "/iam/users/*" }, faults, mayFail);
    expect(api.emails()).toEqual([]);
    expect(await stack.users()).toEqual({});
  });
});

test("faults of reads: refresh succeeds without a diff", async () => {
  const { stack, users, runUnderFaults, expectDeclared } = await start(3);
  stack.write({ users: users("Acme") });
  await stack.up();
  for (const fault of readFaults) {
    await runUnderFaults(refresh, { method: "GET", path: "/iam/clients" }, [fault], false);
    await expectDeclared("Acme");
  }
  await stack.destroy();
});
