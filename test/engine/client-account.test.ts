import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack, type Program } from "../support/stack";
import { expectSmallState } from "../support/state-size";

/** A ClientAccount on the real engine, with a feature that hangs on it. */

const patch = "PATCH /iam/clients/50001";
const globex = { kind: "ClientAccount", client: 50_001, company: "Globex", seller: null };
const cname = { kind: "FreeFeature", client: "$globex.client", featureId: 61 };

test("taken on, no diff, refreshed, changed, drifted, refused beside a ClientUser, deleted outside, destroyed", async () => {
  const api = await startApi();
  api.sandbox.seed(2);
  api.sandbox.updateClient(50_001, { seller: 11, phone: "+49", custom_id: "crm-1" });
  const stack = await newStack(api.env);
  const write = (resources: NonNullable<Program["resources"]>) => stack.write({ resources });
  const changes = () => api.seen.splice(0).flatMap(({ call, body }) => (call.startsWith("GET ") ? [] : [[call, body]]));

  write({ globex, cname });
  await stack.up();
  expect(changes()).toEqual([
    [patch, { companyName: "Globex", seller: null }],
    ["POST /iam/admin/free_features", { client_id: 50_001, feature_id: 61 }],
  ]);
  const { __provider, ...outputs } = (await stack.resources("ClientAccount")).globex?.outputs ?? {};
  expect(outputs).toMatchObject({ client: 50_001, company: "Globex", seller: null, reseller: 1, status: "new" });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  await expectSmallState(stack, "ClientAccount");
  api.calls();

  write({ globex: { ...globex, customId: "crm-2" }, cname });
  const preview = await stack.preview("--diff");
  expect(preview.output).toMatch(/\+ customId\s*: "crm-2"/);
  // The account's ID is an input, which is known during a preview: its feature is not part of it.
  expect(preview.output).not.toMatch(/FreeFeature/);
  // Pulumi's own comparison takes null for absent.
  write({ globex: { ...globex, phone: null }, cname });
  await stack.up();
  expect(changes()).toEqual([[patch, { phone: null }]]);
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });

  api.sandbox.updateClient(50_001, { companyName: "Portal", seller: 11, name: "Not managed" });
  const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
  expect(drift.code).not.toBe(0);
  expect(drift.output).toMatch(/~ company\s*: "Globex" => "Portal"/);
  expect(drift.output).toMatch(/\+ seller\s*: 11/);
  expect((await stack.refresh()).code).toBe(0);
  await stack.up();
  expect(changes()).toEqual([[patch, { companyName: "Globex", seller: null }]]);

  const [account] = api.sandbox.accounts();
  const twin = { kind: "ClientUser", email: account?.email, company: "Globex", customId: "crm-1" };
  const adopted = { ...twin, adoptId: `50001/${account?.users[0]?.id}` };
  write({ globex, cname, twin: adopted });
  expect(await stack.refusedUp()).toMatch(
    /belongs to the resource (ClientAccount globex|ClientUser twin) of this program/,
  );
  expect(changes().map(([call]) => call)).not.toContain("DELETE /iam/users/8001");
  write({ globex, cname });
  await stack.up();

  const destroyed = await stack.destroy();
  expect(destroyed.output).toContain("client account 50001 (Globex) stays at Gcore.");
  expect(api.sandbox.accounts()).toMatchObject([{ client: 50_001, deleted: false, users: [{}] }, {}]);

  write({ globex });
  await stack.up();
  api.sandbox.updateClient(50_001, { deleted: true });
  expect((await stack.refresh()).code).toBe(0);
  expect(await stack.resources("ClientAccount")).toEqual({});
  expect(await stack.refusedUp()).toContain("client: 50001 is no client account of this reseller.");
});
