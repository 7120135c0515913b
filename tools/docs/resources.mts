import { createRequire } from "node:module";
import { basename, join } from "node:path";
import ts from "typescript";
import type { Definition } from "../../provider/engine/define.ts";
import { type Docstring, docstringOf } from "./docstrings.mts";
import { checker, exportsOf, resolved } from "./program.mts";
import { type Property, propertiesOf } from "./types.mts";

/** The resource kinds: their classes in provider/index.ts, and the definitions of the built package. */

export interface Resource {
  kind: string;
  doc: Docstring;
  /** Name of the definition's file, which is also the page's: "client-user". */
  file: string;
  definition: Definition;
  inputs: Property[];
  outputs: Property[];
  /** The static methods of the class. */
  methods: { name: string; parameters: string[]; doc: Docstring }[];
}

const built = createRequire(join(import.meta.dirname, "../../dist/provider/index.js"));

/** The classes that extend `gcoreResource(definition)`. */
export const resources: Resource[] = exportsOf().flatMap(({ name, symbol, declaration }) => {
  if (!ts.isClassDeclaration(declaration)) return [];
  const base = declaration.heritageClauses?.[0]?.types[0]?.expression;
  const argument = base && ts.isCallExpression(base) ? base.arguments[0] : undefined;
  const imported = argument && checker.getSymbolAtLocation(argument);
  if (!argument || !imported) return [];
  const [inputs, outputs] = checker.getTypeAtLocation(argument).aliasTypeArguments ?? [];
  if (!inputs || !outputs) throw new Error(`${name}: its definition is no Definition<Inputs, Outputs>`);
  const { file, name: exportName } = resolved(imported);
  return [
    {
      kind: name,
      doc: docstringOf(symbol),
      file: basename(file),
      definition: built(`./${file}.js`)[exportName] as Definition,
      inputs: propertiesOf(inputs),
      outputs: propertiesOf(outputs),
      methods: declaration.members.filter(ts.isMethodDeclaration).map((method) => ({
        name: method.name.getText(),
        parameters: method.parameters.map((parameter) => parameter.name.getText()),
        doc: docstringOf(checker.getSymbolAtLocation(method.name)),
      })),
    },
  ];
});
