import * as pulumi from "@pulumi/pulumi";
import { configKey } from "../config";

const API_KEY = configKey("apiKey");
/** Not in the SDK's declarations. Only the program can know: a provider gets its config decrypted. */
const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };

const warned = new Set<string>();

/** Warns once a process and stack if the API key is in the stack's config without encryption. */
export function warnOfPlainKey(): void {
  if (pulumi.runtime.getConfig(API_KEY) === undefined || (isConfigSecret?.(API_KEY) ?? true)) return;
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  if (warned.has(stack)) return;
  warned.add(stack);
  pulumi.log.warn(
    `${API_KEY} is not a secret: the API key is readable in the stack's config file and in its state. Encrypt it by ` +
      `\`pulumi config set --secret ${API_KEY}\`, which prompts for the value, then run \`pulumi up\`. If others could read ` +
      "it, replace the key at Gcore.",
  );
}
