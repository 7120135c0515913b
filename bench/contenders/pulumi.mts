// Contenders that run on the Pulumi CLI: a TypeScript program that reads its users from a file, compiled as by
// `pulumi new typescript`, a file backend, passwords encrypted with a passphrase. They differ only in the program.
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";
import { run } from "../measure.mts";
import { type Contender, type Stack, unset } from "./contender.mts";

const setupLimitMs = 60_000;
const root = join(import.meta.dirname, "../..");
const compilerOptions = { target: "es2020", module: "nodenext", strict: true, types: ["node"] };

export interface PulumiProgram {
  title: string;
  /** Name of a file in bench/programs. */
  program: string;
  callsApi?: boolean;
  env?: Record<string, string>;
  maxUsers?: number;
}

export async function pulumiContender(options: PulumiProgram): Promise<Contender> {
  const { title, program, callsApi = true, env = {}, ...limits } = options;
  const cli = await findPulumi();

  const prepare: Contender["prepare"] = async (folder, api, signal): Promise<Stack> => {
    const [cwd, state] = [join(folder, "program"), join(folder, "state")];
    await mkdir(cwd);
    await mkdir(state);
    await writeFile(join(cwd, "Pulumi.yaml"), "name: bench\nruntime: nodejs\n");
    await writeFile(join(cwd, "package.json"), JSON.stringify({ name: "bench", main: "index.ts" }));
    await writeFile(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    await copyFile(join(root, "bench/programs", program), join(cwd, "index.ts"));
    await symlink(join(root, "node_modules"), join(cwd, "node_modules"), "junction");

    const pulumi = (...args: string[]) => ({
      command: cli.command,
      args: ["--non-interactive", "--color=never", ...args],
      cwd,
      env: pulumiEnv(cli, {
        ...unset(/^(PULUMI|GCORE)_/),
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        GCORE_API_KEY: api.key,
        GCORE_BASE_URL: api.url,
        ...env,
      }),
    });
    await run(pulumi("stack", "init", "bench"), setupLimitMs, signal);
    return {
      declare: (users) => writeFile(join(cwd, "users.json"), JSON.stringify(users)),
      up: pulumi("up", "--yes", "--skip-preview"),
      refresh: pulumi("refresh", "--yes", "--skip-preview"),
      destroy: pulumi("destroy", "--yes", "--skip-preview"),
      stateFile: join(state, ".pulumi/stacks/bench/bench.json"),
    };
  };
  const provider = /cmd.dynamic-provider.index/;
  return { ...limits, title, tool: `Pulumi ${cli.version}`, provider, callsApi, prepare };
}
