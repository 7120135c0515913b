import * as pulumi from "@pulumi/pulumi";
import { configKey, nameProblem } from "../config";

const API_KEY = configKey("apiKey");
const NAMESPACE = configKey("");
/** Not in the SDK's declarations. Only the program can know: a provider gets its config decrypted. */
const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };

const warned = new Set<string>();

/**
 * Warns of mistakes in the stack's config, of each once a process and stack. None of them is an error: a stack may still
 * have the settings of another version.
 */
export function warnOfStackConfig(): void {
  const config = pulumi.runtime.allConfig();
  if (config[API_KEY] !== undefined && !(isConfigSecret?.(API_KEY) ?? true)) {
    warnOnce(
      `${API_KEY} is not a secret: the API key is readable in the stack's config file and in its state. Encrypt it by ` +
        `\`pulumi config set --secret ${API_KEY}\`, which prompts for the value, then run \`pulumi up\`. If others could read ` +
        "it, replace the key at Gcore.",
    );
  }
  // In a project with the package's name these keys are the program's own.
  if (pulumi.getProject() === NAMESPACE.slice(0, -1)) return;
  for (const key of Object.keys(config).filter((one) => one.startsWith(NAMESPACE))) {
    const problem = nameProblem(key.slice(NAMESPACE.length), configKey);
    if (problem !== undefined) warnOnce(problem);
  }
}

function warnOnce(text: string): void {
  const once = `${pulumi.getProject()}/${pulumi.getStack()}: ${text}`;
  if (warned.has(once)) return;
  warned.add(once);
  pulumi.log.warn(text);
}
