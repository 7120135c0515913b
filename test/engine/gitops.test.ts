import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { apiKey, changes, startApi } from "../support/api";
import { descendants, ended, kill, type Run } from "../support/processes";

/** Runs the steps of the pipelines of examples/gitops, each in a clean clone with an empty home. */

const root = resolve(__dirname, "../..");
const example = join(root, "examples/gitops");
const passphrase = "correct horse battery staple";
const commentToken = "glpat-sandbox-token";
const secretParts = ["-W0rd", "sandbox-reseller-key", passphrase, commentToken];

interface Step {
  run?: string;
  if?: string;
  uses?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: unknown;
  jobs: Record<string, { environment: string; env: Record<string, string>; steps: Step[] }>;
}

const workflowIn = (folder: string, name: string): Workflow =>
  parse(readFileSync(join(folder, `.github/workflows/${name}.yml`), "utf8"));

/** The command of a step; undefined for one that only prepares the machine, or whose condition is not met. */
function commandOf(step: Step, inputs: Record<string, boolean>): string | undefined {
  if (step.if !== undefined && !inputs[step.if.replace("inputs.", "")]) return undefined;
  if (step.uses?.startsWith("pulumi/actions@") && step.with?.command !== undefined) {
    return `"${process.execPath}" "${join(root, "test/support/pulumi-action.cjs")}" '${JSON.stringify(step.with)}'`;
  }
  // The packages that `npm ci` would install are in the folder above.
  return step.run === "npm ci" ? undefined : step.run;
}

/** The example as a Git repository, with its stack set up as in its README. */
async function newRepository(env: Record<string, string>) {
  const cli = await findPulumi();
  const folder = mkdtempSync(join(tmpdir(), "gcore-gitops-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repository = join(folder, "repository");
  const state = join(folder, "state");
  cpSync(example, repository, { recursive: true, filter: (path) => !path.includes("node_modules") });
  mkdirSync(state);

  const secrets: Record<string, string> = {
    GCORE_API_KEY: apiKey,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
  };
  let runners = 0;
  let running: ChildProcess | undefined;
  /** Runs a command as on a new machine: no terminal, no input, an empty home, only the given keys. */
  const runIn = (cwd: string, command: string, given: Record<string, string>, shell: string | true = true) => {
    const child = spawn(command, {
      shell,
      cwd,
      env: pulumiEnv(cli, {
        CI: "true",
        NO_COLOR: "1",
        PULUMI_HOME: join(folder, `home-${runners++}`),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        GCORE_API_KEY: undefined,
        ...env,
        ...given,
      }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running = child;
    return ended(child);
  };
  const git = (cwd: string, ...args: string[]) =>
    execFileSync(
      "git",
      ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-C", cwd, ...args],
      { stdio: "pipe" },
    );
  const commit = () => {
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "--message", "change");
  };

  git(folder, "init", "--quiet", "--initial-branch=main", repository);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const { PULUMI_BACKEND_URL = "", PULUMI_CONFIG_PASSPHRASE = "" } = secrets;
  for (const command of [
    "pulumi stack init prod",
    "printf %s -first-W0rd-of-acme | pulumi config set --stack prod --secret acmePassword",
    "printf %s first-W0rd-of-globex | pulumi config set --stack prod --secret globexPassword",
  ]) {
    const { code, output } = await runIn(repository, command, {
      PULUMI_BACKEND_URL,
      PULUMI_CONFIG_PASSPHRASE,
    });
    expect(code, output).toBe(0);
  }
  commit();

  /** Runs `steps` in a clean clone: neither an output nor the clone may change because of a secret or a file left over. */
  const inClone = async (steps: (clone: string) => Promise<Run>): Promise<Run> => {
    const clone = join(folder, `clone-${runners}`);
    git(folder, "clone", "--quiet", "--depth=1", `file://${repository}`, clone);
    const run = await steps(clone);
    for (const secret of secretParts) expect(run.output).not.toContain(secret);
    expect(git(clone, "status", "--porcelain").toString()).toBe("");
    return run;
  };

  return {
    /** Runs a GitHub workflow's steps, with only the environment variables it declares. */
    workflow: (name: string, own: Record<string, string> = {}, inputs: Record<string, boolean> = {}) =>
      inClone(async (clone) => {
        const job = workflowIn(clone, name).jobs[name];
        const given = Object.entries(job?.env ?? {}).map(([variable, value]) => [
          variable,
          value.replace(/\$\{\{ secrets\.(\w+) \}\}/, (_, secret) => ({ ...secrets, ...own })[secret] ?? ""),
        ]);
        const run: Run = { code: 0, output: "" };
        for (const step of job?.steps ?? []) {
          const command = commandOf(step, inputs);
          if (command === undefined || run.code !== 0) continue;
          const { code, output } = await runIn(clone, command, Object.fromEntries(given));
          Object.assign(run, { code, output: run.output + output });
        }
        return run;
      }),
    /** Runs a GitLab job, in the shell that GitLab Runner uses and with the variables that it sets. */
    gitlabJob: (name: string, variables: Record<string, string> = {}) =>
      inClone(async (clone) => {
        const jobs = parse(readFileSync(join(clone, ".gitlab-ci.yml"), "utf8"));
        const runScript = (script: string[] = []) =>
          runIn(clone, `set -eo pipefail\n${script.join("\n")}`, { ...secrets, ...variables }, "/bin/bash");
        const { code, output } = await runScript(jobs[name].script);
        const after = await runScript(jobs[name].after_script);
        return { code, output: output + after.output };
      }),
    /** The creates that the state lists as pending. */
    pendingCreates: (): unknown[] =>
      JSON.parse(readFileSync(join(state, ".pulumi/stacks/clients/prod.json"), "utf8")).checkpoint.latest
        .pending_operations ?? [],
    /** Kills the command that runs at present, and all that it started, as a runner that disappears does. */
    killRun: () => {
      const pid = Number(running?.pid);
      kill([pid, ...descendants(pid).map((process) => process.pid)]);
    },
    /** Commits a change of clients.json to main. */
    change(edit: (clients: Record<string, Record<string, unknown>>) => void) {
      const file = join(repository, "clients.json");
      const clients = JSON.parse(readFileSync(file, "utf8"));
      edit(clients);
      writeFileSync(file, JSON.stringify(clients, null, 2));
      commit();
    },
  };
}

const green = { code: 0 };
const red = { code: expect.toSatisfy((code) => code > 0) };

test("preview, up and nightly drift check: only `up` changes accounts", async () => {
  const api = await startApi();
  const repository = await newRepository({ GCORE_BASE_URL: api.url });

  // A preview sends no request, so it needs no valid key.
  const preview = await repository.workflow("preview", { GCORE_API_KEY: "0$preview" });
  expect(preview).toMatchObject({
    ...green,
    output: expect.stringMatching(/ClientUser: \(create\).*::globex\].*company *: "Globex GmbH".*\+ 3 to create/s),
  });
  expect(api.calls()).toEqual([]);

  expect(await repository.workflow("up")).toMatchObject(green);
  expect(api.calls()).toEqual(["POST /iam/users", "POST /iam/users"]);
  expect(api.emails().sort()).toEqual(["it@acme.example", "ops@globex.example"]);

  expect(await repository.workflow("drift")).toMatchObject(green);
  expect(api.calls().filter((call) => !call.startsWith("GET /iam/clients"))).toEqual([]);

  const acme = api.sandbox.accounts().find(({ email }) => email === "it@acme.example");
  await api.send("PATCH", `/iam/clients/${acme?.client}`, { companyName: "Renamed Ltd" });
  const drift = await repository.workflow("drift");
  expect(drift).toMatchObject({
    ...red,
    output: expect.stringMatching(/ClientUser: \(update\).*::acme\].*company *: "Acme Ltd" => "Renamed Ltd"/s),
  });
  expect(api.calls().filter((call) => !call.startsWith("GET /iam/clients"))).toEqual([]);
  // The check changes nothing, so it fails again the next night.
  expect(await repository.workflow("drift")).toMatchObject(red);

  api.calls();
  expect(await repository.workflow("up")).toMatchObject(green);
  expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([`PATCH /iam/clients/${acme?.client}`]);
  expect(await api.client(acme?.client)).toMatchObject({ companyName: "Acme Ltd" });
  expect(await repository.workflow("drift")).toMatchObject(green);
});

test("invalid, missing or removed entries: the preview fails, no request is sent", async () => {
  const api = await startApi();
  const repository = await newRepository({ GCORE_BASE_URL: api.url });
  expect(await repository.workflow("up")).toMatchObject(green);
  api.calls();

  repository.change((clients) => Object.assign(clients.acme ?? {}, { lang: "fr", company: "" }));
  const wrong = await repository.workflow("preview");
  expect(wrong).toMatchObject({ ...red, output: expect.stringContaining("lang: must be one of de, en, ru, zh, az") });
  expect(wrong.output).toContain("company: must not be empty");

  repository.change((clients) => Object.assign(clients, { acme: { email: "it@acme.example", company: "Acme Ltd" } }));
  repository.change((clients) => Object.assign(clients, { initech: { email: "it@initech.example", company: "I" } }));
  const missing = await repository.workflow("preview");
  expect(missing).toMatchObject({ ...red, output: expect.stringContaining("--secret clients:initechPassword") });

  repository.change((clients) => {
    delete clients.initech;
    delete clients.globex;
  });
  const removed = await repository.workflow("preview");
  expect(removed).toMatchObject({ ...red, output: expect.stringMatching(/globex.*protected/s) });
  expect(await repository.workflow("up")).toMatchObject(red);
  expect(api.calls().filter((call) => !call.startsWith("GET "))).toEqual([]);
  expect(api.emails().sort()).toEqual(["it@acme.example", "ops@globex.example"]);

  const noKey = await repository.workflow("preview", { GCORE_API_KEY: "" });
  expect(noKey).toMatchObject({ ...red, output: expect.stringContaining("GCORE_API_KEY") });
  expect(api.calls()).toEqual([]);
});

test("a rotated key: the next run uses it; nothing changes at Gcore", async () => {
  const api = await startApi();
  const repository = await newRepository({ GCORE_BASE_URL: api.url });
  expect(await repository.workflow("up")).toMatchObject(green);

  const rotated = "1234$second-sandbox-reseller-key";
  api.sandbox.setApiKeys({ [rotated]: Number(Object.values(api.sandbox.apiKeys)[0]) });
  api.calls();
  const old = await repository.workflow("drift");
  expect(old).toMatchObject({ ...red, output: expect.stringContaining("401") });
  expect(await repository.workflow("drift", { GCORE_API_KEY: rotated })).toMatchObject(green);
  expect(await repository.workflow("up", { GCORE_API_KEY: rotated })).toMatchObject({
    ...green,
    output: expect.stringContaining("3 unchanged"),
  });
  expect(changes(api.calls())).toEqual([]);
});

test.each([[{}], [{ "clear-pending-creates": true }]])(
  "a killed run, then clean-up with inputs %j: the next up recovers both accounts",
  async (inputs) => {
    const api = await startApi();
    const repository = await newRepository({ GCORE_BASE_URL: api.url });
    const handled = Promise.withResolvers<void>();
    api.onRequest(() => handled.promise);
    const killed = repository.workflow("up");
    await vi.waitUntil(() => api.seen.length === 2, 120_000);
    repository.killRun();
    expect(await killed).toMatchObject({ code: null });
    api.onRequest(undefined);
    handled.resolve();
    await vi.waitFor(() => expect(api.emails()).toHaveLength(2), 10_000);
    api.calls();

    const locked = await repository.workflow("up");
    expect(locked).toMatchObject({
      ...red,
      output: expect.stringContaining("the stack is currently locked by 1 lock"),
    });
    expect(api.calls()).toEqual([]);

    expect(await repository.workflow("clean-up", {}, inputs)).toMatchObject(green);
    expect(changes(api.calls())).toEqual([]);
    expect(await repository.workflow("up")).toMatchObject({
      ...green,
      output: expect.stringContaining("is recovered"),
    });
    expect(repository.pendingCreates()).toHaveLength("clear-pending-creates" in inputs ? 0 : 2);
    expect(api.emails().sort()).toEqual(["it@acme.example", "ops@globex.example"]);
    expect(await repository.workflow("drift")).toMatchObject(green);
  },
);

test("GitLab: the preview is a note on the merge request, also one that fails", async () => {
  const api = await startApi();
  const repository = await newRepository({ GCORE_BASE_URL: api.url });
  const notes: { path: string | undefined; token: unknown; body: string | null }[] = [];
  const gitlab = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    notes.push({
      path: `${request.method} ${request.url}`,
      token: request.headers["private-token"],
      body: new URLSearchParams(text).get("body"),
    });
    response.writeHead(201).end("{}");
  });
  await new Promise<void>((ready) => gitlab.listen(0, "127.0.0.1", ready));
  onTestFinished(() => void gitlab.close());
  const { port } = gitlab.address() as { port: number };
  const variables = {
    CI_API_V4_URL: `http://127.0.0.1:${port}/api/v4`,
    CI_PROJECT_ID: "42",
    CI_MERGE_REQUEST_IID: "7",
  };
  const commenting = { ...variables, GITLAB_COMMENT_TOKEN: commentToken };

  expect(await repository.gitlabJob("preview", variables)).toMatchObject(green);
  expect(notes).toEqual([]);

  const { output } = await repository.gitlabJob("preview", commenting);
  expect(notes).toEqual([
    {
      path: "POST /api/v4/projects/42/merge_requests/7/notes",
      token: commentToken,
      body: expect.stringMatching(/^```diff\n.*company\s*: "Globex GmbH".*\+ 3 to create.*\n```\n$/s),
    },
  ]);
  expect(notes[0]?.body).toContain(output.trim());
  expect(notes[0]?.body).not.toContain("-W0rd");

  repository.change((clients) => Object.assign(clients.acme ?? {}, { lang: "fr" }));
  expect(await repository.gitlabJob("preview", commenting)).toMatchObject(red);
  expect(notes[1]?.body).toContain("lang: must be one of de, en, ru, zh, az");
  expect(api.calls()).toEqual([]);

  repository.change((clients) => Object.assign(clients.acme ?? {}, { lang: "de" }));
  for (const job of ["up", "drift", "clean-up", "clear-pending-creates"]) {
    expect(await repository.gitlabJob(job)).toMatchObject(green);
  }
  expect(changes(api.calls())).toEqual(["POST /iam/users", "POST /iam/users"]);
});

test("GitHub and GitLab: the scripts of package.json, one run at a time", () => {
  const { scripts } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  const names = Object.keys(scripts);
  expect(names).toEqual(["preview", "up", "drift", "clean-up", "clear-pending-creates"]);
  expect(Object.values<string>(scripts).every((script) => / --stack prod .*--non-interactive$/.test(script))).toBe(
    true,
  );
  const workflows = ["preview", "up", "drift", "clean-up"];
  expect(readdirSync(join(example, ".github/workflows")).sort()).toEqual(workflows.map((name) => `${name}.yml`).sort());

  const [preview, up, drift, cleanUp] = workflows.map((name) => workflowIn(example, name));
  const runs = (workflow: Workflow | undefined, name: string) =>
    workflow?.jobs[name]?.steps.flatMap(({ run }) => run ?? []);
  const checkDeletes = "npm run check-deletes --if-present";
  expect(runs(up, "up")).toEqual(["npm ci", checkDeletes, "npm run up"]);
  expect(runs(drift, "drift")).toEqual(["npm ci", "npm run drift"]);
  expect(runs(cleanUp, "clean-up")).toEqual(["npm ci", "npm run clean-up", "npm run clear-pending-creates"]);
  // The action's inputs mean the same as the script `preview`.
  expect(runs(preview, "preview")).toEqual(["npm ci", checkDeletes]);
  expect(preview?.jobs.preview?.steps.at(-1)).toMatchObject({
    uses: "pulumi/actions@v7",
    with: { command: "preview", "stack-name": "prod", diff: true, "comment-on-pr": true },
  });
  for (const workflow of [up, drift, cleanUp]) expect(workflow?.permissions).toEqual({ contents: "read" });
  expect(preview?.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  expect(Object.keys(preview?.on ?? {})).toEqual(["pull_request"]);
  expect(up?.on).toMatchObject({ push: { branches: ["main"] } });
  expect(drift?.on).toMatchObject({ schedule: [{ cron: expect.any(String) }] });
  expect(Object.keys(cleanUp?.on ?? {})).toEqual(["workflow_dispatch"]);
  for (const workflow of [up, drift, cleanUp]) {
    expect(workflow?.concurrency).toEqual({ group: "prod", "cancel-in-progress": false, queue: "max" });
  }
  expect(preview?.concurrency).toMatchObject({ group: expect.stringContaining("preview") });

  const { default: common, ...gitlab } = parse(readFileSync(join(example, ".gitlab-ci.yml"), "utf8"));
  expect(common.before_script).toEqual(["npm ci"]);
  expect(Object.keys(gitlab)).toEqual(names);
  expect(gitlab.up.script).toEqual([checkDeletes, "npm run up"]);
  for (const name of names.slice(2)) expect(gitlab[name].script).toEqual([`npm run ${name}`]);
  expect(["up", "drift", "clean-up"].map((name) => gitlab[name].resource_group)).toEqual(["prod", "prod", "prod"]);
  expect(gitlab["clear-pending-creates"].extends).toBe("clean-up");

  const readme = readFileSync(join(example, "README.md"), "utf8");
  for (const name of names) expect(readme).toContain(`\`npm run ${name}\``);
});

test("ESC environment: each value that it uses is defined, and the stack's config is that of the program", () => {
  const { values } = parse(readFileSync(join(example, "esc/prod.yaml"), "utf8"));
  const { name } = parse(readFileSync(join(example, "Pulumi.yaml"), "utf8"));
  const clients = Object.keys(JSON.parse(readFileSync(join(example, "clients.json"), "utf8")));
  expect(Object.keys(values.environmentVariables)).toEqual(["GCORE_API_KEY"]);
  expect(Object.keys(values.pulumiConfig)).toEqual(clients.map((client) => `${name}:${client}Password`));
  for (const reference of Object.values<string>({ ...values.environmentVariables, ...values.pulumiConfig })) {
    const path = /^\$\{(.+)\}$/.exec(reference)?.[1]?.split(".") ?? [];
    expect(path.reduce((value, key) => value?.[key], values)).toHaveProperty(["fn::secret"]);
  }
});
