import * as pulumi from "@pulumi/pulumi";
import { configKey, nameProblem, PACKAGE } from "../config";

const API_KEY = configKey("apiKey");
/** Not in the SDK's declarations. Only the program can know: a provider gets its config decrypted. */
const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };

const warned = new Set<string>();
const checkedRuns = new WeakSet<pulumi.Resource>();

/**
 * Warns of mistakes in the stack's config, of each once a process and stack. None of them is an error: a stack may still
 * have the settings of another version.
 */
export function warnOfStackConfig(): void {
  // The root resource is one of each run. The config of a run does not change, and a copy of it for each resource is slow.
  const run = pulumi.runtime.getStackResource();
  if (run && checkedRuns.has(run)) return;
  if (run) checkedRuns.add(run);
  const config = pulumi.runtime.allConfig();
  if (config[API_KEY] !== undefined && !(isConfigSecret?.(API_KEY) ?? true)) {
    warnOnce(
      `${API_KEY} is not a secret: the API key is readable in the stack's config file and in its state. Encrypt it by ` +
        `\`pulumi config set --secret ${API_KEY}\`, which prompts for the value, then run \`pulumi up\`. If others could read ` +
        "it, replace the key at Gcore.",
    );
  }
  // In a project with the package's name these keys are the program's own.
  if (pulumi.getProject() === PACKAGE) return;
  const prefix = configKey("");
  for (const key of Object.keys(config).filter((one) => one.startsWith(prefix))) {
    const problem = nameProblem(key.slice(prefix.length), configKey);
    if (problem !== undefined) warnOnce(problem);
  }
}

function warnOnce(text: string): void {
  const once = `${pulumi.getProject()}/${pulumi.getStack()}: ${text}`;
  if (warned.has(once)) return;
  warned.add(once);
  pulumi.log.warn(text);
}
