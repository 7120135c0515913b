import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startPolicies, typeOf } from "../support/policies";

/** A policy by class, in the server that Pulumi starts for a policy pack. */

const pack = `
const { PolicyPack, validateResourceOfType } = require("@pulumi/policy");
const { ClientUser } = require("pulumi-gcore-reseller");
new PolicyPack("shop", {
  policies: [{
    name: "country",
    description: "Each account has a country.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(ClientUser, (user, args, report) => {
      if (user.countryCode === undefined) report(user.company + " has no country");
    }),
  }],
});`;

test("validateResourceOfType(ClientUser): called with the inputs of each ClientUser, and of no other type", {
  timeout: 30_000,
}, async () => {
  const policies = await startPolicies(["-e", pack], resolve(__dirname, "../.."));
  onTestFinished(policies.close);
  const messages = async (type: string, properties: object) =>
    (await policies.analyze({ type, name: "acme", properties })).map(({ message }) => message);
  const acme = { email: "it@acme.example", company: "Acme Ltd" };
  expect(await messages(typeOf("ClientUser"), acme)).toEqual([expect.stringContaining("Acme Ltd has no country")]);
  expect(await messages(typeOf("ClientUser"), { ...acme, countryCode: "DE" })).toEqual([]);
  expect(await messages("pulumi-nodejs:dynamic:Resource", acme)).toEqual([]);
});
