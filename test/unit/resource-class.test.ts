import { CustomResource, output, runtime, type Unwrap } from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { ClientService, ClientUser, Provider } from "../../provider";

/** What a program sees of a resource's class, with mocked replies of the engine. */

const args = { email: "it@acme.example", password: "p", company: "Acme Ltd" };
const outputs = { reseller: 1, twoFa: true, groups: [{ id: 1, name: "Administrators" }] };
const resolved = <T>(value: T) => new Promise<Unwrap<T>>((resolve) => output(value).apply(resolve));
const registered: { type: string; inputs: Record<string, unknown> }[] = [];

test("constructor without an engine: throws, since nothing would be registered", () => {
  expect(() => new ClientUser("acme", args)).toThrow(/no Pulumi engine is connected.*setMocks.*two copies/);
});

describe("with mocks", () => {
  beforeAll(() =>
    runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, inputs });
        const id = name === "acme" ? "50001/8001" : `${name}_id`;
        return { id, state: { ...inputs, userId: 7, client: 6, ...outputs } };
      },
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

  test("isInstance: true for this class only, also for a resource of another copy of the package", () => {
    const acme = new ClientUser("acme", args);
    const { __pulumiType } = ClientUser as unknown as { __pulumiType: string };
    expect(__pulumiType).toBe("pulumi-nodejs:dynamic/gcore-reseller:ClientUser");
    expect(registered.at(-1)?.type).toBe(__pulumiType);
    expect([ClientUser.isInstance(acme), CustomResource.isInstance(acme)]).toEqual([true, true]);
    expect(ClientUser.isInstance({ __pulumiType })).toBe(true);
    const others = [new Provider("other", { apiKey: "1$a" }), { ...args }, "acme", null, undefined];
    expect(others.map((other) => ClientUser.isInstance(other))).toEqual([false, false, false, false, false]);
  });

  test("option import: refused, and the error names adoptId with the same ID", () => {
    const importing = () => new ClientUser("acme", args, { import: "50001/8001" });
    expect(importing).toThrow(/import.*adoptId: "50001\/8001".*`pulumi up`/);
    const given = () => new ClientService("cdn", { client: 7, name: "CDN", enabled: true }, { import: "7/CDN" });
    expect(given).toThrow(/import.*To take over what exists, declare the resource without it and run `pulumi up`\.$/);
  });

  test("Provider: an argument that is no setting is refused by its name, whatever its value", () => {
    const constructing = (args: object) => () => new Provider("other", { apiKey: "1$no-real-key", ...args });
    expect(constructing({ requestPerSecond: 3 })).toThrow(
      /^Provider other: requestPerSecond is no setting; there are apiKey, .*, requestsPerSecond, /,
    );
    expect(constructing({ region: undefined, explicitProvider: "true" })).toThrow(
      /^Provider other: region is no setting; .* explicitProvider is no setting; [^$]*$/,
    );
    expect(constructing({ requestsPerSecond: 3, baseUrl: undefined })).not.toThrow();
  });
});
