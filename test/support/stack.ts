import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { ClientUserArgs, ProviderArgs } from "../../provider";
import { type FoundPulumi, findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { ended, type Run } from "./processes";

/** A program and its stack in a temporary folder, run by the real CLI with a file backend. */

const root = resolve(__dirname, "../..");
let found: Promise<FoundPulumi> | undefined;

/**
 * Parts of the keys and passwords that tests use. None may appear in an output or in state. Each has a hyphen, which no
 * ciphertext in Base64 has.
 */
const secrets = ["sandbox-reseller-key", "sandbox-second-key", "-W0rd"];

/** What the test's program declares; see program.cjs. */
export interface Program {
  users?: Record<
    string,
    Partial<Record<keyof ClientUserArgs | "$provider" | "$options" | "$emailFromId" | "$component" | "typo", unknown>>
  >;
  /** Resources of any kind by name. A value `$<name>.<output>` is an output of another one. */
  resources?: Record<string, { kind: string; [input: string]: unknown }>;
  get?: Record<string, string>;
  providers?: Record<string, ProviderArgs>;
}

export interface StateResource {
  urn: string;
  id: string;
  type: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The IDs of a client user, from its state. */
export function ids(user: StateResource | undefined): { userId: number; client: number } {
  if (!user) throw new Error("there is no such user in state");
  return user.outputs as { userId: number; client: number };
}

/** Inputs and outputs of users in state, without the passwords, whose encryption differs at each write. */
export const plain = (users: Record<string, StateResource>) =>
  Object.fromEntries(
    Object.entries(users).map(([name, { id, inputs, outputs }]) => {
      const [{ password: _, ...declared }, { password: __, ...actual }] = [inputs, outputs];
      return [name, { id, inputs: declared, outputs: actual }];
    }),
  );

export type Stack = Awaited<ReturnType<typeof newStack>>;

/**
 * Creates a stack in a new folder, which is deleted after the test; `env` is added to the environment of the CLI. `beside`
 * is a stack whose backend the new one shares.
 */
export async function newStack(
  env: Record<string, string>,
  names: { project?: string; stack?: string; beside?: { state: string } } = {},
) {
  found ??= findPulumi();
  const cli = await found;
  const { project = "shop", stack = "prod" } = names;
  const folder = mkdtempSync(join(tmpdir(), "gcore-reseller-"));
  const program = join(folder, "program");
  const state = names.beside?.state ?? join(folder, "state");
  for (const path of [program, state]) mkdirSync(path, { recursive: true });
  writeFileSync(join(program, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  writeFileSync(join(program, "package.json"), JSON.stringify({ name: project, main: "index.cjs" }));
  copyFileSync(join(root, "test/support/program.cjs"), join(program, "index.cjs"));
  symlinkSync(join(root, "node_modules"), join(program, "node_modules"));

  const outputs: string[] = [];
  const launch = (command: string, args: string[], extra: Record<string, string> = {}) => {
    const child = spawn(command, args, {
      cwd: program,
      env: pulumiEnv(cli, {
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // Every command starts Node.js twice, which compiles the SDK: a sixth of a command's work.
        NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node-compile"),
        GCORE_API_KEY: undefined,
        GCORE_BASE_URL: undefined,
        ...env,
        ...extra,
      }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const run = ended(child).then((result) => {
      outputs.push(result.output);
      return result;
    });
    return { child, run };
  };
  const start = (args: string[], extra?: Record<string, string>): { child: ChildProcess; run: Promise<Run> } =>
    launch(cli.command, ["--non-interactive", "--color=never", ...args], extra);
  const pulumi = (...args: string[]) => start(args).run;
  /** Runs a command; throws if it fails. */
  const ok = async (...args: string[]) => {
    const run = await pulumi(...args);
    if (run.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${run.code}:\n${run.output}`);
    return run;
  };
  /** The state, from the backend's file: as `stack export` shows it, without starting the CLI. */
  const exported = (): { resources?: StateResource[]; pending_operations?: unknown[] } =>
    JSON.parse(readFileSync(join(state, ".pulumi/stacks", project, `${stack}.json`), "utf8")).checkpoint.latest ?? {};
  /** The resources of a kind in state, by name; without a kind those of all. */
  const resources = async (kind?: string): Promise<Record<string, StateResource>> => {
    const type = `pulumi-nodejs:dynamic/gcore-reseller:${kind ?? ""}`;
    const all = exported().resources ?? [];
    const ofKind = all.filter((one) => (kind === undefined ? one.type.startsWith(type) : one.type === type));
    return Object.fromEntries(ofKind.map((one) => [one.urn.split("::").pop() ?? "", one]));
  };

  const visible = () => [...outputs, ...filesUnder(state).map((file) => readFileSync(file, "utf8"))].join("\n");
  onTestFinished(() => {
    for (const secret of secrets) expect(visible()).not.toContain(secret);
    rmSync(folder, { recursive: true, force: true });
  });

  await ok("stack", "init", stack);
  return {
    folder,
    /** The folder of the backend. */
    state,
    /** Full name of the stack, as `pulumi state move` needs it. */
    name: `organization/${project}/${stack}`,
    pulumi,
    ok,
    start,
    /** Deletes the backend's files. */
    loseState: () => {
      rmSync(state, { recursive: true });
      mkdirSync(state);
    },
    removeProgram: () => {
      for (const file of ["index.cjs", "program.json"]) rmSync(join(program, file));
    },
    write: (content: Program) => writeFileSync(join(program, "program.json"), JSON.stringify(content)),
    /** Writes a file of the program's folder, such as another index.cjs. */
    writeFile: (name: string, text: string) => writeFileSync(join(program, name), text),
    /** Runs a script of the program's folder with Node.js, in the environment of the CLI. */
    node: (script: string, ...args: string[]) => launch(process.execPath, [script, ...args]).run,
    /** The same, with its process. */
    startNode: (script: string, ...args: string[]) => launch(process.execPath, [script, ...args]),
    up: (...args: string[]) => ok("up", "--yes", "--skip-preview", ...args),
    /** `up` that is expected to fail: its output. */
    refusedUp: async (...args: string[]): Promise<string> => {
      const run = await pulumi("up", "--yes", "--skip-preview", ...args);
      expect(run.code, run.output).not.toBe(0);
      return run.output;
    },
    preview: (...args: string[]) => pulumi("preview", ...args),
    refresh: (...args: string[]) => pulumi("refresh", "--yes", "--skip-preview", ...args),
    destroy: (...args: string[]) => ok("destroy", "--yes", "--skip-preview", ...args),
    outputs: async () =>
      JSON.parse((await ok("stack", "output", "--json")).output) as Record<string, Record<string, unknown>>,
    exported,
    resources,
    /** The client users in state, by resource name; their outputs as in a program. */
    users: () => resources("ClientUser"),
    /** All output of all commands, and the content of every file of state. */
    visible,
  };
}

function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
