// Finds a usable Pulumi CLI: the one on PATH, else the cached one, else from the official installer, else built from
// Go modules. Messages go to stderr: stdout belongs to the CLI.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { satisfies } from "semver";
import { cliVersion, download, goBuild, type Installer, reason } from "./install.mts";

export interface FoundPulumi {
  command: string;
  binDir: string;
  version: string;
  source: "path" | "installed" | "built";
}

export interface FindOptions {
  env?: NodeJS.ProcessEnv;
  log?: (line: string) => void;
  download?: Installer;
  build?: Installer;
}

const MIN_VERSION = "3.216.0";
const ACCEPTED_VERSIONS = `>=${MIN_VERSION} <4.0.0-0`;
const ABANDONED_AFTER_MS = 2 * 60 * 60 * 1000;

const windows = process.platform === "win32";
const cli = windows ? "pulumi.exe" : "pulumi";
/** A CLI needs these two to run a TypeScript program with dynamic resources. */
const companions = windows
  ? ["pulumi-language-nodejs.exe", "pulumi-resource-pulumi-nodejs.cmd"]
  : ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

export async function findPulumi(options: FindOptions = {}): Promise<FoundPulumi> {
  const env = options.env ?? process.env;
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const failures: string[] = [];

  for (const binDir of pathFolders(env).filter((folder) => existsSync(join(folder, cli)))) {
    try {
      const version = await probe(binDir, env, pathFolders(env));
      return { command: join(binDir, cli), binDir, version, source: "path" };
    } catch (error) {
      failures.push(`on PATH: ${reason(error)}`);
    }
  }
  if (failures.length === 0) failures.push("on PATH: no pulumi found");

  const folder = cacheFolder(env);
  const cached = await readCache(folder, env);
  if (cached !== undefined) return cached;

  for (const [source, title, install] of [
    ["installed", "official installer", options.download ?? download],
    ["built", "build with Go", options.build ?? goBuild],
  ] as const) {
    try {
      return await installInto(folder, source, install, env, log);
    } catch (error) {
      failures.push(`${title}: ${reason(error)}`);
      log(`pulumi: ${failures.at(-1)}`);
    }
  }
  throw new Error(
    [
      `No Pulumi CLI ${MIN_VERSION} or newer (3.x) was found, and none could be installed:`,
      ...failures.map((failure) => `  - ${failure}`),
      "Do one of these: install Pulumi (https://www.pulumi.com/docs/install/), allow access to https://get.pulumi.com, or install Go (https://go.dev/dl/).",
    ].join("\n"),
  );
}

/** The environment for the CLI: its own companions and the Node.js of this process come first on PATH. */
export function pulumiEnv(found: FoundPulumi, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const folders = new Set([dirname(process.execPath), found.binDir, ...pathFolders(process.env)]);
  return {
    ...process.env,
    [pathName(process.env)]: [...folders].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...extra,
  };
}

/** The version of the CLI in `binDir`. Throws when the CLI or one of its companions is missing or unusable. */
async function probe(binDir: string, env: NodeJS.ProcessEnv, elsewhere: string[]): Promise<string> {
  const command = join(binDir, cli);
  const { stdout } = await promisify(execFile)(command, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 60_000,
  });
  const version = stdout.trim().replace(/^v/, "");
  if (!satisfies(version, ACCEPTED_VERSIONS, { includePrerelease: true })) {
    throw new Error(`${command} is version ${version || "unknown"}`);
  }
  const folders = [binDir, dirname(await realpath(command)), ...elsewhere];
  const missing = companions.find((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing !== undefined) throw new Error(`${command} has no ${missing} beside it or on PATH`);
  return version;
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const root = windows
    ? env.LOCALAPPDATA || join(homedir(), "AppData", "Local")
    : env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  return join(root, "pulumi-gcore-reseller", `pulumi-v${cliVersion}-${process.platform}-${process.arch}`);
}

/** Undefined when the folder has no `source` file (an incomplete install) or its CLI does not run. */
async function readCache(folder: string, env: NodeJS.ProcessEnv): Promise<FoundPulumi | undefined> {
  const binDir = join(folder, "bin");
  try {
    const source = await readFile(join(folder, "source"), "utf8");
    if (source !== "installed" && source !== "built") return undefined;
    return { command: join(binDir, cli), binDir, version: await probe(binDir, env, []), source };
  } catch {
    return undefined;
  }
}

/** Installs into a folder beside the cache and renames it at the end, so that the cache is complete or absent. */
async function installInto(
  folder: string,
  source: "installed" | "built",
  install: Installer,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<FoundPulumi> {
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(folder);
  const staging = await mkdtemp(`${folder}.tmp-`);
  try {
    await install(staging, env, log);
    await probe(join(staging, "bin"), env, []);
    await writeFile(join(staging, "source"), source);
    return await publish(staging, folder, env);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function publish(staging: string, folder: string, env: NodeJS.ProcessEnv): Promise<FoundPulumi> {
  try {
    await rename(staging, folder);
  } catch {
    // The folder exists: another process was faster and its install is used, or it is incomplete and is replaced.
    const cached = await readCache(folder, env);
    if (cached !== undefined) return cached;
    const replaced = `${staging}.old`;
    await rename(folder, replaced);
    await rename(staging, folder);
    await rm(replaced, { recursive: true, force: true });
  }
  const published = await readCache(folder, env);
  if (published === undefined) throw new Error(`the Pulumi CLI in ${folder} does not run`);
  return published;
}

/** Removes the folders of killed runs. The folder of a run that is still active is younger. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    const path = join(dirname(folder), name);
    if (!name.startsWith(`${basename(folder)}.tmp-`)) continue;
    const changed = await stat(path).catch(() => undefined);
    if (changed !== undefined && Date.now() - changed.mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Windows spells the variable `Path`, and a copy of process.env is case-sensitive. */
function pathName(env: NodeJS.ProcessEnv): string {
  return Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
}

function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env[pathName(env)] ?? "").split(delimiter).filter((folder) => folder !== "");
}
