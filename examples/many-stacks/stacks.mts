import {
  ConcurrentUpdateError,
  type Deployment,
  type EngineEvent,
  LocalWorkspace,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import pMap from "p-map";
import { ClientUser } from "pulumi-gcore-reseller";
import { type Account, firstPassword } from "./accounts.mts";
import { isShard, sellerOf } from "./placement.mts";

/** The project's folder, which has the settings of each stack too. */
const workDir = import.meta.dirname;

export const commands = ["up", "refresh", "preview", "destroy"] as const;
export type Command = (typeof commands)[number];

export interface Options {
  command: Command;
  /** Operations at once in one stack. */
  parallel: number;
  /** Limit of one stack. */
  requestsPerSecond: number | undefined;
  /** Ends the commands as Ctrl-C does. */
  signal: AbortSignal;
}

/** The names of the accounts in the state of each stack that exists. */
export async function readStates(atOnce: number): Promise<Map<string, string[]>> {
  const workspace = await LocalWorkspace.create({ workDir });
  const stacks = (await workspace.listStacks()).map(({ name }) => name).filter(isShard);
  const read = async (stack: string) => [stack, accountsIn(await workspace.exportStack(stack))] as const;
  return new Map(await pMap(stacks, read, { concurrency: atOnce }));
}

interface Resource {
  urn: string;
  type: string;
}

/** Also the accounts that a killed run was about to create: perhaps they exist, with the mark of this stack. */
function accountsIn({ deployment }: Deployment): string[] {
  const { resources = [], pending_operations: pending = [] } = deployment as {
    resources?: Resource[];
    pending_operations?: { resource: Resource }[];
  };
  const users = [...resources, ...pending.map(({ resource }) => resource)].filter(
    ({ type }) => type === "pulumi-nodejs:dynamic/gcore-reseller:ClientUser",
  );
  return [...new Set(users.map(({ urn }) => urn.split("::").at(-1) ?? ""))];
}

/**
 * Runs the command on one stack, which is created if there is none.
 * @returns what it did, by kind of change.
 * @throws {Error} whose message says what to do.
 */
export async function runStack(stackName: string, accounts: readonly Account[], options: Options) {
  const { command, parallel, requestsPerSecond, signal } = options;
  const program = async () => {
    for (const { name, protect, ...inputs } of accounts) {
      const password = firstPassword(name);
      // After the first login the client manages the password.
      new ClientUser(name, { ...inputs, password }, { protect, ignoreChanges: ["password"] });
    }
  };
  const envVars: Record<string, string> = {};
  if (requestsPerSecond !== undefined) envVars.GCORE_RESELLER_REQUESTS_PER_SECOND = String(requestsPerSecond);
  const seller = sellerOf(stackName);
  if (seller !== undefined) envVars.GCORE_RESELLER_LIST_SELLER = seller;

  const problems = new Set<string>();
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent?.severity === "error") problems.add(diagnosticEvent.message.replace(/<\{%.*?%\}>/g, "").trim());
  };
  try {
    const project = { stackName, projectName: "many-stacks", program };
    const stack = await LocalWorkspace.createOrSelectStack(project, { workDir, envVars });
    return await changesOf(stack, command, { parallel, onEvent, signal });
  } catch (error) {
    if (error instanceof ConcurrentUpdateError)
      throw new Error(
        `it is locked: another run works on it, or was killed. If none does: \`pulumi cancel --stack ${stackName} --yes\``,
      );
    throw problems.size > 0 ? new Error([...problems].join("\n")) : error;
  }
}

type CommandOptions = Pick<Options, "parallel" | "signal"> & { onEvent(event: EngineEvent): void };

async function changesOf(stack: Stack, command: Command, options: CommandOptions): Promise<Record<string, number>> {
  if (command === "preview") return (await stack.preview(options)).changeSummary;
  const { summary } = await stack[command](options);
  return summary.resourceChanges ?? {};
}
