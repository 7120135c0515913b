import { createRequire } from "node:module";
import { runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, test, vi } from "vitest";

/** The one serialized method, as it stands in the state of every resource. Built JavaScript: that is what gets serialized. */
const { dynamicProvider } = createRequire(__filename)("../../dist/provider/engine/dynamic.js");
const requireFromString = createRequire(require.resolve("@pulumi/pulumi"))("require-from-string");

describe("the serialized provider", () => {
  let text: string;
  beforeAll(async () => {
    const provider = dynamicProvider("ClientUser");
    text = (await runtime.serializeFunction(() => provider)).text;
  });

  test("is at most 700 bytes", () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(700);
  });

  test("captures its kind and nothing else", () => {
    expect(text).toContain('require("pulumi-gcore-reseller/runtime")[kind]');
    expect(text.match(/require\(/g)).toHaveLength(1);
    const captured = [...text.matchAll(/with\(\{ (.*?), this: undefined, arguments: undefined \}\)/g)].map(
      (match) => match[1],
    );
    expect(captured).toEqual(['kind: "ClientUser"', "provider: __provider"]);
  });

  test("takes on the installed verbs when it is loaded and configured as the plugin does", async () => {
    const loaded = requireFromString(text).handler();
    expect(Object.keys(loaded)).toEqual(["configure"]);
    const get = vi.fn(
      (key: string) => ({ "gcore-reseller:apiKey": "1$x", "gcore-reseller:explicitProvider": "true" })[key],
    );
    await loaded.configure({ config: { get } });
    expect(get).toHaveBeenCalledTimes(0);
    expect(Object.keys(loaded).sort()).toEqual(["check", "configure", "create", "delete", "diff", "read", "update"]);
    const checked = await loaded.check({}, { email: "not an address", password: "p", company: "c", typo: 1 });
    expect(checked.failures.map((failure: { reason: string }) => failure.reason)).toEqual([
      "email: must be an e-mail address",
      "typo: there is no such input",
    ]);
  });
});
