import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import type { z } from "zod";
import { readCsv } from "./csv";
import { type Entry, type FleetFile, fleetFile } from "./schema";
import type { Source } from "./source";
import { readYaml } from "./yaml";

/** An account as its file declares it, with the defaults of the file. */
export interface Account {
  name: string;
  entry: Entry;
  /** Where a field is declared: `accounts/fleet.yaml:12: acme.seller`. */
  at(field: string): string;
}

const readers: Record<string, (file: string, text: string) => Source> = {
  ".yaml": readYaml,
  ".yml": readYaml,
  ".json": readYaml,
  ".csv": readCsv,
};

/**
 * Reads all fleet files of a folder.
 * @throws with every problem of every file, each with file, line and field.
 */
export function loadFleet(folder: string): Account[] {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const sources = files.flatMap((file) => readers[extname(file)]?.(join(folder, file), readText(folder, file)) ?? []);
  if (sources.length === 0) throw new RunError(`${folder}: there is no YAML, JSON or CSV file`);

  const loaded = sources.map((source) => ({ source, parsed: fleetFile.safeParse(source.content) }));
  const problems = [...loaded.flatMap(({ source, parsed }) => fileProblems(source, parsed)), ...duplicates(sources)];
  if (problems.length > 0) throw new RunError(problems.join("\n"));
  return loaded.flatMap(({ source, parsed }) => (parsed.data ? accountsOf(source, parsed.data) : []));
}

const readText = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");

function accountsOf(source: Source, { defaults = {}, accounts }: FleetFile): Account[] {
  return Object.entries(accounts).map(([name, own]) => {
    const maps = {
      products: { ...defaults.products, ...own.products },
      services: { ...defaults.services, ...own.services },
    };
    const at = (field: string) => place(source, ["accounts", name, field]);
    return { name, entry: { ...defaults, ...own, ...maps }, at };
  });
}

type Path = readonly PropertyKey[];

/** `accounts/fleet.yaml:12: acme.seller` */
function place({ file, lineOf }: Source, path: Path): string {
  const shown = path[0] === "accounts" ? path.slice(1) : path;
  return [`${file}:${lineOf(path)}`, ...(shown.length > 0 ? [shown.join(".")] : [])].join(": ");
}

function fileProblems(source: Source, { error }: z.ZodSafeParseResult<FleetFile>): string[] {
  const unreadable = source.unreadable.map(({ line, message }) => `${source.file}:${line}: ${message}`);
  if (source.content === undefined) return unreadable;
  const issues = (error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => `${place(source, [...issue.path, key])}: ${issue.message}`);
    const message = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
    return `${place(source, issue.path)}: ${message}`;
  });
  const broken = entriesOf(source).flatMap(([name, entry]) =>
    ruleProblems(entry).map(([field, message]) => `${place(source, ["accounts", name, field])}: ${message}`),
  );
  return [...unreadable, ...issues, ...broken];
}

/** The entries of a file, whatever else is wrong with it. */
function entriesOf({ content }: Source): [string, Record<string, unknown>][] {
  const accounts = (content as { accounts?: unknown } | null | undefined)?.accounts;
  const isMap = (value: unknown) => typeof value === "object" && value !== null;
  return isMap(accounts)
    ? Object.entries(accounts as object).filter((named): named is [string, Record<string, unknown>] => isMap(named[1]))
    : [];
}

/** What the fields of an entry need of each other. */
function ruleProblems({ email, company, adoptId, ...others }: Record<string, unknown>): [string, string][] {
  if (email !== undefined) return company === undefined ? [["company", "is missing"]] : [];
  if (adoptId === undefined)
    return [["email", "is missing; an account that is managed without a user needs its ID as adoptId instead"]];
  return [
    ...(/^\d+$/.test(String(adoptId))
      ? []
      : [["adoptId", "must be the account's ID alone, because there is no email"]]),
    ...["lang", "countryCode", "sendPasswordReset"].flatMap((field) =>
      others[field] === undefined ? [] : [[field, "can be declared with an email only"]],
    ),
  ] as [string, string][];
}

/** Names and email addresses that several entries of all files have, and former names that an entry still has. */
function duplicates(sources: Source[]): string[] {
  const entries = sources.flatMap((source) =>
    entriesOf(source).map(([name, { email, formerName }]) => ({
      name,
      email: typeof email === "string" ? email.trim().toLowerCase() : undefined,
      formerName,
      at: (...field: string[]) => place(source, ["accounts", name, ...field]),
    })),
  );
  // From the last to the first, so that the first one stays.
  const reversed = [...entries].reverse();
  const byName = new Map<unknown, (typeof entries)[number]>(reversed.map((entry) => [entry.name, entry]));
  const byFormerName = new Map(reversed.map((entry) => [entry.formerName, entry]));
  const byEmail = new Map(reversed.map((entry) => [entry.email, entry]));
  return entries.flatMap((entry) => {
    const { name, email, formerName, at } = entry;
    const sameName = byName.get(name);
    const sameEmail = email === undefined ? entry : byEmail.get(email);
    const former = byName.get(formerName);
    const sameFormer = formerName === undefined ? entry : byFormerName.get(formerName);
    return [
      ...(sameName && sameName !== entry ? [`${at()}: is declared before: ${sameName.at()}`] : []),
      ...(sameEmail && sameEmail !== entry
        ? [`${at("email")}: belongs to another account too: ${sameEmail.at("email")}`]
        : []),
      ...(sameFormer && sameFormer !== entry
        ? [`${at("formerName")}: is declared before: ${sameFormer.at("formerName")}`]
        : []),
      ...(former ? [`${at("formerName")}: is the name of an entry: ${former.at()}`] : []),
    ];
  });
}
