import { describe, expect, test } from "vitest";
import type { FaultInput } from "../../dist/sandbox";
import { startApi } from "../support/api";
import { ofReads, others, passing, quick } from "../support/faults";
import { ids, newStack } from "../support/stack";

/** Every fault × create, read, update, delete on the real engine: a plain run of the same command always converges. */

const emails = ["anna@acme.example", "bert@acme.example", "cleo@acme.example"];
const users = (company: string) =>
  Object.fromEntries(emails.map((email) => [email.split("@")[0], { email, password: "their-W0rd-1", company }]));

const up = ["up", "--yes", "--skip-preview"];
const refresh = ["refresh", "--yes", "--skip-preview"];
const destroy = ["destroy", "--yes", "--skip-preview"];

async function start() {
  const api = await startApi();
  const stack = await newStack({ ...api.env, ...quick });

  /** Runs the command with one of its calls struck, and where that fails once more without. */
  const struck = async (command: string[], fault: object, failing: boolean) => {
    const { id } = api.sandbox.faults.add(fault as FaultInput);
    const run = await stack.pulumi(...command);
    expect(api.sandbox.faults.list().find((one) => one.id === id)?.struck).toBe(1);
    api.sandbox.faults.remove();
    if (!failing) expect(run.code, run.output).toBe(0);
    if (run.code !== 0) await stack.ok(...command);
  };

  /** One account a declared e-mail, all of them in state and as declared, and nothing to do. */
  const asDeclared = async (company: string) => {
    const made = api.sandbox.accounts();
    expect(made.map(({ email, companyName }) => [email, companyName]).sort()).toEqual(
      emails.map((email) => [email, company]),
    );
    const inState = Object.values(await stack.users()).map((user) => ids(user));
    expect(inState.map(({ client, userId }) => `${client}/${userId}`).sort()).toEqual(
      made.flatMap(({ client, users }) => users.map(({ id }) => `${client}/${id}`)).sort(),
    );
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code, preview.output).toBe(0);
  };
  return { api, stack, struck, asDeclared };
}

describe.each([
  { what: "gets over", faults: passing, failing: false },
  { what: "converges after", faults: others, failing: true },
])("$what", ({ faults, failing }) => {
  test.each(faults)("%s", async (_name, fault) => {
    const { api, stack, struck, asDeclared } = await start();
    stack.write({ users: users("Acme") });
    await struck(up, { ...fault, method: "POST", path: "/iam/users", skip: 1 }, failing);
    // The API would refuse a blind repetition of a POST that had made its account.
    expect(api.seen.filter(({ call, status }) => call === "POST /iam/users" && status === 400)).toEqual([]);
    await asDeclared("Acme");
    await struck(refresh, { ...fault, method: "GET", path: "/iam/clients*" }, failing);
    stack.write({ users: users("Acme SE") });
    await struck(up, { ...fault, method: "PATCH", path: "/iam/clients/*", skip: 1 }, failing);
    await asDeclared("Acme SE");
    await struck(destroy, { ...fault, method: "DELETE", path: "/iam/users/*", skip: 1 }, failing);
    expect(api.emails()).toEqual([]);
    expect(await stack.users()).toEqual({});
  });
});

test.each(ofReads)("%s", async (_name, fault) => {
  const { stack, struck, asDeclared } = await start();
  stack.write({ users: users("Acme") });
  await stack.up();
  await struck(refresh, { ...fault, method: "GET", path: "/iam/clients" }, false);
  await asDeclared("Acme");
  await stack.destroy();
});
