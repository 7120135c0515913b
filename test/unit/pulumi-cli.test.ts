import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FindOptions, findPulumi, pulumiEnv } from "../../tools/pulumi-cli/find.mts";

let folder: string;
let installs: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pulumi-cli-"));
  installs = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A folder with a shell script that reports this version. */
async function fakePulumi(name: string, version: string, companions = true, rest = ""): Promise<string> {
  const binDir = join(folder, name);
  await mkdir(binDir, { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = version ] && echo v${version} && exit\n${rest}\n`;
  await writeFile(join(binDir, "pulumi"), script, { mode: 0o755 });
  if (companions) {
    await writeFile(join(binDir, "pulumi-language-nodejs"), "");
    await writeFile(join(binDir, "pulumi-resource-pulumi-nodejs"), "");
  }
  return binDir;
}

function options(path: string[], more: FindOptions = {}): FindOptions {
  return {
    env: { PATH: path.join(delimiter), HOME: folder, XDG_CACHE_HOME: join(folder, "cache") },
    log: () => {},
    download: async () => {
      installs.push("download");
      throw new Error("get.pulumi.com is not there");
    },
    build: async (root) => {
      installs.push("build");
      await fakePulumi(join(root, "bin").slice(folder.length), "3.259.0");
    },
    ...more,
  };
}

const cached = () => readdir(join(folder, "cache", "pulumi-gcore-reseller"));

describe.skipIf(process.platform === "win32")("findPulumi", () => {
  test("several CLIs on PATH: uses the first", async () => {
    const first = await fakePulumi("first", "3.216.0");
    const second = await fakePulumi("second", "3.300.0");
    expect(await findPulumi(options([folder, first, second]))).toEqual({
      command: join(first, "pulumi"),
      binDir: first,
      version: "3.216.0",
      source: "path",
    });
    expect(installs).toEqual([]);
  });

  test.each(["3.215.9", "2.99.0", "4.0.0", "4.0.0-alpha.1", "unreadable"])(
    "version %s on PATH: not used",
    async (version) => {
      const other = await fakePulumi("other", version);
      const good = await fakePulumi("good", "3.300.0");
      expect(await findPulumi(options([other, good]))).toMatchObject({ binDir: good, source: "path" });
      expect(await findPulumi(options([other]))).toMatchObject({ version: "3.259.0", source: "built" });
    },
  );

  test("CLI without its language host: used only if the host is elsewhere on PATH", async () => {
    const bare = await fakePulumi("bare", "3.300.0", false);
    const old = await fakePulumi("old", "3.1.0");
    expect(await findPulumi(options([bare]))).toMatchObject({ source: "built" });
    expect(await findPulumi(options([bare, old]))).toMatchObject({ binDir: bare, source: "path" });
  });

  test("no CLI on PATH: downloaded once, then taken from the cache", async () => {
    const download: FindOptions["download"] = async (root) => {
      installs.push("download");
      await fakePulumi(join(root, "bin").slice(folder.length), "3.259.0");
    };
    const found = await findPulumi(options([], { download }));
    expect(found).toMatchObject({ version: "3.259.0", source: "installed" });
    expect(found.command.startsWith(join(folder, "cache", "pulumi-gcore-reseller", "pulumi-v3.259.0-"))).toBe(true);
    expect(await findPulumi(options([], { download }))).toEqual(found);
    expect(installs).toEqual(["download"]);
    expect(await cached()).toHaveLength(1);
  });

  test("download fails: logs the reason and builds with Go", async () => {
    const lines: string[] = [];
    const found = await findPulumi(options([], { log: (line) => lines.push(line) }));
    expect(found.source).toBe("built");
    expect(lines).toEqual(["pulumi: official installer: get.pulumi.com is not there"]);
    expect(await findPulumi(options([]))).toEqual(found);
    expect(installs).toEqual(["download", "build"]);
  });

  test.each([
    ["without its source file", async (cache: string) => rm(join(cache, "source"))],
    ["without the CLI", async (cache: string) => rm(join(cache, "bin", "pulumi"))],
    ["without the language host", async (cache: string) => rm(join(cache, "bin", "pulumi-language-nodejs"))],
    ["with a CLI that does not run", async (cache: string) => writeFile(join(cache, "bin", "pulumi"), "\0half")],
  ])("cache %s: not used", async (_, spoil) => {
    const { binDir } = await findPulumi(options([]));
    await spoil(dirname(binDir));
    expect(await findPulumi(options([]))).toMatchObject({ binDir, version: "3.259.0", source: "built" });
    expect(installs).toEqual(["download", "build", "download", "build"]);
    expect(await cached()).toHaveLength(1);
  });

  test("install without a CLI: refused, nothing left behind", async () => {
    const build: FindOptions["build"] = (root) => mkdir(join(root, "bin")).then(() => {});
    await expect(findPulumi(options([], { build }))).rejects.toThrow("build with Go: ");
    expect(await cached()).toEqual([]);
  });

  test("two processes at once: both find the same CLI", async () => {
    const [one, two] = await Promise.all([findPulumi(options([])), findPulumi(options([]))]);
    expect(one).toEqual(two);
    expect(await cached()).toHaveLength(1);
  });

  test("all ways fail: one error with the reason of each", async () => {
    const { build: _, ...withRealBuild } = options([await fakePulumi("old", "3.1.0")]);
    const error = await findPulumi(withRealBuild).catch((error: Error) => error.message);
    expect(error).toMatch(/on PATH: .*old\/pulumi is version 3\.1\.0/);
    expect(error).toContain("official installer: get.pulumi.com is not there");
    expect(error).toMatch(/build with Go: no go on PATH \(Go 1\.\d+\.\d+ or newer is needed\)/);
    expect(error).toContain("https://www.pulumi.com/docs/install/");
  });

  test("Go is too old: the error has both versions", async () => {
    await writeFile(join(folder, "go"), "#!/bin/sh\necho go1.20.1\n", { mode: 0o755 });
    const { build: _, ...withRealBuild } = options([folder]);
    await expect(findPulumi(withRealBuild)).rejects.toThrow("or newer is needed, found go1.20.1");
  });
});

test("pulumiEnv: this Node.js and the CLI come first on PATH", () => {
  const binDir = join(tmpdir(), "pulumi-bin");
  const found = { command: join(binDir, "pulumi"), binDir, version: "3.259.0", source: "built" as const };
  const env = pulumiEnv(found, { PULUMI_CONFIG_PASSPHRASE: "test" });
  expect(env.PATH?.split(delimiter).slice(0, 2)).toEqual([dirname(process.execPath), binDir]);
  expect(env).toMatchObject({ PULUMI_CONFIG_PASSPHRASE: "test", PULUMI_SKIP_UPDATE_CHECK: "true" });
});

describe.skipIf(process.platform === "win32")("npm run pulumi", () => {
  const run = (binDir: string, ...args: string[]) => {
    const main = join(__dirname, "../../tools/pulumi-cli/main.mts");
    const env = { ...process.env, PATH: [binDir, process.env.PATH].join(delimiter) };
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    return { child, stdout: () => stdout };
  };

  test("passes on the arguments and the exit code", async () => {
    const { child, stdout } = run(await fakePulumi("bin", "3.300.0", true, 'echo "$#:$2"; exit 7'), "up", "two words");
    expect(await once(child, "close")).toEqual([7, null]);
    expect(stdout()).toBe("2:two words\n");
  });

  test("signal delivered twice: forwarded once", async () => {
    const rest = "trap 'echo stopping' INT\necho ready\nfor i in 1 2 3 4 5 6 7 8; do sleep 0.1; done\nexit 3";
    const { child, stdout } = run(await fakePulumi("bin", "3.300.0", true, rest), "up");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([3, null]);
    expect(stdout()).toBe("ready\nstopping\n");
  });
});
