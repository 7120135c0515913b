// This package in many stacks: examples/many-stacks, as its README says.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findPulumi } from "../../tools/pulumi-cli/find.mts";
import type { Contender, Stack } from "./contender.mts";
import { copyExample, dynamicProvider, pulumiIn, readStack } from "./pulumi.mts";

export interface ManyStacks {
  title: string;
  stacks: number;
  /** Stacks that run at the same time. */
  atOnce: number;
  env?: Record<string, string>;
  backendQuery?: string;
}

const project = "many-stacks";

export async function manyStacks({ title, stacks, atOnce, env = {}, backendQuery }: ManyStacks): Promise<Contender> {
  const cli = await findPulumi();

  const prepare: Contender["prepare"] = async (folder, api): Promise<Stack> => {
    const cwd = await copyExample(project, folder);

    const command = (name: string) => ({
      command: process.execPath,
      args: ["main.mts", name, "--stacks", String(stacks), "--at-once", String(atOnce)],
      cwd,
      env: { ...pulumiIn(folder, cli, api, env, backendQuery), FIRST_PASSWORD_SECRET: "correct horse" },
    });
    const readState = async () => {
      const files = await readdir(join(folder, "state/.pulumi/stacks", project));
      const names = files.flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);
      return (await Promise.all(names.map((name) => readStack(folder, `${project}/${name}`)))).join("\n");
    };
    return {
      declare(users) {
        const accounts = users.map(({ email, company }) => [email, { email, company, protect: false }]);
        return writeFile(join(cwd, "accounts.json"), JSON.stringify(Object.fromEntries(accounts)));
      },
      up: command("up"),
      refresh: command("refresh"),
      destroy: command("destroy"),
      readState,
    };
  };
  return { title, tool: `Pulumi ${cli.version}`, provider: dynamicProvider, callsApi: true, prepare };
}
