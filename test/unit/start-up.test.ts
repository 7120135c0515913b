import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

/** What a program loads with the package, at each preview and update. */

test("package without a call of a function: the HTTP client is not loaded", () => {
  const script = `require(${JSON.stringify(join(resolve(__dirname, "../.."), "dist/provider/index.js"))});
    console.log(JSON.stringify(Object.keys(require.cache)));`;
  const loaded: string[] = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
  expect(loaded.filter((path) => path.includes("provider/pulumi/functions"))).toHaveLength(1);
  expect(loaded.filter((path) => /node_modules.undici/.test(path))).toEqual([]);
});
