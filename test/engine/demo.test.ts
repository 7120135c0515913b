import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Sandbox, startSandbox } from "gcore-reseller-sandbox";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { findPulumi } from "../../tools/pulumi-cli/find.mts";

/** `npm run demo` in a temporary folder, which then holds its data in `.demo`. */

const root = resolve(__dirname, "../..");
const emails = ["admin@initech.example", "it@acme.example", "ops@globex.example"];
let folder: string;

beforeEach(async () => {
  // A first build takes minutes, longer than the time limit of a test.
  await findPulumi();
  folder = mkdtempSync(join(tmpdir(), "gcore-demo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function start(...args: string[]) {
  return startNode([join(root, "tools/demo.mts"), ...args]);
}

function startNode(args: string[]) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes) => (stdout += bytes));
  child.stderr.on("data", (bytes) => (stderr += bytes));
  // "close" comes when no process holds the output streams any more.
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
  const output = () => stdout;
  return { child, ended, output };
}

async function demo(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(...args).ended;
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** The rows of the printed table: name, email, user id, client id. */
function tableIn(stdout: string): (string | number)[][] {
  const lines = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
  const head = lines.findIndex((line) => line.join() === "NAME,EMAIL,USER ID,CLIENT ID");
  expect(head).toBeGreaterThan(0);
  const rows = lines.slice(
    head + 1,
    lines.findIndex((line, i) => i > head && line.length === 1),
  );
  return rows.map(([name = "", email = "", userId, client]) => [name, email, Number(userId), Number(client)]);
}

/** Email, user id and client id of every user in the demo's sandbox. */
async function accounts(): Promise<(string | number)[][]> {
  const { sandbox, close } = await startSandbox({ file: join(folder, ".demo/client-user/sandbox.db") });
  const found = sandbox.accounts().flatMap(({ client, users }) => users.map(({ id, email }) => [email, id, client]));
  await close();
  return found.sort();
}

test("demo twice, then destroy: three accounts, no change in the second run, no users at the end", async () => {
  const first = await demo();
  const rows = tableIn(first);
  expect(rows.map(([name]) => name)).toEqual(["acme", "globex", "initech"]);
  expect(rows.map((row) => row.slice(1)).sort()).toEqual(await accounts());
  expect((await accounts()).map(([email]) => email)).toEqual(emails);
  expect(first).toMatch(
    /\+ 4 created.*\$ pulumi up [^\n]*--expect-no-changes\n.*4 unchanged.*npm run demo -- destroy/s,
  );

  const second = await demo();
  expect(tableIn(second)).toEqual(rows);
  expect(second).not.toMatch(/created|updated/);

  const state = JSON.parse(await demo("stack", "export"));
  const kept = state.deployment.resources.filter(({ type }: { type: string }) => type.endsWith(":ClientUser"));
  expect(kept.map(({ outputs }: { outputs: { userId: number } }) => outputs.userId).sort()).toEqual(
    rows.map((row) => row[2]).sort(),
  );
  expect(existsSync(join(root, "examples/client-user/Pulumi.demo.yaml"))).toBe(false);

  expect(await demo("destroy")).toContain("- 4 deleted");
  expect(await accounts()).toEqual([]);
});

test("demo -- reseller: all kinds, no change in the second run, drift is corrected, destroy leaves the services", async () => {
  /** What the function does to the demo's sandbox while no command runs. */
  const atGcore = async <T>(use: (sandbox: Sandbox) => T): Promise<T> => {
    const { sandbox, close } = await startSandbox({ file: join(folder, ".demo/reseller/sandbox.db") });
    try {
      return use(sandbox);
    } finally {
      await close();
    }
  };
  const statusOf = (sandbox: Sandbox) =>
    sandbox
      .services()
      .filter(({ status }) => status !== "new")
      .map(({ name, status }) => `${name} ${status}`)
      .sort();
  const declared = ["CDN active", "CDN active", "CDN trial", "STORAGE trial"];

  const first = await demo("reseller");
  expect(first).toMatch(/^acme +\d+ +\d+\nglobex +\d+ +11\ninitech +\d+ +\d+$/m);
  expect(first).toMatch(/\+ 13 created.*--expect-no-changes\n.*13 unchanged.*npm run demo -- reseller destroy/s);
  expect(await atGcore(statusOf)).toEqual(declared);
  expect(await atGcore((sandbox) => sandbox.features().length)).toBe(3);
  await demo("reseller", "refresh", "--yes", "--expect-no-changes");

  await atGcore((sandbox) => {
    const [active] = sandbox.services().filter(({ status }) => status === "active");
    sandbox.updateService(active?.id ?? 0, { status: "paused" });
  });
  expect(await demo("reseller", "up", "--refresh", "--yes")).toMatch(/~ 1 updated\n +12 unchanged/);
  expect(await atGcore(statusOf)).toEqual(declared);

  const destroyed = await demo("reseller", "destroy");
  expect(destroyed).toContain("- 13 deleted");
  expect(destroyed).toMatch(/service CDN of client account \d+ \(active\) stays at Gcore\./);
  expect(await atGcore(statusOf)).toEqual(declared);
  expect(
    await atGcore((sandbox) => [sandbox.features().length, sandbox.accounts().flatMap(({ users }) => users)]),
  ).toEqual([0, []]);
});

test("random password that begins with '-': stored as the password, the demo succeeds", async () => {
  // In base64url, a first byte of 0xf8 gives "-" as the first character.
  const chance = "crypto.randomBytes = (size) => Buffer.alloc(size, 0xf8)";
  const preload = `import crypto from "node:crypto"; import { syncBuiltinESMExports } from "node:module"; ${chance}; syncBuiltinESMExports();`;
  const { ended } = startNode([
    "--import",
    `data:text/javascript,${encodeURIComponent(preload)}`,
    join(root, "tools/demo.mts"),
  ]);
  const { code, stdout, stderr } = await ended;
  expect(code, stdout + stderr).toBe(0);
  expect((await demo("config", "get", "initialPassword")).trim()).toMatch(/^-/);
  expect((await accounts()).map(([email]) => email)).toEqual(emails);
});

test("failing command: same exit code and message", async () => {
  const { code, stderr } = await start("stack", "select", "elsewhere").ended;
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain("no stack named 'elsewhere' found");
});

test.skipIf(process.platform === "win32")("Ctrl-C during up: no process is left, the next run completes", async () => {
  const { child, ended, output } = start();
  await expect.poll(output, { timeout: 60_000, interval: 20 }).toContain("ClientUser acme creating");
  const processIds = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
  // At least the demo, the launcher, the CLI, the program and the provider's process.
  expect(processIds.length).toBeGreaterThanOrEqual(5);
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).not.toContain("CLIENT ID");
  await expect.poll(() => processes().filter(({ pid }) => processIds.includes(pid))).toEqual([]);

  expect(tableIn(await demo())).toHaveLength(3);
  expect((await accounts()).map(([email]) => email)).toEqual(emails);
});

/** All running processes, without zombies. */
function processes(): { pid: number; parent: number }[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , stat]) => !stat?.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

function descendants(pid: number, all = processes()): number[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child.pid, ...descendants(child.pid, all)]);
}
