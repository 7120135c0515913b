import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { apiKey, startApi } from "../support/api";
import { ended, type Run } from "../support/processes";

/** Runs the steps of the workflows of examples/gitops, each in a clean clone with an empty home. */

const root = resolve(__dirname, "../..");
const example = join(root, "examples/gitops");
const passphrase = "correct horse battery staple";
const secretParts = ["W0rd", "sandbox-reseller-key", passphrase];

interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: unknown;
  jobs: Record<string, { environment: string; env: Record<string, string>; steps: { run?: string }[] }>;
}

const workflowIn = (folder: string, name: string): Workflow =>
  parse(readFileSync(join(folder, `.github/workflows/${name}.yml`), "utf8"));

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
  /** Runs a command as on a new machine: no terminal, no input, an empty home, only the given keys. */
  const runIn = (cwd: string, command: string, given: Record<string, string>): Promise<Run> => {
    const child = spawn(command, {
      shell: true,
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

  return {
    /** Runs a workflow's steps in a clean clone, with only the environment variables it declares. */
    async workflow(name: string, own: Record<string, string> = {}): Promise<Run> {
      const clone = join(folder, `clone-${runners}`);
      git(folder, "clone", "--quiet", "--depth=1", `file://${repository}`, clone);
      const job = workflowIn(clone, name).jobs[name];
      const given = Object.entries(job?.env ?? {}).map(([variable, value]) => [
        variable,
        value.replace(/\$\{\{ secrets\.(\w+) \}\}/, (_, secret) => ({ ...secrets, ...own })[secret] ?? ""),
      ]);
      const run: Run = { code: 0, output: "" };
      for (const step of job?.steps ?? []) {
        // The packages that `npm ci` would install are in the folder above.
        if (step.run === undefined || step.run === "npm ci" || run.code !== 0) continue;
        const { code, output } = await runIn(clone, step.run, Object.fromEntries(given));
        Object.assign(run, { code, output: run.output + output });
      }
      for (const secret of secretParts) expect(run.output).not.toContain(secret);
      expect(git(clone, "status", "--porcelain").toString()).toBe("");
      return run;
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
    output: expect.stringMatching(/ClientUser globex create.*\+ 3 to create/s),
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
    output: expect.stringMatching(/ClientUser acme update \[diff: ~company\]/s),
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

test("GitHub and GitLab: the scripts of package.json, one run at a time", () => {
  const { scripts } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  const names = Object.keys(scripts);
  expect(names).toEqual(["preview", "up", "drift"]);
  expect(Object.values<string>(scripts).every((script) => / --stack prod .*--non-interactive$/.test(script))).toBe(
    true,
  );
  expect(readdirSync(join(example, ".github/workflows")).sort()).toEqual(names.map((name) => `${name}.yml`).sort());

  const workflows = Object.fromEntries(names.map((name) => [name, workflowIn(example, name)]));
  for (const [name, { jobs, permissions }] of Object.entries(workflows)) {
    expect(jobs[name]?.steps.flatMap(({ run }) => run ?? [])).toEqual(["npm ci", `npm run ${name}`]);
    expect(Object.keys(jobs)).toEqual([name]);
    expect(permissions).toEqual({ contents: "read" });
  }
  expect(Object.keys(workflows.preview?.on ?? {})).toEqual(["pull_request"]);
  expect(workflows.up?.on).toMatchObject({ push: { branches: ["main"] } });
  expect(workflows.drift?.on).toMatchObject({ schedule: [{ cron: expect.any(String) }] });
  const oneAtATime = { group: "prod", "cancel-in-progress": false, queue: "max" };
  expect(workflows.up?.concurrency).toEqual(oneAtATime);
  expect(workflows.drift?.concurrency).toEqual(oneAtATime);
  expect(workflows.preview?.concurrency).toMatchObject({ group: expect.stringContaining("preview") });

  const { default: common, ...gitlab } = parse(readFileSync(join(example, ".gitlab-ci.yml"), "utf8"));
  expect(common.before_script).toEqual(["npm ci"]);
  expect(Object.entries<{ script: string[] }>(gitlab).map(([name, job]) => [name, job.script])).toEqual(
    names.map((name) => [name, [`npm run ${name}`]]),
  );
  expect([gitlab.up.resource_group, gitlab.drift.resource_group]).toEqual(["prod", "prod"]);

  const readme = readFileSync(join(example, "README.md"), "utf8");
  for (const name of names) expect(readme).toContain(`\`npm run ${name}\``);
});
