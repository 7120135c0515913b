// Contenders that run on the Pulumi CLI: a TypeScript program that reads its users from a file, compiled as by
// `pulumi new typescript`, a file backend, passwords encrypted with a passphrase. They differ only in the program.
import { copyFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { type FoundPulumi, findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { run } from "../measure.mts";
import { type Api, type Contender, type Stack, unset } from "./contender.mts";

export const setupLimitMs = 60_000;
const root = join(import.meta.dirname, "../..");
/** Matches the command line of the process that hosts a dynamic provider. */
export const dynamicProvider = /cmd.dynamic-provider.index/;
const compilerOptions = { target: "es2020", module: "nodenext", strict: true, types: ["node"] };

export interface PulumiProgram {
  title: string;
  /** Name of a file in bench/programs. */
  program: string;
  callsApi?: boolean;
  env?: Record<string, string>;
  /** Query of the backend's URL. */
  backendQuery?: string;
  maxUsers?: number;
}

/** The environment of the CLI for a contender in `folder`, whose backend is the folder `state` in it. */
export const pulumiIn = (folder: string, cli: FoundPulumi, api: Api, env: Record<string, string>, backendQuery = "") =>
  pulumiEnv(cli, {
    ...unset(/^(PULUMI|GCORE)_/),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}${backendQuery}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    GCORE_API_KEY: api.key,
    GCORE_BASE_URL: api.url,
    ...env,
  });

/** The CLI for a stack in `cwd`, and its commands that are measured. */
export function stackIn(cwd: string, cli: FoundPulumi, env: NodeJS.ProcessEnv) {
  const pulumi = (...args: string[]) => ({
    command: cli.command,
    args: ["--non-interactive", "--color=never", ...args],
    cwd,
    env,
  });
  const commands = {
    up: pulumi("up", "--yes", "--skip-preview"),
    refresh: pulumi("refresh", "--yes", "--skip-preview"),
    destroy: pulumi("destroy", "--yes", "--skip-preview"),
  };
  return { pulumi, commands };
}

/** A copy of an example for a contender in `folder`, beside the empty folder of its backend. Returns the copy's folder. */
export async function copyExample(name: string, folder: string): Promise<string> {
  const copy = join(folder, "program");
  await cp(join(root, "examples", name), copy, { recursive: true, filter: (path) => !path.includes("node_modules") });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  await mkdir(join(folder, "state"));
  return copy;
}

/** The state of a stack, from the backend's file. */
export async function readStack(folder: string, name: string): Promise<string> {
  const file = join(folder, "state/.pulumi/stacks", `${name}.json`);
  const compressed = await readFile(`${file}.zst`).catch(() => undefined);
  return compressed ? (await promisify(zstdDecompress)(compressed)).toString() : readFile(file, "utf8");
}

export async function pulumiContender(options: PulumiProgram): Promise<Contender> {
  const { title, program, callsApi = true, env = {}, backendQuery, ...limits } = options;
  const cli = await findPulumi();

  const prepare: Contender["prepare"] = async (folder, api, signal): Promise<Stack> => {
    const cwd = join(folder, "program");
    await mkdir(cwd);
    await mkdir(join(folder, "state"));
    await writeFile(join(cwd, "Pulumi.yaml"), "name: bench\nruntime: nodejs\n");
    await writeFile(join(cwd, "package.json"), JSON.stringify({ name: "bench", main: "index.ts" }));
    await writeFile(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    await copyFile(join(root, "bench/programs", program), join(cwd, "index.ts"));
    await symlink(join(root, "node_modules"), join(cwd, "node_modules"), "junction");

    const { pulumi, commands } = stackIn(cwd, cli, pulumiIn(folder, cli, api, env, backendQuery));
    await run(pulumi("stack", "init", "bench"), setupLimitMs, signal);
    return {
      declare: (users) => writeFile(join(cwd, "users.json"), JSON.stringify(users)),
      ...commands,
      readState: () => readStack(folder, "bench/bench"),
    };
  };
  return { ...limits, title, tool: `Pulumi ${cli.version}`, provider: dynamicProvider, callsApi, prepare };
}
