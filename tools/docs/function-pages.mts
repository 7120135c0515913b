import ts from "typescript";
import { docstringOf, tagOf } from "./docstrings.mts";
import { example } from "./example.mts";
import { code, page } from "./markdown.mts";
import { type Export, exportsOf } from "./program.mts";
import { argumentTable, interfaceTables } from "./tables.mts";
import { functionType, propertiesOf, typeText } from "./types.mts";

/** The functions of a program, each with its `Output` form. */

const functions = exportsOf().filter(
  ({ file, declaration }) => file.startsWith("functions/") && ts.isVariableDeclaration(declaration),
);

export const functionNames = functions
  .map(({ name }) => name)
  .filter((name) => !functions.some((one) => name === `${one.name}Output`));

const find = (name: string) => functions.find((one) => one.name === name);

/** The page of a function: docs/functions/<name>.md. */
export function functionPage(name: string): string {
  const plain = find(name) as Export;
  const outputForm = find(`${name}Output`);
  const doc = docstringOf(plain.symbol);
  const { args, options, result } = functionType(plain.symbol);
  const outputOptions = outputForm && functionType(outputForm.symbol).options;
  const throws = tagOf(doc, "throws");
  return page(
    `# ${name}`,
    doc.text,
    example(doc),
    outputForm && `${code(outputForm.name)}: ${docstringOf(outputForm.symbol).text}`,
    "Calls are made with the reseller's API key, at each preview and each update. Permissions and limits of the calls are not " +
      "documented by Gcore.",
    args && "## Arguments",
    args && argumentTable(propertiesOf(args)),
    "## Options",
    argumentTable(propertiesOf(outputOptions ?? options)),
    "`provider` is for a [second reseller](../provider.md#a-second-reseller).",
    "## Result",
    `${code(typeText(result.type))}${result.isNullable ? ', or null with `onMissing: "null"`' : ""}.`,
    ...interfaceTables([result.type]),
    throws && "## Errors",
    throws && `An error ${throws}`,
  );
}
