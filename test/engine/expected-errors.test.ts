import { describe, expect, test } from "vitest";
import { startApi } from "../support/api";
import { ids, newStack, plain } from "../support/stack";

/** What Pulumi prints for errors that are no defect: the text, no stack trace, and one cause only once. */

const user = (name: string) => ({ email: `${name}@acme.example`, password: "pass-W0rd-of-acme", company: "Acme Ltd" });
const STACK_TRACE = /\bat .*:\d+:\d+|node_modules/;

/** The lines of the last part of the output, where Pulumi repeats each diagnostic once. */
const diagnostics = (output: string) => (output.split("\nDiagnostics:\n")[1] ?? "").split("\n");

test("wrong key, many accounts: the cause once, then two lines a resource with its name and email address", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const names = Array.from({ length: 12 }, (_, i) => `u${i}`);
  stack.write({ users: Object.fromEntries(names.map((name) => [name, user(name)])) });
  const wrong = { GCORE_API_KEY: "1234$wrong" };
  const run = (...args: string[]) => stack.start([...args, "--yes", "--skip-preview"], wrong).run;

  const expectOneCause = ({ code, output }: { code: number | null; output: string }, reported = names) => {
    expect(code).not.toBe(0);
    expect(output).not.toMatch(STACK_TRACE);
    const lines = diagnostics(output);
    expect(lines.filter((line) => line.includes("answered 401"))).toHaveLength(1);
    for (const name of reported) {
      const about = lines.filter((line) => line.includes(`ClientUser ${name} (${name}@acme.example):`));
      expect(about, name).not.toEqual([]);
      expect(about.length, about.join("\n")).toBeLessThanOrEqual(2);
    }
  };
  // An update ends after the first failures, so only some of the resources are reported.
  const up = await run("up");
  expectOneCause(
    up,
    names.filter((name) => up.output.includes(`ClientUser ${name} **creating failed**`)),
  );
  await stack.up();
  const before = plain(await stack.users());
  expectOneCause(await run("refresh"));
  expectOneCause(await run("destroy", "--continue-on-error"));
  expect(plain(await stack.users())).toEqual(before);
  expect(api.emails()).toHaveLength(names.length);
});

describe("refresh and destroy: the error's text without a stack trace, and state unchanged", () => {
  const keys: [Record<string, string>, RegExp][] = [
    [{ GCORE_API_KEY: "" }, /gcore-reseller:apiKey \(stack config\) or GCORE_API_KEY \(environment\): is missing/],
    [{ GCORE_API_KEY: "5678$sandbox-second-key" }, /another reseller|\b404\b|If the account really was closed/],
  ];

  test("no key, and the key of another reseller", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: user("acme") } });
    await stack.up();
    const before = plain(await stack.users());
    for (const [env, text] of keys) {
      for (const command of ["refresh", "destroy"]) {
        const { code, output } = await stack.start([command, "--yes", "--skip-preview"], env).run;
        expect(code).not.toBe(0);
        expect(output).toMatch(text);
        expect(output).toContain("ClientUser acme (acme@acme.example)");
        expect(output).not.toMatch(STACK_TRACE);
      }
    }
    expect(plain(await stack.users())).toEqual(before);
    expect(api.emails()).toEqual(["acme@acme.example"]);
  });

  test("API tokens of the user at destroy", async () => {
    const api = await startApi();
    const stack = await newStack(api.env);
    stack.write({ users: { acme: user("acme") } });
    await stack.up();
    const { client, userId } = ids((await stack.users()).acme);
    const token = { name: "ci", exp_date: null, client_user: { role: { id: 1, name: "Administrators" } } };
    const created = await api.sendAsUser(userId, "POST", `/iam/v2/clients/${client}/tokens`, token);
    expect(created.status).toBe(200);
    const { code, output } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/The user has 1 API token/);
    expect(output).not.toMatch(STACK_TRACE);
    expect(api.emails()).toEqual(["acme@acme.example"]);
  });
});

describe("stack config: an API key, and a name that is no setting", () => {
  const setUp = async (...flags: string[]) => {
    const api = await startApi();
    const stack = await newStack({});
    // The key of an account that does not exist: it must be readable in state without --secret.
    await stack.ok("config", "set", "gcore-reseller:apiKey", ...flags, "1234$no-real-key");
    const others = [`gcore-reseller:baseUrl=${api.url}`, "gcore-reseller:requestPerSecond=4711"];
    await stack.ok("config", "set-all", ...others.flatMap((setting) => ["--plaintext", setting]));
    stack.write({ users: { acme: user("acme"), globex: user("globex") } });
    return stack;
  };

  test("without --secret: one warning that names the way out, and the way out ends it", async () => {
    const stack = await setUp("--plaintext");
    for (const run of [await stack.preview(), await stack.pulumi("up", "--yes", "--skip-preview")]) {
      const warnings = diagnostics(run.output).filter((line) =>
        line.includes("pulumi config set --secret gcore-reseller:apiKey"),
      );
      expect(warnings).toHaveLength(1);
      const misspelled = diagnostics(run.output).filter((line) => line.includes("gcore-reseller:requestPerSecond"));
      expect(misspelled).toEqual([
        expect.stringMatching(/gcore-reseller:requestPerSecond is no setting; there are .* requestsPerSecond, /),
      ]);
      expect(run.output).not.toMatch(/no-real-key|4711/);
    }
    await stack.ok("config", "set", "--secret", "gcore-reseller:apiKey", "1234$no-real-key");
    expect((await stack.preview()).output).not.toContain("is not a secret");
  });

  test("with --secret: no warning, and the key is encrypted in state", async () => {
    const stack = await setUp("--secret");
    const { output } = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(output).toContain("answered 401");
    expect(output).not.toContain("is not a secret");
    expect(stack.visible()).not.toContain("no-real-key");
  });
});
