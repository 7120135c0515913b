import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { buildCommand, cached, executableSuffix, type GoCommand } from "../../tools/go-modules.mts";

/** The files of examples/gitops, against what GitHub, GitLab and the operator accept. */

const root = resolve(__dirname, "../..");
const example = join(root, "examples/gitops");

describe("workflows of GitHub Actions: actionlint", () => {
  const actionlint: GoCommand = {
    path: "github.com/rhysd/actionlint@v1.7.12",
    sum: "h1:vQ4GeJN86C0QH+gTUQcs8McmK62OLT3kmakPMtEWYnY=",
    command: "./cmd/actionlint",
    flags: "-s -w",
  };
  // GitHub has it since May 2026, and this version does not know it.
  const known = 'unexpected key "queue" for "concurrency" section';

  /** What actionlint reports; a line each. */
  async function problems(name: string, text: string): Promise<string> {
    const program = `actionlint${executableSuffix}`;
    const folder = await cached("actionlint-v1.7.12", (folder) => buildCommand(actionlint, join(folder, program)));
    const args = [
      "-oneline",
      "-no-color",
      "-shellcheck=",
      "-pyflakes=",
      "-ignore",
      known,
      "-stdin-filename",
      name,
      "-",
    ];
    const { stdout, stderr } = spawnSync(join(folder, program), args, { cwd: root, input: text, encoding: "utf8" });
    return stdout + stderr;
  }

  /** The inputs of version 6, which are known to actionlint, are those of version 7. */
  const asKnown = (text: string) => text.replaceAll("pulumi/actions@v7", "pulumi/actions@v6");

  const files = globSync("{examples/gitops/,}.github/workflows/*.yml", { cwd: root });

  test.each(files)("%s: no problem", async (file) => {
    expect(await problems(file, asKnown(readFileSync(join(root, file), "utf8")))).toBe("");
  });

  test("a wrong input of an action, expression or trigger: reported", async () => {
    const preview = readFileSync(join(example, ".github/workflows/preview.yml"), "utf8");
    const edit = (from: string, to: string) => problems("preview.yml", asKnown(preview).replace(from, to));
    expect(await edit("comment-on-pr:", "comment-on-prs:")).toContain('"comment-on-prs" is not defined in action');
    expect(await edit("github.ref", "github.reff")).toContain('"reff" is not defined');
    expect(await edit("pull_request:", "pull_requests:")).toContain('unknown Webhook event "pull_requests"');
    expect(files.length).toBeGreaterThan(4);
  });
});

describe("Stack of the Pulumi Kubernetes Operator: fields and types of pulumi.com/v1, operator 2.9.0", () => {
  /** An object with these fields alone, as the API server checks with `--validate=strict`. */
  const closed = (properties: Record<string, unknown>, ...required: string[]) => ({
    type: "object",
    properties,
    required,
    additionalProperties: false,
  });
  const [text, flag, seconds] = [{ type: "string" }, { type: "boolean" }, { type: "integer" }];
  const secret = closed({ name: text, key: text }, "name", "key");
  const reference = closed({ type: { enum: ["Secret"] }, secret }, "type", "secret");
  const spec = closed(
    {
      stack: text,
      serviceAccountName: text,
      projectRepo: text,
      branch: text,
      gitAuth: closed({ accessToken: reference }),
      useLocalStackOnly: flag,
      envRefs: { type: "object", additionalProperties: reference },
      refresh: flag,
      continueResyncOnCommitMatch: flag,
      resyncFrequencySeconds: seconds,
      destroyOnFinalize: flag,
      workspaceTemplate: closed({ spec: closed({ image: text }) }),
    },
    "stack",
  );
  const validate = new Ajv().compile(spec);
  const documents = parseAllDocuments(readFileSync(join(example, "operator/stack.yaml"), "utf8"));
  const [account, binding, stack] = documents.map((document) => document.toJS());

  test("valid, and an unknown or wrong field would be found", () => {
    expect(stack).toMatchObject({ apiVersion: "pulumi.com/v1", kind: "Stack" });
    validate(stack.spec);
    expect(validate.errors ?? []).toEqual([]);
    const changed = (more: Record<string, unknown>) => validate({ ...stack.spec, ...more });
    expect(changed({ destroyOnFinalise: false })).toBe(false);
    expect(changed({ refresh: "yes" })).toBe(false);
    expect(changed({ envRefs: { GCORE_API_KEY: { type: "Secret", secret: { name: "clients" } } } })).toBe(false);
  });

  test("runs as the account that the operator may check, and its deletion deletes no user", () => {
    const { name, namespace } = account.metadata;
    expect(account.kind).toBe("ServiceAccount");
    expect(stack.metadata.namespace).toBe(namespace);
    expect(stack.spec.serviceAccountName).toBe(name);
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
    expect(stack.spec.destroyOnFinalize).toBe(false);
    expect(Object.keys(stack.spec.envRefs)).toEqual([
      "GCORE_API_KEY",
      "PULUMI_BACKEND_URL",
      "PULUMI_CONFIG_PASSPHRASE",
    ]);
  });
});

describe(".gitlab-ci.yml: GitLab's schema and rules, by gitlab-ci-local", () => {
  const version = "4.75.1";
  const integrity = "sha512-ArmGX576uKqTgs4PMCH3FNPED+JhxDLb2Ocb893+aY88RA2sx9gP6L7GvpuHQJkFJRvA5KSq9fD0yyRLaLEydw==";
  const pipeline = readFileSync(join(example, ".gitlab-ci.yml"), "utf8");

  const install = () =>
    cached(`gitlab-ci-local-${version}`, async (folder) => {
      const pack = ["pack", `gitlab-ci-local@${version}`, "--json", "--pack-destination", folder];
      const [packed] = JSON.parse(execFileSync("npm", pack, { cwd: folder, encoding: "utf8" }));
      expect(packed.integrity).toBe(integrity);
      execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", folder]);
    });

  /** The names of the jobs in a pipeline of `source`, or what is wrong with the file. */
  async function jobs(source: string, text = pipeline): Promise<string[]> {
    const command = join(await install(), "package/dist/index.js");
    const folder = mkdtempSync(join(tmpdir(), "gcore-gitlab-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, ".gitlab-ci.yml"), text);
    const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args]);
    git("init", "--quiet", "--initial-branch=main");
    git("remote", "add", "origin", "git@gitlab.example:reseller/clients.git");
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "--message=first");
    // GitLab names no branch in a pipeline of a merge request.
    const branch = source === "merge_request_event" ? "" : "main";
    const variables = [`CI_PIPELINE_SOURCE=${source}`, `CI_COMMIT_BRANCH=${branch}`];
    const args = [command, "--list-csv", ...variables.flatMap((variable) => ["--variable", variable])];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) return [stdout + stderr];
    const lines = stdout.trim().split("\n");
    return lines.slice(lines.findIndex((line) => line.startsWith("name;")) + 1).map((line) => line.split(";")[0] ?? "");
  }

  test.each([
    ["merge_request_event", ["preview"]],
    ["push", ["up", "clean-up", "clear-pending-creates"]],
    ["schedule", ["drift"]],
  ])("a pipeline of %s has the jobs %j", async (source, expected) => {
    expect(await jobs(source)).toEqual(expected);
  });

  test("an unknown property: reported", async () => {
    const [report] = await jobs("push", pipeline.replace("resource_group", "resourceGroup"));
    expect(report).toContain("'resourceGroup' property is not expected to be here at up");
  });
});
