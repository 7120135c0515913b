import { type Docstring, tagOf } from "./docstrings.mts";
import { codeBlock } from "./markdown.mts";

/** The example of a docstring as a whole program: with the imports and the config that it uses. */
export function example(doc: Docstring): string | undefined {
  const lines = tagOf(doc, "example")
    ?.split("\n")
    .filter((line) => !line.startsWith("```"));
  if (!lines) return undefined;
  const text = lines.join("\n").trim();
  const usesConfig = /\bconfig\./.test(text);
  const imports = [
    (usesConfig || /\bpulumi\./.test(text)) && 'import * as pulumi from "@pulumi/pulumi";',
    'import * as gcore from "pulumi-gcore-reseller";',
  ].filter(Boolean);
  // Most examples are of the account in ClientUser's.
  const account =
    /\bacme\./.test(text) && !/const acme\b/.test(text) ? ["declare const acme: gcore.ClientUser;", ""] : [];
  const config = usesConfig ? ["const config = new pulumi.Config();", ""] : [];
  return codeBlock([...imports, "", ...config, ...account, text].join("\n"));
}
