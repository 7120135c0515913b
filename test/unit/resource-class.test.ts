import { output, runtime, type Unwrap } from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { ClientUser } from "../../provider";

/** What a program sees of a resource's class, with mocked replies of the engine. */

const args = { email: "it@acme.example", password: "p", company: "Acme Ltd" };
const details = { reseller: 1, twoFa: true, groups: [{ id: 1, name: "Administrators" }] };
const resolved = <T>(value: T) => new Promise<Unwrap<T>>((resolve) => output(value).apply(resolve));

beforeAll(() =>
  runtime.setMocks({
    newResource: ({ inputs }) => ({
      id: "8001",
      state: { ...inputs, userId: 8001, client: 50001, details: JSON.stringify(details) },
    }),
    call: () => ({}),
  }),
);

test("outputs: each has its own property, absent ones are undefined, and the JSON of state is hidden", async () => {
  const acme = new ClientUser("acme", args);
  expect(await resolved([acme.userId, acme.client, acme.reseller, acme.twoFa, acme.groups])).toEqual([
    8001,
    50001,
    1,
    true,
    details.groups,
  ]);
  expect(await resolved([acme.isActive, acme.phone])).toEqual([undefined, undefined]);
  expect(Object.keys(acme)).toContain("twoFa");
  expect(Object.keys(acme)).not.toContain("details");
});

test("error in a transformation of the program: keeps its stack trace, and the settings of Error are restored", () => {
  const before = [Error.stackTraceLimit, Error.prepareStackTrace];
  const fail = () => {
    throw new Error("no such department");
  };
  const constructing = () => new ClientUser("acme", args, { transformations: [fail] });
  const stack = expect.stringMatching(/no such department\n +at fail .*resource-class\.test\.ts/);
  expect(constructing).toThrow(expect.objectContaining({ message: "no such department", stack }));
  new ClientUser("globex", args);
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual(before);
});
