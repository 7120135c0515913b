import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { unsupportedNode } from "../../provider/node-version";

/** An older Node.js, on which the dependencies would fail with errors that do not name the reason. */

const root = resolve(__dirname, "../..");
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const message = (version: string) => `pulumi-gcore-reseller needs Node.js 22.19 or newer; this is ${version}`;

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
  test.each(["pulumi-gcore-reseller", "pulumi-gcore-reseller/runtime"])(
    "%s: one line that names the version needed, and no stack trace",
    (entry) => {
      const script = `try { require("${entry}") } catch (error) { console.log(error.stack) }`;
      const { stdout, stderr } = spawnSync(old?.path ?? "", ["-e", script], { encoding: "utf8", cwd: root });
      expect([stdout, stderr]).toEqual([`${message(old?.version ?? "")}\n`, ""]);
    },
  );
});
