// OpenTofu with Mastercard's restapi provider, which manages objects of any REST API.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../measure.mts";
import { type Contender, type Stack, type User, unset } from "./contender.mts";
import { findOpenTofu, restapiVersion, tofuVersion } from "./opentofu-tools.mts";

const setupLimitMs = 60_000;
const program = join(import.meta.dirname, "../programs/opentofu.tf");

export async function opentofu(): Promise<Contender> {
  const tools = await findOpenTofu();

  const prepare: Contender["prepare"] = async (folder, api, signal): Promise<Stack> => {
    const config = join(folder, "tofu.rc");
    const stateFile = join(folder, "terraform.tfstate");
    await copyFile(program, join(folder, "main.tf"));
    const mirror = JSON.stringify(tools.mirror);
    await writeFile(config, `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`);

    const tofu = (...args: string[]) => ({
      command: tools.tofu,
      args: [...args, "-no-color"],
      cwd: folder,
      env: {
        ...process.env,
        ...unset(/^TF_/),
        TF_CLI_CONFIG_FILE: config,
        TF_IN_AUTOMATION: "true",
        TF_INPUT: "false",
        TF_VAR_url: api.url,
        TF_VAR_key: api.key,
      },
    });
    await run(tofu("init"), setupLimitMs, signal);

    let declared: User[] = [];
    return {
      async declare(users) {
        const changed = users.filter(({ email, company }) =>
          declared.some((user) => user.email === email && user.company !== company),
        );
        const clients = changed.length > 0 ? clientIds(await readFile(stateFile, "utf8")) : {};
        const isChanged = new Set(changed.map(({ email }) => email));
        const rows = users.map((user) => ({ ...user, client: isChanged.has(user.email) ? clients[user.email] : null }));
        await writeFile(join(folder, "users.json"), JSON.stringify(rows));
        declared = users;
      },
      up: tofu("apply", "-auto-approve"),
      refresh: tofu("apply", "-refresh-only", "-auto-approve"),
      destroy: tofu("destroy", "-auto-approve"),
      readState: () => readFile(stateFile, "utf8"),
    };
  };
  const tool = `OpenTofu ${tofuVersion}, restapi ${restapiVersion}`;
  return { title: "OpenTofu + restapi", tool, provider: /terraform-provider-restapi/, callsApi: true, prepare };
}

/** Client ids by email: an account is changed by its client id, and restapi keeps only the user id (programs/opentofu.tf). */
function clientIds(state: string): Record<string, number> {
  const { resources } = JSON.parse(state) as {
    resources: { instances: { index_key: string; attributes: { api_response: string } }[] }[];
  };
  const instances = resources.flatMap((resource) => resource.instances);
  return Object.fromEntries(
    instances.map(({ index_key, attributes }) => [index_key, JSON.parse(attributes.api_response).client]),
  );
}
