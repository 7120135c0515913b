// This package with accounts in a YAML file: examples/fleet, its first passwords in stack config.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { findPulumi } from "../../tools/pulumi-cli/find.mts";
import { run } from "../measure.mts";
import type { Contender, Stack, User } from "./contender.mts";
import { copyExample, dynamicProvider, pulumiIn, readStack, setupLimitMs, stackIn } from "./pulumi.mts";

const nameOf = ({ email }: User) => email.replace(/@.*/, "");

export async function fleet(): Promise<Contender> {
  const cli = await findPulumi();

  const prepare: Contender["prepare"] = async (folder, api, signal): Promise<Stack> => {
    const cwd = await copyExample("fleet", folder);
    const accounts = join(cwd, "accounts");
    await rm(accounts, { recursive: true });
    await mkdir(accounts);

    const { pulumi, commands } = stackIn(cwd, cli, pulumiIn(folder, cli, api, {}));
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
      ...commands,
      readState: () => readStack(folder, "fleet/bench"),
    };
  };
  const title = "examples/fleet, one YAML file";
  return { title, tool: `Pulumi ${cli.version}`, provider: dynamicProvider, callsApi: true, prunes: true, prepare };
}
