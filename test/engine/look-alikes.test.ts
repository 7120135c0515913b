import { expect, test } from "vitest";
import { startApi } from "../support/api";
import { newStack } from "../support/stack";

/** A renamed resource, and another reseller's Provider: neither deletes nor loses an account. */

const acme = { email: "it@acme.example", password: "acme-W0rd-1", company: "Acme" };

test("resource renamed with an alias, and another one of its old name: the second is refused", async () => {
  const api = await startApi();
  const stack = await newStack(api.env);
  const gmbh = { ...acme, $options: { aliases: [{ name: "acme" }] } };
  stack.write({ users: { acme } });
  await stack.up();
  stack.write({ users: { gmbh } });
  await stack.up();
  expect(api.sandbox.accounts()).toMatchObject([{ custom_id: "pulumi:shop/prod/gmbh" }]);
  stack.write({ users: { gmbh, acme } });
  const run = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(run.output).toMatch(
    /already belongs to client account 50001 \(user 8001\), managed by pulumi:shop\/prod\/gmbh/,
  );
  stack.write({ users: { gmbh } });
  await stack.up();
  expect(api.emails()).toEqual([acme.email]);
});

test("resource with another reseller's Provider, then removed: an error, not deleted and still in state", async () => {
  const api = await startApi();
  api.sandbox.seed(1, 2);
  const stack = await newStack(api.env);
  stack.write({ users: { acme } });
  await stack.up();
  const providers = {
    other: { apiKey: "5678$sandbox-second-key", baseUrl: api.url, allowInsecureHttp: true, requestTimeoutSeconds: 5 },
  };
  stack.write({ providers, users: { acme: { ...acme, $provider: "other" } } });
  await stack.pulumi("up", "--yes", "--skip-preview");
  stack.write({ providers });
  const run = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(run.output).toMatch(/belongs to reseller 1, and the API key to reseller 2/);
  expect(Object.keys(await stack.users())).toEqual(["acme"]);
  expect(api.emails()).toContain(acme.email);
});
