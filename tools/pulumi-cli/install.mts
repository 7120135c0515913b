// Installs a Pulumi CLI in one of two ways: with the official installer, or by a build from Go modules pinned by the
// go.mod and go.sum files beside this file.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { coerce, lt } from "semver";

/** Installs the CLI and its companions into `root/bin`. Throws an error of one line. */
export type Installer = (root: string, env: NodeJS.ProcessEnv, log: (line: string) => void) => Promise<void>;

export const cliVersion = "3.259.0";
const MAX_DOWNLOAD_MS = 5 * 60 * 1000;
const PROGRESS_INTERVAL_MS = 30 * 1000;

/** Runs in a process of its own, so that a hanging download can be ended and the Automation API is not loaded here. */
export const download: Installer = (root, env, log) =>
  run(
    `downloading Pulumi ${cliVersion} with the official installer`,
    process.execPath,
    [join(import.meta.dirname, "official-installer.mts"), cliVersion, root],
    { env, log, limitMs: MAX_DOWNLOAD_MS, quiet: true },
  );

export const goBuild: Installer = async (root, env, log) => {
  const modules = [
    { folder: "cli", command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    { folder: "language-nodejs", command: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
  ].map((module) => ({ ...module, folder: join(import.meta.dirname, module.folder) }));
  // Needs no C compiler, and ignores a go.work of the user.
  const goEnv = { ...env, CGO_ENABLED: "0", GOWORK: "off" };
  for (const { folder } of modules) await checkGo(folder, goEnv);

  const bin = join(root, "bin");
  await mkdir(bin);
  for (const { folder, command } of modules) {
    const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${cliVersion}`;
    await run(
      `building ${command.split("/").at(-1)} with Go (minutes the first time)`,
      "go",
      ["build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", `-s -w -X ${version}`, "-o", bin, command],
      { env: goEnv, log, cwd: folder },
    );
  }
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  const plugin = "pulumi-resource-pulumi-nodejs";
  for (const name of process.platform === "win32" ? [plugin, `${plugin}.cmd`] : [plugin]) {
    await copyFile(join(sdk, name), join(bin, name));
  }
};

async function checkGo(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const needed = /^go (\S+)$/m.exec(await readFile(join(folder, "go.mod"), "utf8"))?.[1] ?? "";
  const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"], { cwd: folder, env }).catch((error) => {
    if (error.code === "ENOENT") throw new Error(`no go on PATH (Go ${needed} or newer is needed)`);
    throw new Error(reason(error.stderr || error));
  });
  const present = coerce(stdout);
  if (present === null || lt(present, coerce(needed) ?? present)) {
    throw new Error(`Go ${needed} or newer is needed, found ${stdout.trim()}`);
  }
}

interface RunOptions {
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  cwd?: string;
  limitMs?: number;
  quiet?: boolean;
}

/** Runs a step that may take minutes and logs the elapsed time at intervals. */
async function run(title: string, command: string, args: string[], options: RunOptions): Promise<void> {
  const { log, limitMs, quiet = false, ...rest } = options;
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  log(`pulumi: ${title}`);
  const clock = setInterval(() => log(`pulumi: ${title}, ${elapsed()} so far`), PROGRESS_INTERVAL_MS);
  try {
    const child = spawn(command, args, { ...rest, stdio: ["ignore", "ignore", "pipe"], timeout: limitMs });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-2000);
      if (!quiet && text.trim() !== "") log(text.trimEnd());
    });
    const [code, signal] = await once(child, "close");
    if (signal !== null) throw new Error(`stopped by ${signal} after ${elapsed()}`);
    if (code !== 0) throw new Error(output.trim() || `${command} ended with ${code}`);
    log(`pulumi: ${title}: done in ${elapsed()}`);
  } finally {
    clearInterval(clock);
  }
}

/** The error's message as one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .trim()
    .split(/\s*\n\s*/)
    .slice(-3)
    .join("; ");
}
