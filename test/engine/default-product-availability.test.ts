import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack, type Program } from "../support/stack";
import { expectSmallState } from "../support/state-size";

/** A DefaultProductAvailability on the real engine, in the program that creates the reseller's first account. */

const path = "/iam/products/availability/defaults";
const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
const product = (productName: string, available: boolean) => ({ productName, available });
const defaults = {
  kind: "DefaultProductAvailability",
  products: [product("DNS", false), product("CLOUD", true)],
  restoreOnDestroy: true,
};

test("set, no diff, refreshed, changed, drifted, refused with another reseller's key, restored; left as it is", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const write = (resources: NonNullable<Program["resources"]>) => stack.write({ resources });
  const patches = () =>
    api.seen
      .splice(0)
      .flatMap(({ call, body }) => (call === `PATCH ${path}` ? [Object.values(Object(body)).join(" ")] : []));

  write({ defaults, acme });
  await stack.up();
  expect(patches()).toEqual(["CLOUD true", "DNS false"]);
  const { __provider, ...outputs } = (await stack.resources("DefaultProductAvailability")).defaults?.outputs ?? {};
  expect(outputs).toEqual({
    products: defaults.products,
    restoreOnDestroy: true,
    reseller: 1,
    before: { DNS: true, CLOUD: false },
    origin: "pulumi:shop/prod/defaults",
  });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await expectSmallState(stack, "DefaultProductAvailability");
  api.calls();

  write({ defaults: { ...defaults, products: [product("CLOUD", true), product("CDN", false)] }, acme });
  await stack.up();
  expect(patches()).toEqual(["CDN false"]);

  await api.send("PATCH", path, { product_name: "CLOUD", available: false });
  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(drift.code).not.toBe(0);
  expect(drift.output).toMatch(/~ products\b/);
  expect((await stack.refresh()).code).toBe(0);
  await stack.up();
  expect(patches()).toEqual(["CLOUD true"]);

  api.sandbox.seed(1, 2);
  const other = { GCORE_API_KEY: "5678$sandbox-second-key" };
  const refused = await stack.start(["destroy", "--yes", "--skip-preview"], other).run;
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/belongs to reseller 1, and the API key to reseller 2: check the API key/);
  expect(patches()).toEqual([]);

  write({ acme });
  await stack.up();
  expect(patches()).toEqual(["CDN true", "CLOUD false"]);

  write({ defaults: { ...defaults, restoreOnDestroy: false }, acme });
  await stack.up();
  api.calls();
  const destroyed = await stack.destroy();
  expect(destroyed.output).toContain("the default availability of DNS, CLOUD stays at Gcore.");
  expect(patches()).toEqual([]);
});
