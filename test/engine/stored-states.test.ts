import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { changes, startApi } from "../support/api";
import { kindOf, kinds } from "../support/kinds";
import { newStack, type Program } from "../support/stack";

/**
 * The stored state of each release, in test/state/<version>/, under this version: no difference, none after a refresh, edited in
 * place, destroyed. `npm run state` stores the one of this version.
 */

const folder = join(__dirname, "../state");
const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
const versions = readdirSync(folder);

interface Stored {
  program: Required<Pick<Program, "resources">>;
  gcore: { now: string; calls: { method: string; path: string; body: unknown }[] };
  stack: string;
}

function stored(release: string): Stored {
  const read = (name: string) => readFileSync(join(folder, release, name), "utf8");
  return {
    program: JSON.parse(read("program.json")),
    gcore: JSON.parse(read("gcore.json")),
    stack: read("stack.json"),
  };
}

test("this version has a stored state with every kind", () => {
  expect(versions, "run `npm run state`").toContain(version);
  const declared = Object.values(stored(version).program.resources).map(({ kind }) => kind);
  expect([...new Set(declared)].toSorted()).toEqual(kinds.map(({ definition }) => definition.kind).toSorted());
});

describe.each(versions)("state of %s", (release) => {
  const { program, gcore, stack: state } = stored(release);

  test("contains no path of a machine and no secret", () => {
    expect(state).not.toMatch(/\/(home|root|tmp|Users|var)\/|\.\.\/|node_modules|file:|[A-Z]:\\|W0rd|reseller-key/);
    expect(state).toContain('"ciphertext"');
  });

  test("previewed, refreshed, edited in place, destroyed", async () => {
    const api = await startApi({ now: () => Date.parse(gcore.now) });
    for (const { method, path, body } of gcore.calls) {
      const reply = await api.send(method, path, body);
      expect([`${method} ${path}`, reply.status]).toEqual([`${method} ${path}`, expect.toBeOneOf([200, 201, 204])]);
    }
    const stack = await newStack(api.env);
    const file = join(stack.folder, "import.json");
    writeFileSync(file, state);
    await stack.ok("stack", "import", "--file", file);
    stack.write(program);
    const ids = async () =>
      Object.fromEntries(Object.entries(await stack.resources()).map(([name, { id }]) => [name, id]));
    const before = await ids();
    expect(Object.keys(before).toSorted()).toEqual(Object.keys(program.resources).toSorted());
    api.calls();

    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(api.calls()).toEqual([]);
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    await stack.up("--expect-no-changes");
    expect(changes(api.calls())).toEqual([]);

    const edited = Object.entries(program.resources).map(([name, resource]) => [
      name,
      { ...resource, ...kindOf(resource.kind).change?.edit },
    ]);
    const resources: typeof program.resources = Object.fromEntries(edited);
    // The old password, which Gcore requires, is in state only.
    resources.acme = { ...(resources.acme as { kind: string }), password: "second-W0rd-of-acme" };
    stack.write({ resources });
    await stack.up();
    const calls = changes(api.calls());
    expect(calls.filter((call) => /^(POST|DELETE) /.test(call))).toEqual([]);
    const [, user = ""] = before.acme?.split("/") ?? [];
    expect(calls).toContain(`PUT /iam/users/${user}/password`);
    for (const [, { kind }] of edited as [string, { kind: string }][]) {
      const { change } = kindOf(kind);
      if (!change) continue;
      const path = new RegExp(`^${change.calls.method} ${change.calls.path.replaceAll("*", "[^/]+")}$`);
      expect(calls).toContainEqual(expect.stringMatching(path));
    }
    expect(await ids()).toEqual(before);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });

    const users = () => api.sandbox.accounts().flatMap((account) => account.users);
    const accounts = api.sandbox.accounts().length;
    await stack.destroy();
    expect(await stack.resources()).toEqual({});
    expect(api.sandbox.accounts()).toHaveLength(accounts);
    expect(users().map(({ email }) => email)).toEqual(["it@umbrella.example"]);
    expect(api.sandbox.features()).toEqual([]);
    expect(api.sandbox.sellers().filter(({ id, deleted }) => id > 300 && !deleted)).toEqual([]);
  });
});
