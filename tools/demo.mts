// npm run demo: runs examples/client-user on the real engine against a sandbox. All data is kept in .demo/.
// npm run demo -- reseller: the same with examples/reseller.
// npm run demo -- [reseller] sandbox: opens its sandbox with its page, until Ctrl-C; other commands use it meanwhile.
// npm run demo -- [reseller] ARGS: runs any Pulumi command on the same stack and sandbox.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { serveSandbox, useSandbox } from "./demo-sandbox.mts";

/** A command failed or was stopped; its message is already printed. */
class CommandFailed extends Error {
  readonly code: number;
  constructor(code: number) {
    super();
    this.code = code;
  }
}

/** A row of the example's output `accounts`. */
type Row = Record<string, unknown>;

/** The examples, and which properties of their accounts are shown, under which heading. */
const examples = {
  "client-user": { name: "NAME", email: "EMAIL", userId: "USER ID", client: "CLIENT ID" },
  reseller: { name: "NAME", client: "CLIENT ID", seller: "SELLER" },
};

const [first, ...others] = process.argv.slice(2);
const example = first === "reseller" ? first : "client-user";
const args = first === "reseller" ? others : process.argv.slice(2);
const folder = resolve(".demo", example);
const launcher = join(import.meta.dirname, "pulumi-cli/main.mts");

let running: ChildProcess | undefined;
let stoppedBy: NodeJS.Signals | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stoppedBy = signal;
    // A terminal sends Ctrl-C to the command itself; a second signal would stop it without clean-up.
    if (signal !== "SIGINT" || !process.stdin.isTTY) running?.kill(signal);
  });
}

mkdirSync(join(folder, "state"), { recursive: true });
// A project of its own, so that the stack's config file is in this folder too.
const main = relative(folder, join(import.meta.dirname, "../examples", example)).replaceAll("\\", "/");
writeFileSync(join(folder, "Pulumi.yaml"), `name: ${example}\nruntime: nodejs\nmain: ${main}\n`);

if (args[0] === "sandbox") {
  await serveSandbox(folder, print);
  process.exit();
}

const { url, apiKey, close } = await useSandbox(folder);
try {
  if (args.length === 0) await demo();
  else if (args[0] === "destroy") await destroy(...args.slice(1));
  else await pulumi(...args);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.exitCode = error.code;
} finally {
  await close();
}

async function demo(): Promise<void> {
  const command = `npm run demo --${first === example ? ` ${example}` : ""}`;
  await pulumi("stack", "select", "--create", "demo");
  if (!(`${example}:initialPassword` in JSON.parse(await outputOf("config", "--json")))) {
    await setSecret("initialPassword", randomBytes(18).toString("base64url"));
  }
  await showAndRun("up", "--yes", "--skip-preview", "--suppress-outputs");
  print(table(JSON.parse(await outputOf("stack", "output", "--json", "accounts"))));
  print("A second run changes nothing:");
  await showAndRun("up", "--yes", "--skip-preview", "--suppress-outputs", "--expect-no-changes");
  print(
    [
      "Any Pulumi command works on this stack:",
      `  ${command} stack export`,
      `  ${command} preview          (after a change of examples/${example}/index.ts)`,
      `  ${command} refresh --yes`,
      "See the accounts and each call, live, in a browser:",
      `  ${command} sandbox          (in another terminal)`,
      "Remove everything:",
      `  ${command} destroy`,
    ].join("\n"),
  );
}

/** The accounts are protected, as real ones should be: to delete their users takes two commands. */
async function destroy(...args: string[]): Promise<void> {
  await showAndRun("state", "unprotect", "--all", "--yes");
  await showAndRun("destroy", "--yes", ...args);
}

/** The value goes through stdin: as an argument it is visible to other processes, and one that begins with "-" is a flag. */
async function setSecret(key: string, value: string): Promise<void> {
  await run(["config", "set", "--secret", key], { input: value });
}

function table(rows: Row[]): string {
  const columns: Record<string, string> = examples[example];
  const cells = rows.map((row) => Object.keys(columns).map((name) => String(row[name] ?? "-")));
  const lines = [Object.values(columns), ...cells];
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const padded = (line: string[]) => line.map((cell, column) => cell.padEnd(width(column)));
  return lines.map((line) => padded(line).join("  ").trimEnd()).join("\n");
}

async function showAndRun(...command: string[]): Promise<void> {
  print(`$ pulumi ${command.join(" ")}`);
  await pulumi(...command);
}

async function pulumi(...command: string[]): Promise<void> {
  await run(command);
}

function outputOf(...command: string[]): Promise<string> {
  return run(command, { stdout: "pipe" });
}

interface RunOptions {
  input?: string;
  stdout?: "inherit" | "pipe";
}

/** Runs a Pulumi command and returns its piped output. */
async function run(command: string[], { input, stdout = "inherit" }: RunOptions = {}): Promise<string> {
  throwIfStopped();
  const env = {
    ...process.env,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: "file://./state",
    PULUMI_CONFIG_PASSPHRASE: "demo",
    GCORE_BASE_URL: url,
    GCORE_API_KEY: apiKey,
  };
  const stdin = input === undefined ? "inherit" : "pipe";
  running = spawn(process.execPath, [launcher, ...command], {
    cwd: folder,
    env,
    stdio: [stdin, stdout, "inherit"],
  });
  // A command that ends before it has read its input reports the reason itself.
  running.stdin?.on("error", () => {}).end(input);
  const [output, [code]] = await Promise.all([running.stdout ? text(running.stdout) : "", once(running, "close")]);
  throwIfStopped();
  if (code !== 0) throw new CommandFailed(code ?? 1);
  return output;
}

function throwIfStopped(): void {
  if (stoppedBy) throw new CommandFailed(128 + constants.signals[stoppedBy]);
}

function print(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
