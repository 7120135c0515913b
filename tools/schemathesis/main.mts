// npm run test:schemathesis: runs Schemathesis, a property-based tester of OpenAPI documents, against the sandbox, with
// all calls of the contract's facts. It needs Python 3.10 or newer with venv, and PyPI.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "gcore-reseller-sandbox";
import type { Facts } from "../contract/make.mts";
import { reseller, user } from "./examples.mts";
import { openApi } from "./schema.mts";

const VERSION = "4.32.5";
const options = [
  "--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection,ignored_auth",
  "--phases=examples,coverage,fuzzing,stateful",
  "--max-examples=30",
  "--seed=1",
  "--generation-database=none",
  "--continue-on-failure",
  "--warnings=off",
  "--no-color",
];

const root = join(import.meta.dirname, "../..");
const facts: Facts = JSON.parse(await readFile(join(root, "test/contract/iam.json"), "utf8"));
const operations = Object.entries(facts.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);
const folder = await mkdtemp(join(tmpdir(), "schemathesis-"));
const schemathesis = await install(join(root, "node_modules/.cache", `schemathesis-${VERSION}`));
const failures: string[] = [];
let calls = 0;
const tested = [...(await test(reseller)), ...(await test(user))];
await rm(folder, { recursive: true });
failures.push(...operations.filter((name) => !tested.includes(name)).map((name) => `${name} has no example`));
failures.push(...tested.filter((name) => !operations.includes(name)).map((name) => `${name} is not in iam.json`));
console.log(
  failures.length > 0
    ? failures.map((failure) => `FAILED: ${failure}`).join("\n")
    : `${tested.length} operations, ${calls} calls: no server error, and no reply outside the contract`,
);
process.exitCode = Number(failures.length > 0);

/** The command of an installation in a virtual environment of its own. */
async function install(venv: string): Promise<string> {
  const bin = join(venv, process.platform === "win32" ? "Scripts" : "bin");
  const done = join(venv, "installed");
  if (!existsSync(done)) {
    await rm(venv, { recursive: true, force: true });
    await run("python3", ["-m", "venv", venv]);
    await run(join(bin, "python"), ["-m", "pip", "install", "--quiet", `schemathesis==${VERSION}`]);
    await writeFile(done, "");
  }
  return join(bin, "schemathesis");
}

/** Tests the calls of one caller in a sandbox of its own. Returns their names. */
async function test(fill: typeof reseller): Promise<string[]> {
  const { url, sandbox, close } = await startSandbox();
  try {
    const { authorization, examples } = await fill(sandbox, (...call) => send(url, ...call));
    const file = join(folder, `${fill.name}.json`);
    await writeFile(file, JSON.stringify(openApi(facts, examples)));
    sandbox.clearRequests();
    const header = `Authorization: ${authorization}`;
    const result = await run(schemathesis, ["run", file, "--url", url, "--header", header, ...options]).catch(String);
    if (result !== undefined) failures.push(`the calls of a ${fill.name}: ${result}`);

    const requests = sandbox.requests();
    calls += requests.length;
    const successes = requests.filter(({ status }) => status !== null && status < 300);
    for (const name of Object.keys(examples)) {
      const pattern = new RegExp(`^${name.replaceAll(/\{\w+\}/g, "[0-9]+")}$`);
      const succeeded = successes.some(({ method, path }) => pattern.test(`${method} ${path}`));
      if (!succeeded) failures.push(`${name}: no call succeeded, so no reply was tested`);
    }
    return Object.keys(examples);
  } finally {
    await close();
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { cwd: folder, stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

async function send(
  url: string,
  method: string,
  path: string,
  authorization: string,
  body?: unknown,
): Promise<unknown> {
  const headers = { authorization, ...(body !== undefined && { "content-type": "application/json" }) };
  const reply = await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status}`);
  return reply.json();
}
