import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { startApi, type TestApi } from "../support/api";
import { descendants, kill, type Run } from "../support/processes";
import { newStack, type Program } from "../support/stack";

/** What a pipeline relies on, on each backend that a team keeps itself. */

const up = ["up", "--yes", "--skip-preview"];
const nameOf = (i: number) => `client-${i}`;
const emailOf = (i: number) => `it@${nameOf(i)}.example`;
const declaring = (i: number): Program => ({
  users: { [nameOf(i)]: { email: emailOf(i), password: `first-W0rd-${i}`, company: nameOf(i) } },
});

/** Lets requests wait at the API until `release`. */
function holdRequests(api: TestApi) {
  const released = Promise.withResolvers<void>();
  let waiting = 0;
  api.onRequest(() => {
    waiting++;
    return released.promise;
  });
  const release = () => {
    api.onRequest(undefined);
    released.resolve();
  };
  onTestFinished(release);
  /** Waits until `count` requests wait. Fails if a run ends before. */
  const arrived = async (count: number, ...runs: Promise<Run>[]) => {
    let ended: Run | undefined;
    for (const run of runs) void run.then((one) => (ended ??= one));
    await vi.waitUntil(() => waiting === count || ended !== undefined, { timeout: 300_000 });
    expect(ended?.output, "output of a run that ended").toBeUndefined();
  };
  return { arrived, release };
}

describe.each(Object.entries(inject("backends")))("%s", (_name, { env, secret }) => {
  /** An API and a stack of this backend. The deadline of a request is longer than the tests hold one. */
  const started = async (stackName: string) => {
    const api = await startApi();
    const stack = await newStack(
      { ...api.env, ...env, GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: "600" },
      { stack: stackName },
    );
    onTestFinished(() => {
      if (secret !== undefined) expect(stack.visible()).not.toContain(secret);
    });
    return { api, stack };
  };

  test("lock held by another run: the second run is refused and sends nothing, the first one ends as usual", async () => {
    const { api, stack } = await started("locked");
    stack.write(declaring(1));
    const requests = holdRequests(api);
    const first = stack.start(up).run;
    await requests.arrived(1, first);
    expect(api.calls()).toEqual(["POST /iam/users"]);

    const refused = await stack.refusedUp();
    expect(refused).toMatch(/the stack is currently locked by 1 lock\(s\)\..*`pulumi cancel`/s);
    expect(api.calls()).toEqual([]);
    // A preview needs no lock.
    expect(await stack.preview()).toMatchObject({ code: 0 });

    requests.release();
    expect(await first).toMatchObject({ code: 0 });
    expect(api.emails()).toEqual([emailOf(1)]);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  });

  test("run killed while its POST is handled: after cancel the next up recovers the account", async () => {
    const { api, stack } = await started("killed");
    stack.write(declaring(1));
    const requests = holdRequests(api);
    const { child, run } = stack.start(up);
    await requests.arrived(1, run);
    kill([Number(child.pid), ...descendants(Number(child.pid)).map(({ pid }) => pid)]);
    await run;
    requests.release();
    await vi.waitFor(() => expect(api.emails()).toEqual([emailOf(1)]), 10_000);
    api.calls();

    expect(await stack.refusedUp()).toContain("the stack is currently locked by 1 lock(s)");
    expect(api.calls()).toEqual([]);
    await stack.ok("cancel", "--yes");
    const { output } = await stack.up();
    expect(output).toMatch(/client account \d+ \(client-1\).* is recovered/);
    expect(api.emails()).toEqual([emailOf(1)]);
    const { client } = (await stack.outputs())[nameOf(1)] ?? {};
    expect(client).toBe(api.sandbox.accounts()[0]?.client);

    // The CLI warns of the create until it is removed from the state's list.
    expect((await stack.up()).output).toContain("1 pending operations");
    await stack.ok("refresh", "--clear-pending-creates", "--yes", "--skip-preview");
    const next = await stack.up();
    expect(next.output).not.toContain("pending operations");
    expect(next.output).toContain("2 unchanged");
    expect(api.emails()).toEqual([emailOf(1)]);
  });

  test("ten stacks in parallel: each has its own lock, and ten accounts are created", async () => {
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    const { api, stack } = await started("shard-0");
    const stacks = [stack];
    for (const i of numbers.slice(1)) {
      const more = { ...api.env, ...env, GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: "600" };
      stacks.push(await newStack(more, { stack: `shard-${i}` }));
    }
    for (const [i, one] of stacks.entries()) one.write(declaring(i));
    const requests = holdRequests(api);
    const runs = stacks.map((one) => one.start(up).run);
    // All ten hold their locks, since none of them gets a reply.
    await requests.arrived(10, ...runs);
    requests.release();
    for (const run of runs) expect(await run).toMatchObject({ code: 0 });

    expect(api.calls()).toEqual(numbers.map(() => "POST /iam/users"));
    expect(api.emails().sort()).toEqual(numbers.map(emailOf));
    for (const [i, one] of stacks.entries()) {
      const account = api.sandbox.accounts().find(({ email }) => email === emailOf(i));
      expect((await one.outputs())[nameOf(i)]).toMatchObject({ client: account?.client });
    }
  });
});
