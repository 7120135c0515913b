import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

/** A policy by class, in the server that Pulumi starts for a policy pack: the CLI that is built here cannot start one. */

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

const type = "pulumi-nodejs:dynamic/gcore-reseller:ClientUser";
const sdk = createRequire(require.resolve("@pulumi/pulumi"));
const { AnalyzerClient } = sdk("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const { AnalyzeRequest, AnalyzerResourceOptions } = sdk("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");
const { credentials } = sdk("@grpc/grpc-js");

async function startPack() {
  const child = spawn(process.execPath, ["-e", pack], {
    cwd: resolve(__dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  for await (const port of createInterface({ input: child.stdout })) {
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    onTestFinished(() => client.close());
    return (type: string, properties: object) => {
      const request = new AnalyzeRequest();
      request.setType(type);
      request.setName("acme");
      request.setOptions(new AnalyzerResourceOptions());
      request.setUrn(`urn:pulumi:prod::shop::${type}::acme`);
      request.setProperties(Struct.fromJavaScript(properties));
      return new Promise<string[]>((done, failed) =>
        client.analyze(
          request,
          (error: Error | null, response: { getDiagnosticsList(): { getMessage(): string }[] }) =>
            error ? failed(error) : done(response.getDiagnosticsList().map((found) => found.getMessage())),
        ),
      );
    };
  }
  throw new Error("the policy pack did not start");
}

test("validateResourceOfType(ClientUser): called with the inputs of each ClientUser, and of no other type", {
  timeout: 30_000,
}, async () => {
  const analyze = await startPack();
  const acme = { email: "it@acme.example", company: "Acme Ltd" };
  expect(await analyze(type, acme)).toEqual([expect.stringContaining("Acme Ltd has no country")]);
  expect(await analyze(type, { ...acme, countryCode: "DE" })).toEqual([]);
  expect(await analyze("pulumi-nodejs:dynamic:Resource", acme)).toEqual([]);
});
