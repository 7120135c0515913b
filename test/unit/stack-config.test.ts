import { runtime } from "@pulumi/pulumi";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { ClientUser, getSeller } from "../../provider";
import { settingNames } from "../../provider/config";

/** The warnings about stack config, from the SDK's own store of it. Without an engine the SDK prints them. */

const noSetting = (name: string) => `gcore-reseller:${name} is no setting; there are ${settingNames.join(", ")}.`;
const args = { email: "it@acme.example", password: "p", company: "Acme Ltd" };

/** The declarations lack the second argument: the keys of secrets. */
const setAllConfig = runtime.setAllConfig as (config: Record<string, string>, secretKeys?: string[]) => void;
/** A stack for each test: each mistake is reported once a stack and process. */
const useStack = (config: Record<string, string>, secretKeys: string[] = [], project = "shop") => {
  const mocks = { newResource: ({ name }: { name: string }) => ({ id: name, state: {} }), call: () => ({}) };
  runtime.setMocks(mocks, project, `stack-${++stacks}`);
  setAllConfig(config, secretKeys);
};
let stacks = 0;
let printed: string[];

beforeEach(() => {
  printed = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((text) => void printed.push(text));
  onTestFinished(() => spy.mockRestore());
});

/** What a program with two resources and a function prints. */
async function warnings(): Promise<string[]> {
  for (const name of ["acme", "globex"]) new ClientUser(name, args);
  await getSeller({ email: "anna@seller.example" });
  return printed.map((text) => text.replace(/^warning: \[runtime] /, ""));
}

test("a misspelled setting: one line in a run, with the names that there are", async () => {
  useStack({ "gcore-reseller:requestPerSecond": "3", "shop:requestPerSecond": "3" });
  expect(await warnings()).toEqual([noSetting("requestPerSecond")]);
});

test("a function alone, and the next stack of the process: warned too", async () => {
  for (const _ of [1, 2]) {
    useStack({ "gcore-reseller:region": "3" });
    await getSeller({ email: "anna@seller.example" });
  }
  expect(printed).toEqual([1, 2].map(() => expect.stringContaining(noSetting("region"))));
});

test("several keys: a line each; the internal key of an explicit Provider is none to set", async () => {
  useStack({ "gcore-reseller:region": "3", "gcore-reseller:explicitProvider": "true" });
  expect(await warnings()).toEqual([noSetting("region"), noSetting("explicitProvider")]);
});

test("valid settings, and a project that has the package's name, whose keys are its own: no warning", async () => {
  const valid = { "gcore-reseller:apiKey": "1$no-real-key", "gcore-reseller:requestsPerSecond": "3" };
  useStack(valid, ["gcore-reseller:apiKey"]);
  expect(await warnings()).toEqual([]);
  useStack({ ...valid, "gcore-reseller:region": "3" }, ["gcore-reseller:apiKey"], "gcore-reseller");
  expect(await warnings()).toEqual([]);
});

test("`config set gcore-reseller:apiKey=…`, which makes the key a part of the name: it is not printed", async () => {
  useStack({ "gcore-reseller:apiKey=1234$no-real-key": "" });
  expect(await warnings()).toEqual([noSetting("apiKey…")]);
});

test("API key without encryption: one warning, without the key", async () => {
  useStack({ "gcore-reseller:apiKey": "1234$no-real-key" });
  expect(await warnings()).toEqual([expect.stringMatching(/^gcore-reseller:apiKey is not a secret: /)]);
  expect(printed.join()).not.toContain("no-real-key");
});
