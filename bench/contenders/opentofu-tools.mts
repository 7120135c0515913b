// OpenTofu and restapi, built from their Go modules once and kept in the user's cache folder.
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export const tofuVersion = "1.11.4";
export const restapiVersion = "1.20.0";

interface Module {
  path: string;
  /** Checksum of the module's files, as go.sum has it. */
  sum: string;
  command: string;
  flags: string;
}

const tofuModule: Module = {
  path: `github.com/opentofu/opentofu@v${tofuVersion}`,
  sum: "h1:jAHLQdTSQBujKfQYLHcJ8LOygkrNQARrTf5EdoWW1Es=",
  command: "./cmd/tofu",
  flags: "-s -w -X github.com/opentofu/opentofu/version.dev=no",
};
const restapiModule: Module = {
  path: `github.com/Mastercard/terraform-provider-restapi@v${restapiVersion}`,
  sum: "h1:z4kPtDZgG1HmLsawE4SzP1PxPyz2hAHxwkrHMuRvFrA=",
  command: ".",
  flags: "-s -w",
};

const limitMs = 20 * 60_000;
const windows = process.platform === "win32";
const suffix = windows ? ".exe" : "";

export interface OpenTofu {
  tofu: string;
  /** Folder with providers, in the layout of OpenTofu's `filesystem_mirror`. */
  mirror: string;
}

/** The cached tools, or a new build. Throws with the reason when neither is possible. */
export async function findOpenTofu(): Promise<OpenTofu> {
  const folder = join(
    cacheRoot(),
    "pulumi-gcore-reseller",
    `opentofu-v${tofuVersion}-restapi-v${restapiVersion}-${process.platform}-${process.arch}`,
  );
  const found = { tofu: join(folder, `tofu${suffix}`), mirror: join(folder, "mirror") };
  const cached = await access(found.tofu).then(
    () => true,
    () => false,
  );
  if (cached) return found;

  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}.tmp-`);
  try {
    await build(staging);
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return found;
}

async function build(folder: string): Promise<void> {
  const [os, arch] = (await go(folder, "env", "GOOS", "GOARCH")).trim().split(/\s+/);
  const provider = join(folder, "mirror/registry.opentofu.org/mastercard/restapi", restapiVersion, `${os}_${arch}`);
  await mkdir(provider, { recursive: true });
  const executable = join(provider, `terraform-provider-restapi_v${restapiVersion}${suffix}`);
  await buildModule(folder, restapiModule, executable);
  await buildModule(folder, tofuModule, join(folder, `tofu${suffix}`));
}

/** Builds inside the module's own folder: the `replace` lines of go.mod apply to the main module only. */
async function buildModule(folder: string, { path, sum, command, flags }: Module, executable: string): Promise<void> {
  process.stderr.write(`bench: building ${path} with Go (minutes the first time)\n`);
  const module = JSON.parse(await go(folder, "mod", "download", "-json", path)) as { Dir: string; Sum: string };
  if (module.Sum !== sum) throw new Error(`${path} has the checksum ${module.Sum} instead of ${sum}`);
  await go(
    module.Dir,
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    "-ldflags",
    flags,
    "-o",
    executable,
    command,
  );
}

async function go(cwd: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  try {
    return (await promisify(execFile)("go", args, { cwd, env, timeout: limitMs, maxBuffer: 2 ** 26 })).stdout;
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
