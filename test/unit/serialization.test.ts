import { createRequire } from "node:module";
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { providerText } from "../../provider/pulumi/resource-class";

/** The serialized provider in the state of every resource. */

const requireFromString = createRequire(require.resolve("@pulumi/pulumi"))("require-from-string");
const verbs = ["check", "configure", "create", "delete", "diff", "read", "update"];

describe("serialized provider", () => {
  const text = providerText("ClientUser");

  test("size and content: at most 100 bytes, with the installed package as the only name", () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100);
    expect(text.match(/"[^"]*"/g)).toEqual(['"pulumi-gcore-reseller/runtime"']);
  });

  test("form: the same as of the SDK's own serializer", async () => {
    const { text: serialized } = await runtime.serializeFunction(() => ({ check: () => ({}) }));
    for (const form of [serialized, text]) expect(Object.keys(requireFromString(form))).toEqual(["handler"]);
  });

  test("loaded and configured as by the plugin: has the verbs of the installed package", async () => {
    const loaded = requireFromString(text).handler();
    expect(Object.keys(loaded).sort()).toEqual(verbs);
    const get = vi.fn(
      (key: string) => ({ "gcore-reseller:apiKey": "1$x", "gcore-reseller:explicitProvider": "true" })[key],
    );
    await loaded.configure({ config: { get } });
    expect(get).toHaveBeenCalledTimes(0);
    const checked = await loaded.check({}, { email: "not an address", password: "p", company: "c", typo: 1 });
    expect(checked.failures.map((failure: { reason: string }) => failure.reason)).toEqual([
      "email: must be an email address",
      "typo: there is no such input",
    ]);
  });
});
