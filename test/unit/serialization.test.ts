import { createRequire } from "node:module";
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { providerText } from "../../provider/engine/dynamic";

/** The provider's text, as it stands in the state of every resource. */

const requireFromString = createRequire(require.resolve("@pulumi/pulumi"))("require-from-string");
const verbs = ["check", "configure", "create", "delete", "diff", "read", "update"];

describe("the serialized provider", () => {
  const text = providerText("ClientUser");

  test("is at most 100 bytes, and names the installed package and nothing else", () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100);
    expect(text.match(/"[^"]*"/g)).toEqual(['"pulumi-gcore-reseller/runtime"']);
  });

  test("has the form that the SDK's own serializer gives a provider", async () => {
    const { text: serialized } = await runtime.serializeFunction(() => ({ check: () => ({}) }));
    for (const form of [serialized, text]) expect(Object.keys(requireFromString(form))).toEqual(["handler"]);
  });

  test("gives the installed verbs when it is loaded and configured as the plugin does", async () => {
    const loaded = requireFromString(text).handler();
    expect(Object.keys(loaded).sort()).toEqual(verbs);
    const get = vi.fn(
      (key: string) => ({ "gcore-reseller:apiKey": "1$x", "gcore-reseller:explicitProvider": "true" })[key],
    );
    await loaded.configure({ config: { get } });
    expect(get).toHaveBeenCalledTimes(0);
    const checked = await loaded.check({}, { email: "not an address", password: "p", company: "c", typo: 1 });
    expect(checked.failures.map((failure: { reason: string }) => failure.reason)).toEqual([
      "email: must be an e-mail address",
      "typo: there is no such input",
    ]);
  });
});
