import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack, type Program } from "../support/stack";
import { expectSmallState } from "../support/state-size";

/** A FreeFeature on the real engine, with the client account that it is switched on for. */

const path = "/iam/admin/free_features";
const acme = { kind: "ClientUser", email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme Ltd" };
const cname = { kind: "FreeFeature", client: "$acme.client", featureId: 61 };

test("switched on, no diff, refreshed, left out of an account's edit, switched off outside, replaced, destroyed", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const write = (resources: NonNullable<Program["resources"]>) => stack.write({ resources });
  const changes = () => api.calls().filter((call) => !call.startsWith("GET "));
  const activated = () => api.sandbox.features().map(({ client, feature }) => `${client}/${feature}`);

  write({ acme, cname });
  expect((await stack.preview()).code).toBe(0);
  expect(api.calls()).toEqual([]);
  await stack.up();
  expect(changes()).toEqual(["POST /iam/users", `POST ${path}`]);
  const [feature] = api.sandbox.features();
  const { __provider, ...outputs } = (await stack.resources("FreeFeature")).cname?.outputs ?? {};
  expect(outputs).toEqual({
    client: 50_001,
    featureId: 61,
    activatedFeatureId: feature?.id,
    featureName: "Custom CNAME",
    service: "CDN",
    createdDate: expect.any(String),
    origin: "pulumi:shop/prod/cname",
  });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect((await stack.resources("FreeFeature")).cname).toMatchObject({ id: "50001/61", outputs: { reseller: 1 } });
  await expectSmallState(stack, "FreeFeature");

  // The account's ID is known during a preview, so its feature is not part of it.
  write({ acme: { ...acme, company: "Acme SE", phone: "+49 30 1234567" }, cname });
  const edited = await stack.preview("--diff");
  expect(edited.output).toMatch(/~ company\s*: "Acme Ltd" => "Acme SE"/);
  expect(edited.output).not.toMatch(/FreeFeature/);
  write({ acme, cname });

  api.sandbox.updateClient(50_001, { features: { 61: false } });
  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(drift.code, drift.output).not.toBe(0);
  expect((await stack.refresh()).code).toBe(0);
  expect(await stack.resources("FreeFeature")).toEqual({});
  await stack.up();
  expect(activated()).toEqual(["50001/61"]);
  changes();

  write({ acme, cname: { ...cname, featureId: 63 } });
  await stack.up();
  expect(changes()).toEqual([expect.stringMatching(`^DELETE ${path}/\\d+$`), `POST ${path}`]);
  expect(activated()).toEqual(["50001/63"]);

  await stack.destroy();
  expect([activated(), api.emails()]).toEqual([[], []]);
});
