// This package with accounts in a YAML file: examples/fleet, its first passwords in stack config.
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { findPulumi } from "../../tools/pulumi-cli/find.mts";
import { run } from "../measure.mts";
import type { Contender, Stack, User } from "./contender.mts";
import { dynamicProvider, pulumiIn, readStack, root, setupLimitMs } from "./pulumi.mts";

const nameOf = ({ email }: User) => email.replace(/@.*/, "");

export async function fleet(): Promise<Contender> {
  const cli = await findPulumi();

  const prepare: Contender["prepare"] = async (folder, api, signal): Promise<Stack> => {
    const cwd = join(folder, "program");
    await cp(join(root, "examples/fleet"), cwd, { recursive: true, filter: (path) => !path.includes("node_modules") });
    await symlink(join(root, "node_modules"), join(cwd, "node_modules"), "junction");
    const accounts = join(cwd, "accounts");
    await rm(accounts, { recursive: true });
    await mkdir(accounts);
    await mkdir(join(folder, "state"));

    const pulumi = (...args: string[]) => ({
      command: cli.command,
      args: ["--non-interactive", "--color=never", ...args],
      cwd,
      env: pulumiIn(folder, cli, api, {}),
    });
    await run(pulumi("stack", "init", "bench"), setupLimitMs, signal);
    let hasPasswords = false;
    return {
      async declare(users) {
        if (!hasPasswords) {
          const secrets = users.flatMap((user) => ["--secret", `password:${nameOf(user)}=${user.password}`]);
          await run(pulumi("config", "set-all", ...secrets), setupLimitMs, signal);
          hasPasswords = true;
        }
        const entries = users.map((user) => {
          const { email, name, company } = user;
          return [nameOf(user), { email, name, company, protect: false }];
        });
        await writeFile(join(accounts, "fleet.yaml"), stringify({ accounts: Object.fromEntries(entries) }));
      },
      up: pulumi("up", "--yes", "--skip-preview"),
      refresh: pulumi("refresh", "--yes", "--skip-preview"),
      destroy: pulumi("destroy", "--yes", "--skip-preview"),
      readState: () => readStack(folder, "fleet/bench"),
    };
  };
  const title = "examples/fleet, one YAML file";
  return { title, tool: `Pulumi ${cli.version}`, provider: dynamicProvider, callsApi: true, prunes: true, prepare };
}
