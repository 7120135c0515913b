// npm run state: stores the state that this version makes in test/state/<version>/, with the program and the calls to repeat in
// a sandbox. From then on test/engine/stored-states.test.ts runs every later version on it. Run it before a release.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "gcore-reseller-sandbox";
import { findPulumi, pulumiEnv } from "../pulumi-cli/find.mts";
import { existing, program } from "./program.mts";

/** A call that changes something, with the reseller's key. */
interface Call {
  method: string;
  path: string;
  body: unknown;
}

/** The clock of the sandbox stands still, so that a repetition has the same dates. */
const NOW = "2026-01-01T00:00:00.000Z";
/** Project and stack are part of the origin marks; the passphrase is that of test/support/stack.ts. */
const [PROJECT, STACK, PASSPHRASE] = ["shop", "prod", "correct horse battery staple"];

const root = join(import.meta.dirname, "../..");
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
const target = join(root, "test/state", version);
const folder = await realpath(await mkdtemp(join(tmpdir(), "gcore-state-")));
const calls: Call[] = [];

const { url, sandbox, close } = await startSandbox({
  now: () => Date.parse(NOW),
  wrap: (fetch) => async (request) => {
    if (request.method === "GET") return fetch(request);
    const { pathname } = new URL(request.url);
    const call = { method: request.method, path: pathname, body: await request.clone().json() };
    const response = await fetch(request);
    const isByReseller = request.headers.get("authorization")?.startsWith("apikey ");
    if (!response.ok || !isByReseller)
      throw new Error(`${call.method} ${pathname} cannot be repeated: ${response.status}`);
    calls.push(call);
    return response;
  },
});
const [apiKey = ""] = Object.keys(sandbox.apiKeys);

try {
  for (const account of existing) {
    const headers = { authorization: `apikey ${apiKey}`, "content-type": "application/json" };
    await fetch(`${url}/iam/users`, { method: "POST", headers, body: JSON.stringify(account) });
  }
  const state = await madeState();
  for (const text of [root, folder, tmpdir(), homedir(), "node_modules", url, "-W0rd", apiKey])
    if (state.includes(text)) throw new Error(`the state contains ${text}`);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "stack.json"), state);
  await writeFile(join(target, "program.json"), asJson(program));
  await writeFile(join(target, "gcore.json"), asJson({ now: NOW, calls }));
  process.stdout.write(
    `test/state/${version}: ${Object.keys(program.resources).length} resources, ${calls.length} calls\n`,
  );
} finally {
  await close();
  await rm(folder, { recursive: true, force: true });
}

/** Runs the program on the real engine: its state, as `pulumi stack export` writes it, without what belongs to this machine. */
async function madeState(): Promise<string> {
  const cli = await findPulumi();
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  await writeFile(join(folder, "package.json"), asJson({ name: PROJECT, main: "index.cjs" }));
  await writeFile(join(folder, "program.json"), asJson(program));
  await copyFile(join(root, "test/support/program.cjs"), join(folder, "index.cjs"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const env = pulumiEnv(cli, {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    GCORE_API_KEY: apiKey,
    GCORE_BASE_URL: url,
  });
  const pulumi = (...args: string[]) =>
    promisify(execFile)(cli.command, ["--non-interactive", "--color=never", ...args], { cwd: folder, env });
  await pulumi("stack", "init", STACK);
  // One at a time, so that the calls are in an order that gives the same IDs.
  await pulumi("up", "--yes", "--skip-preview", "--parallel", "1");
  await pulumi("preview", "--expect-no-changes");
  const file = join(folder, "export.json");
  await pulumi("stack", "export", "--file", file);
  const exported = JSON.parse(await readFile(file, "utf8"));
  for (const plugin of exported.deployment.manifest.plugins ?? []) delete plugin.path;
  for (const resource of exported.deployment.resources) {
    delete resource.sourcePosition;
    delete resource.stackTrace;
  }
  return asJson(exported);
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
