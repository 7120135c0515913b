import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { AnalyzeRequest, AnalyzeResponse, AnalyzerInfo, AnalyzerResource } from "@pulumi/pulumi/proto/analyzer_pb";

/** The server that Pulumi starts for a policy pack, and the calls that the engine makes to it. */

const sdk = createRequire(require.resolve("@pulumi/pulumi"));
const { AnalyzerClient } = sdk("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const messages: typeof import("@pulumi/pulumi/proto/analyzer_pb") = sdk("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
const { credentials } = sdk("@grpc/grpc-js");

/** How the SDK marks an unknown value, and wraps a secret. */
export const unknown: string = sdk("@pulumi/pulumi/runtime/rpc.js").unknownValue;
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

export const typeOf = (kind: string) => `pulumi-nodejs:dynamic/gcore-reseller:${kind}`;

/** A resource as the engine passes it to policies. */
export interface PolicyInput {
  type: string;
  name: string;
  properties: object;
  protect?: boolean;
  stack?: string;
  /** URNs of the resources whose outputs a property is made from. Stack policies alone see them. */
  dependencies?: Record<string, string[]>;
}

export const urnOf = ({ type, name, stack = "prod" }: Pick<PolicyInput, "type" | "name" | "stack">) =>
  `urn:pulumi:${stack}::shop::${type}::${name}`;

export interface Violation {
  policy: string;
  message: string;
  level: string;
  urn: string;
}

const levels = ["advisory", "mandatory", "disabled", "remediate"];

/** Starts the server of a pack: Node.js with these arguments. */
export async function startPolicies(args: string[], cwd: string) {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  for await (const port of createInterface({ input: child.stdout })) {
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const call = <T>(method: string, request: object) =>
      new Promise<T>((done, failed) =>
        client[method](request, (error: Error | null, response: T) => (error ? failed(error) : done(response))),
      );
    const violations = async (method: string, request: object): Promise<Violation[]> => {
      const response = await call<AnalyzeResponse>(method, request);
      return response.getDiagnosticsList().map((found) => ({
        policy: found.getPolicyname(),
        message: found.getMessage(),
        level: levels[found.getEnforcementlevel()] ?? "",
        urn: found.getUrn(),
      }));
    };
    return {
      close: () => {
        client.close();
        child.kill();
      },
      /** Sets what the engine sets: the defaults, and instead of those the settings of a file. */
      async configure(settings: Record<string, object> = {}) {
        const request = new messages.ConfigureAnalyzerRequest();
        const info = await call<AnalyzerInfo>("getAnalyzerInfo", new Empty());
        for (const policy of info.getPoliciesList()) {
          const schema = Object.entries(policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {});
          const defaults = Object.fromEntries(
            schema.map(([name, property]) => [name, (property as { default?: unknown }).default]),
          );
          const config = new messages.PolicyConfig();
          config.setEnforcementlevel(policy.getEnforcementlevel());
          config.setProperties(Struct.fromJavaScript({ ...defaults, ...settings[policy.getName()] }));
          request.getPolicyconfigMap().set(policy.getName(), config);
        }
        await call("configure", request);
      },
      /** What the policies find in the inputs of a resource. */
      analyze: (resource: PolicyInput) => violations("analyze", fill(new messages.AnalyzeRequest(), resource)),
      /** What the stack policies find in all resources. */
      analyzeStack: (resources: PolicyInput[]) => {
        const request = new messages.AnalyzeStackRequest();
        request.setResourcesList(resources.map((resource) => withDependencies(resource)));
        return violations("analyzeStack", request);
      },
    };
  }
  throw new Error("the policy pack did not start");
}

function fill<M extends AnalyzeRequest | AnalyzerResource>(message: M, resource: PolicyInput): M {
  const options = new messages.AnalyzerResourceOptions();
  options.setProtect(resource.protect ?? false);
  message.setType(resource.type);
  message.setName(resource.name);
  message.setUrn(urnOf(resource));
  message.setOptions(options);
  message.setProperties(Struct.fromJavaScript(resource.properties));
  return message;
}

function withDependencies(resource: PolicyInput) {
  const message = fill(new messages.AnalyzerResource(), resource);
  for (const [property, urns] of Object.entries(resource.dependencies ?? {})) {
    const dependencies = new messages.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  return message;
}
