import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { unsupportedNode } from "../../sandbox/src/node-version";

const folder = join(__dirname, "../../sandbox");
const { engines } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const message = (version: string) => `gcore-reseller-sandbox needs Node.js 22.19 or newer; this is ${version}`;

test.each([
  ["18.20.8", message("18.20.8")],
  ["20.20.2", message("20.20.2")],
  ["22.18.0", message("22.18.0")],
  ["22.19.0", undefined],
  ["23.0.0", undefined],
  ["24.21.0", undefined],
])("Node.js %s: %s", (version, expected) => {
  expect(unsupportedNode(version)).toBe(expected);
  expect(engines.node).toBe(">=22.19");
});

/** A Node.js on the PATH that is too old, with its version. */
const old = (process.env.PATH ?? "")
  .split(delimiter)
  .map((path) => join(path, "node"))
  .filter((path) => existsSync(path))
  .map((path) => ({
    path,
    version: spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim(),
  }))
  .find(({ version }) => version !== "" && unsupportedNode(version) !== undefined);

describe.skipIf(old === undefined)("with an older Node.js", () => {
  const run = (...args: string[]) => spawnSync(old?.path ?? "", args, { encoding: "utf8", cwd: folder });

  test("the command prints one line that names the version needed", () => {
    const { status, stdout, stderr } = run("bin/gcore-reseller-sandbox.js");
    expect([status, stdout, stderr]).toEqual([1, "", `${message(old?.version ?? "")}\n`]);
  });

  test("loading the package throws an error that names the version needed", () => {
    const { status, stderr } = run("-e", "require('gcore-reseller-sandbox')");
    expect(status).toBe(1);
    expect(stderr).toContain(`Error: ${message(old?.version ?? "")}`);
    expect(stderr).not.toContain("    at ");
  });
});
