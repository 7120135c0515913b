import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack, type Program } from "../support/stack";
import { expectSmallState } from "../support/state-size";

/** A PaidFeature on the real engine. */

const path = "/iam/admin/paid_features";
const shielding = { kind: "PaidFeature", client: 50_001, featureId: 62 };

test("on already: taken on and logged, no diff, refreshed; free feature refused; switched off and on outside; destroyed", async () => {
  const api = await startApi();
  api.sandbox.seed(1);
  const switchTo = (isOn: boolean) => api.sandbox.updateClient(50_001, { features: { 62: isOn } });
  switchTo(true);
  const stack = await newStack(api.env);
  const write = (resources: NonNullable<Program["resources"]>) => stack.write({ resources });

  write({ shielding });
  const up = await stack.up();
  expect(up.output).toContain(
    "paid feature 62 (Origin shielding) of client account 50001 existed already; a destroy switches it off.",
  );
  expect(api.calls()).toEqual([`POST ${path}`, "GET /iam/clients/50001"]);
  const [first] = api.sandbox.features();
  expect((await stack.resources("PaidFeature")).shielding).toMatchObject({
    id: "50001/62",
    outputs: { activatedFeatureId: first?.id, service: "CDN", reseller: 1 },
  });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await expectSmallState(stack, "PaidFeature");

  write({ shielding, cname: { ...shielding, featureId: 61 } });
  expect(await stack.refusedUp()).toMatch(/PaidFeature cname .*featureId: This is not a paid feature\./);
  write({ shielding });

  switchTo(false);
  switchTo(true);
  const [second] = api.sandbox.features();
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect((await stack.resources("PaidFeature")).shielding?.outputs).toMatchObject({ activatedFeatureId: second?.id });

  await stack.destroy();
  expect(api.sandbox.features()).toEqual([]);
});
