// Go modules of a pinned version and checksum. What is built from them is kept in the user's cache folder.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export interface GoModule {
  /** With the version: `github.com/rhysd/actionlint@v1.7.12`. */
  path: string;
  /** Checksum of the module's files, as go.sum has it. */
  sum: string;
}

export interface GoCommand extends GoModule {
  /** Folder of the command in the module: `./cmd/tofu`. */
  command: string;
  /** Flags of the linker. */
  flags: string;
}

const LIMIT_MS = 20 * 60_000;
const windows = process.platform === "win32";
export const executableSuffix = windows ? ".exe" : "";

/**
 * A folder of the user's cache, made by `make` once. It is made beside its place and moved there at the end, so that it is
 * complete or absent.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheRoot(), "pulumi-gcore-reseller", `${name}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}.tmp-`);
  try {
    await make(staging);
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

/** Downloads a module with Go and returns the folder with its files. Throws if there is no Go, or the checksum differs. */
async function downloadModule({ path, sum }: GoModule): Promise<string> {
  const module = JSON.parse(await go(".", "mod", "download", "-json", path)) as { Dir: string; Sum: string };
  if (module.Sum !== sum) throw new Error(`${path} has the checksum ${module.Sum} instead of ${sum}`);
  return module.Dir;
}

/** Builds inside the module's own folder: the `replace` lines of go.mod apply to the main module only. */
export async function buildCommand(module: GoCommand, executable: string): Promise<void> {
  process.stderr.write(`building ${module.path} with Go (minutes the first time)\n`);
  const folder = await downloadModule(module);
  const reproducible = ["-trimpath", "-buildvcs=false", "-mod=readonly"];
  await go(folder, "build", ...reproducible, "-ldflags", module.flags, "-o", executable, module.command);
}

export async function go(cwd: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  try {
    return (await promisify(execFile)("go", args, { cwd, env, timeout: LIMIT_MS, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new Error("there is no go on PATH");
    throw new Error(`go ${args[0]}: ${stderr?.trim().split("\n").at(-1) ?? String(error)}`);
  }
}

function cacheRoot(): string {
  if (windows) return process.env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  return process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
}
