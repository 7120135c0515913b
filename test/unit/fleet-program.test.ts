import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { declareFleet } from "../../examples/fleet/fleet/declare";
import type { Account } from "../../examples/fleet/fleet/load";
import type { Entry } from "../../examples/fleet/fleet/schema";

/**
 * What examples/fleet declares, with Pulumi's mocks: for passwords by @pulumi/random, whose plugin is not part of this
 * repository, and for what is refused before any resource. The rest runs in test/engine/fleet.test.ts.
 */

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}
let declared: Declared[] = [];

/** What the functions return, by name. */
const found: Record<string, object> = {
  getSellers: [
    { sellerId: 11, email: "anna@reseller.example" },
    { sellerId: 12, email: "twin@reseller.example" },
    { sellerId: 13, email: "Twin@reseller.example" },
  ],
  getFeatures: [
    { featureId: 61, name: "Custom CNAME", service: "CDN", isFree: true },
    { featureId: 62, name: "Origin shielding", service: "CDN", isFree: false },
  ],
  getClient: {
    client: 50001,
    services: { CDN: { status: "trial" }, DNS: { status: "trialend" }, CLOUD: { status: "paused" } },
  },
};

beforeEach(async () => {
  declared = [];
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      declared.push({ type: type.split(":").at(-1) ?? "", name, inputs });
      return { id: "50001/8001", state: { ...inputs, result: `random password of ${name}` } };
    },
    call: ({ token }) => found[token.split(":").at(-1) ?? ""] ?? {},
  });
});

const account = (name: string, entry: Entry): Account => ({ name, entry, at: (field) => `a.yaml:7: ${name}.${field}` });
const acme = { email: "it@acme.example", company: "Acme Ltd" };
const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((done) => output.apply(done));

/** Declares accounts, and returns the outputs once all resources are registered. */
async function declare(...accounts: Account[]) {
  const { clients, initialPasswords } = await declareFleet(accounts);
  await settled(pulumi.all(Object.values(clients)));
  await new Promise((done) => setImmediate(done));
  return { initialPasswords, isSecret: await pulumi.isSecret(initialPasswords) };
}

const names = () => declared.map(({ type, name }) => `${type} ${name}`).sort();

describe("examples/fleet", () => {
  test("password: random for a new user only, and a secret output; an adopted user has one", async () => {
    const { initialPasswords, isSecret } = await declare(
      account("acme", acme),
      account("globex", { ...acme, email: "it@globex.example", adoptId: "50001/8001" }),
    );
    expect(names()).toEqual(["ClientUser acme", "ClientUser globex", "RandomPassword acme-password"]);
    expect(isSecret).toBe(true);
    expect(await settled(pulumi.unsecret(initialPasswords))).toEqual({ acme: "random password of acme-password" });
  });

  test("names of sellers and features: IDs, whatever their case", async () => {
    await declare(account("acme", { ...acme, seller: "Anna@reseller.example", features: ["custom cname", 62] }));
    expect(names()).toEqual([
      "ClientUser acme",
      "FreeFeature acme-61",
      "PaidFeature acme-62",
      "RandomPassword acme-password",
    ]);
    expect(declared.find(({ type }) => type === "ClientUser")?.inputs).toMatchObject({ seller: 11 });
  });

  test("names that are unknown or ambiguous: are reported at once with their places, before any resource", async () => {
    const accounts = [
      account("acme", { ...acme, seller: "bob@reseller.example", features: ["CNAME", "Custom CNAME"] }),
      account("globex", { ...acme, seller: "twin@reseller.example" }),
    ];
    await expect(declareFleet(accounts)).rejects.toThrow(
      [
        "a.yaml:7: acme.seller: there is no seller bob@reseller.example",
        "a.yaml:7: globex.seller: several have the name twin@reseller.example: use the ID",
        "a.yaml:7: acme.features: there is no feature CNAME",
      ].join("\n"),
    );
    expect(declared).toEqual([]);
  });

  test("one feature by name and by ID: is reported", async () => {
    await expect(declareFleet([account("acme", { ...acme, features: [61, 62, "custom cname"] })])).rejects.toThrow(
      "a.yaml:7: acme.features: 61 and custom cname are the same feature",
    );
    expect(declared).toEqual([]);
  });

  test("a renamed entry: has the password of its former name; one that no entry has is named in a warning", async () => {
    const config = { "password:old": "pass-W0rd-of-old", "password:gone": "pass-W0rd-of-gone" };
    pulumi.runtime.setAllConfig(config, Object.keys(config));
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    await declare(account("acme", { ...acme, formerName: "old" }));
    pulumi.runtime.setAllConfig({});
    expect(names()).toEqual(["ClientUser acme"]);
    expect(warn.mock.calls).toEqual([["password:gone: no entry has this name; pulumi config rm removes it"]]);
  });

  test("offboard: pauses the services in use, and no others", async () => {
    await declare(account("acme", { ...acme, adoptId: "50001/8001", services: { DNS: "trial" }, offboard: true }));
    const services = declared.filter(({ type }) => type === "ClientService").map(({ inputs }) => inputs);
    expect(services).toMatchObject([
      { name: "CDN", status: "paused" },
      { name: "CLOUD", status: "paused" },
    ]);
  });

  test("account without a user: null clears a field, availability is a service's", async () => {
    await declare(
      account("acme", { adoptId: "50001", phone: null, products: { CDN: false }, services: { CDN: "paused" } }),
    );
    expect(names()).toEqual(["ClientAccount acme", "ClientService acme-cdn"]);
    expect(declared.find(({ type }) => type === "ClientService")?.inputs).toMatchObject({
      name: "CDN",
      available: false,
      status: "paused",
    });
    expect(declared.find(({ type }) => type === "ClientAccount")?.inputs).toMatchObject({ client: 50001, phone: null });
  });
});
