import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Managed } from "./accounts";

/** What a stack manages already, from its state. */

interface Deployment {
  deployment?: { resources?: { type: string; urn: string; id?: string }[] };
}

const kinds = ["ClientUser", "ClientAccount"].map((kind) => `pulumi-nodejs:dynamic/gcore-reseller:${kind}`);

/**
 * Client accounts in the state of a stack, by `pulumi stack export`.
 * @param stack its name; true for the selected one.
 */
export async function managedBy(stack: string | true): Promise<Managed> {
  const { deployment }: Deployment = JSON.parse(await exportStack(stack));
  const resources = (deployment?.resources ?? []).filter(({ type }) => kinds.includes(type));
  return {
    clients: new Set(resources.map(({ id = "" }) => Number(id.split("/")[0]))),
    names: new Set(resources.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2))),
  };
}

async function exportStack(stack: string | true): Promise<string> {
  const args = ["stack", "export", "--non-interactive", "--color=never", ...(stack === true ? [] : ["--stack", stack])];
  try {
    // The state of 10,000 accounts has about 30 MB.
    const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    const cause = code === "ENOENT" ? "there is no command pulumi on the PATH" : stderr.trim().split("\n")[0];
    const advice = "run it in the folder of the stack's Pulumi.yaml, and name the stack: --not-in-stack <stack>";
    throw new Error(`--not-in-stack: ${advice} (${cause})`);
  }
}
