// First: on an older Node.js it says so, and the other packages would fail.
import "pulumi-gcore-reseller";
import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { type Account, accountsAsCode, type Include } from "./accounts";
import { asText, examine, isWell } from "./doctor";
import { parseFilters } from "./filters";
import { type FormatName, formatNames, write } from "./formats";
import { managedBy } from "./stack";

/** What `gcore-reseller accounts` was called with. */
interface Options {
  format: FormatName;
  filter: string[];
  include: Include[];
  notInStack?: string | true;
  output?: string;
}

const { version } = require("../package.json") as { version: string };
const repeated = (value: string, others: string[]) => [...others, value];

const program = new Command("gcore-reseller")
  .description(
    "Accounts of a Gcore reseller as code, and a check of key and API. It reads the key from GCORE_API_KEY and changes " +
      "nothing at Gcore.",
  )
  .version(version);

const settingsHelp =
  "\nThe key and the URL are read from GCORE_API_KEY and GCORE_BASE_URL, other settings from GCORE_RESELLER_….";

program
  .command("accounts")
  .description("Writes the reseller's client accounts as declarations that adopt them.")
  .addOption(new Option("--format <format>", "what is written").choices(formatNames).default("yaml"))
  .option("--filter <name=value>", "only accounts that match, such as isTest=false; may be repeated", repeated, [])
  .addOption(
    new Option("--include <what...>", "also what is managed by resources of its own")
      .choices(["services", "features"])
      .default([]),
  )
  .option("--not-in-stack [stack]", "only accounts that are in no state of this stack; default: the selected one")
  .option("--output <file>", "write to a new file instead of standard output")
  .addHelpText("after", settingsHelp)
  .action(writeAccounts);

program
  .command("doctor")
  .description(
    "Checks key, URL, reseller, rights, and what this package assumes about Gcore. Exit code 1: do something.",
  )
  .option("--json", "the findings as JSON")
  .addHelpText("after", settingsHelp)
  .action(writeFindings);

/** Sends GET requests only, and prints no personal data. */
async function writeFindings({ json }: { json?: true }): Promise<void> {
  const findings = await examine(report);
  const isOk = isWell(findings);
  process.stdout.write(json ? `${JSON.stringify({ isOk, findings }, undefined, 2)}\n` : asText(findings));
  if (!isOk) process.exitCode = 1;
}

async function writeAccounts({ format, filter, include, notInStack, output }: Options): Promise<void> {
  const managed = notInStack === undefined ? undefined : await managedBy(notInStack);
  const accounts = await accountsAsCode({
    filters: parseFilters(filter),
    include,
    managed,
    // A program in TypeScript takes the ID.
    sellersByEmail: format !== "typescript",
    report,
  });
  if (accounts.length === 0) return;
  const text = write[format](accounts);
  if (format === "json" || format === "csv") reportNotes(accounts);
  if (output === undefined) process.stdout.write(text);
  else await writeFile(output, text, { flag: "wx" }).catch(refuseExisting);
}

/** What has no place in a format without comments. */
function reportNotes(accounts: Account[]): void {
  for (const { name, notes } of accounts) for (const note of notes) report(`${name}: ${note}`);
}

function refuseExisting(error: NodeJS.ErrnoException): never {
  throw error.code === "EEXIST" ? new Error(`${error.path} exists already: write to another file`) : error;
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

program.parseAsync().catch((error: Error) => {
  report(`gcore-reseller: ${error.message.replace(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
