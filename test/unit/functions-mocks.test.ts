import { type Output, output, runtime } from "@pulumi/pulumi";
import { beforeAll, beforeEach, expect, test } from "vitest";
import * as gcore from "../../provider";

/** Functions in the unit tests of a program: its mocks answer, and nothing is sent. There are no settings. */

const calls: runtime.MockCallArgs[] = [];
const resolved = <T>(value: Output<T>) => new Promise<T>((resolve) => value.apply((known) => resolve(known as T)));

beforeAll(() =>
  runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: { ...inputs, client: 7 } }),
    call: (args) => {
      calls.push(args);
      if (args.token.endsWith(":getSellers")) return [{ sellerId: 11 }];
      return args.token.endsWith(":listClients") ? [{ client: 7 }] : { sellerId: 11, client: args.inputs.client };
    },
  }),
);
beforeEach(() => void calls.splice(0));

test("plain form: the mock gets token and arguments, its result is returned", async () => {
  expect(await gcore.getSeller({ email: "anna@seller.example" })).toMatchObject({ sellerId: 11 });
  expect(await gcore.getSellers()).toEqual([{ sellerId: 11 }]);
  const listed: unknown[] = [];
  for await (const client of gcore.listClients({ seller: 11 })) listed.push(client);
  expect(listed).toEqual([{ client: 7 }]);
  expect(calls).toEqual([
    { token: "gcore-reseller:index:getSeller", inputs: { email: "anna@seller.example" } },
    { token: "gcore-reseller:index:getSellers", inputs: {} },
    { token: "gcore-reseller:index:listClients", inputs: { seller: 11 } },
  ]);
});

test("Output form: the same, with the values of outputs and after the resources of dependsOn", async () => {
  const acme = new gcore.ClientUser("acme", { email: "it@acme.example", password: "p", company: "Acme" });
  const other = new gcore.Provider("other", { apiKey: output("1$k") });
  const found = gcore.getClientOutput({ client: acme.client }, { provider: other, dependsOn: [acme] });
  expect(await resolved(found)).toMatchObject({ client: 7 });
  expect(calls).toEqual([{ token: "gcore-reseller:index:getClient", inputs: { client: 7 } }]);
});
