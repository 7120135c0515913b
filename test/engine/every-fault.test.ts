import type { FaultInput } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { otherFaults, quickSettings, readFaults, transientFaults } from "../support/faults";
import { ids, newStack } from "../support/stack";

/** Every fault × create, read, update, delete on the real engine: the same command, run again, always converges. */

const emails = ["anna@acme.example", "bert@acme.example", "cleo@acme.example"];
const users = (company: string) =>
  Object.fromEntries(emails.map((email) => [email.split("@")[0], { email, password: "their-W0rd-1", company }]));

const up = ["up", "--yes", "--skip-preview"];
const refresh = ["refresh", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview"];

async function start() {
  const api = await startApi();
  const stack = await newStack({ ...api.env, ...quickSettings });

  /** Runs the command with a fault on one of its calls; if it fails, runs it again without the fault. */
  const runUnderFault = async (command: string[], fault: object, mayFail: boolean) => {
    const { id } = api.sandbox.faults.add(fault as FaultInput);
    const run = await stack.pulumi(...command);
    expect(api.sandbox.faults.list().find((one) => one.id === id)?.applied).toBe(1);
    api.sandbox.faults.remove();
    if (!mayFail) expect(run.code, run.output).toBe(0);
    if (run.code !== 0) await stack.ok(...command);
  };

  /** Expects one account for each declared email address, in state and as declared, and an empty preview. */
  const expectDeclared = async (company: string) => {
    const accounts = api.sandbox.accounts();
    expect(accounts.map(({ email, companyName }) => [email, companyName]).sort()).toEqual(
      emails.map((email) => [email, company]),
    );
    const inState = Object.values(await stack.users()).map((user) => ids(user));
    expect(inState.map(({ client, userId }) => `${client}/${userId}`).sort()).toEqual(
      accounts.flatMap(({ client, users }) => users.map(({ id }) => `${client}/${id}`)).sort(),
    );
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  };
  return { api, stack, runUnderFault, expectDeclared };
}

describe.each([
  { what: "transient fault", faults: transientFaults, mayFail: false },
  { what: "other fault", faults: otherFaults, mayFail: true },
])("$what", ({ faults, mayFail }) => {
  test.each(faults)("%s: every verb converges", async (_name, fault) => {
    const { api, stack, runUnderFault, expectDeclared } = await start();
    stack.write({ users: users("Acme") });
    await runUnderFault(up, { ...fault, method: "POST", path: "/iam/users", skip: 1 }, mayFail);
    // The API would refuse a retry without a lookup of a POST that had created its account.
    expect(api.seen.filter(({ call, status }) => call === "POST /iam/users" && status === 400)).toEqual([]);
    await expectDeclared("Acme");
    await runUnderFault(refresh, { ...fault, method: "GET", path: "/iam/clients*" }, mayFail);
    stack.write({ users: users("Acme SE") });
    await runUnderFault(up, { ...fault, method: "PATCH", path: "/iam/clients/*", skip: 1 }, mayFail);
    await expectDeclared("Acme SE");
    await runUnderFault(destroy, { ...fault, method: "DELETE", path: "/iam/users/*", skip: 1 }, mayFail);
    expect(api.emails()).toEqual([]);
    expect(await stack.users()).toEqual({});
  });
});

test.each(readFaults)("%s: refresh succeeds without a diff", async (_name, fault) => {
  const { stack, runUnderFault, expectDeclared } = await start();
  stack.write({ users: users("Acme") });
  await stack.up();
  await runUnderFault(refresh, { ...fault, method: "GET", path: "/iam/clients" }, false);
  await expectDeclared("Acme");
  await stack.destroy();
});
