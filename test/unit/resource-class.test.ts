import { output, runtime, type Unwrap } from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { ClientUser } from "../../provider";

/** What a program sees of a resource's class, with mocked replies of the engine. */

const args = { email: "it@acme.example", password: "p", company: "Acme Ltd" };
const outputs = { reseller: 1, twoFa: true, groups: [{ id: 1, name: "Administrators" }] };
const resolved = <T>(value: T) => new Promise<Unwrap<T>>((resolve) => output(value).apply(resolve));

beforeAll(() =>
  runtime.setMocks({
    newResource: ({ name, inputs }) => ({
      id: name === "acme" ? "50001/8001" : `${name}_id`,
      state: { ...inputs, userId: 7, client: 6, ...outputs },
    }),
    call: () => ({}),
  }),
);

test("outputs: each by its own name, absent ones are undefined, hidden inputs are not enumerable", async () => {
  const acme = new ClientUser("acme", args);
  expect(await resolved([acme.reseller, acme.twoFa, acme.groups])).toEqual([1, true, outputs.groups]);
  expect(await resolved([acme.isActive, acme.phone])).toEqual([undefined, undefined]);
  expect(Object.keys(acme)).toContain("twoFa");
  expect(Object.keys(acme)).not.toContain("origin");
});

test("client and userId: from an ID of the form <n>/<n>, else by name as mocks give them", async () => {
  const acme = new ClientUser("acme", args);
  const mocked = new ClientUser("mocked", args);
  expect(await resolved([acme.client, acme.userId, mocked.client, mocked.userId])).toEqual([50001, 8001, 6, 7]);
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
