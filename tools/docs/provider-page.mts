import { createRequire } from "node:module";
import { join } from "node:path";
import { docstringOf, splitDefault } from "./docstrings.mts";
import { example } from "./example.mts";
import { code, page, table } from "./markdown.mts";
import { checker, exportNamed } from "./program.mts";
import { type Property, propertiesOf, typeText } from "./types.mts";

/** The settings, which are the arguments of `Provider` too. */

const built = createRequire(join(import.meta.dirname, "../../dist/provider/index.js"));
const { configKey, environmentVariable, readSettings } = built(
  "./config.js",
) as typeof import("../../provider/config.ts");

export interface Setting extends Property {
  environment: string;
  /** As the code has it; undefined if there is none. */
  byDefault: unknown;
}

const defaults = readSettings((key) => (key === configKey("apiKey") ? "1$none" : undefined), {});

export const settings: Setting[] = propertiesOf(
  checker.getDeclaredTypeOfSymbol(exportNamed("ProviderArgs").symbol),
).map((property) => {
  const name = property.name as "baseUrl";
  const byDefault = property.isOptional ? defaults[name] : undefined;
  return { ...property, environment: environmentVariable(name), byDefault };
});

/** docs/provider.md */
export function providerPage(): string {
  const provider = docstringOf(exportNamed("Provider").symbol);
  return page(
    "# Provider",
    "## Settings",
    "Each setting is stack config, `pulumi config set gcore-reseller:<name>`, for the key with `--secret`; or an environment variable; " +
      "or an argument of an explicit `Provider`.",
    docstringOf(exportNamed("readSettings", "config").symbol).text,
    table(
      ["setting", "environment variable", "type", "required", "default", "is"],
      settings.map(({ name, environment, type, isOptional, byDefault, doc }) => [
        code(name),
        code(environment),
        code(typeText(type).replace(/^Input<(.*)>$/, "$1")),
        isOptional ? "" : "yes",
        byDefault === undefined ? "" : code(String(byDefault)),
        splitDefault(doc.text).rest,
      ]),
    ),
    "A key of stack config with another name, such as a misspelled one, is a warning in each run of the program; as an argument of a " +
      "`Provider` it is an error.",
    "Pulumi stores stack config, and the arguments of a `Provider`, in state until the next `up`. After a key was rotated there, `refresh` " +
      "and `destroy` therefore need `--run-program`. A key in the environment is read at every run.",
    "## A second reseller",
    provider.text,
    example(provider),
  );
}
