import type ts from "typescript";
import { docstringOf, splitDefault } from "./docstrings.mts";
import { code, table } from "./markdown.mts";
import { interfacesIn, type Property, propertiesOf, typeText } from "./types.mts";

/** Tables of properties. */

/** Arguments: name, type, whether it is required, default, meaning. */
export const argumentTable = (properties: readonly Property[]): string =>
  table(
    ["argument", "type", "required", "default", "is"],
    properties.map(({ name, type, isOptional, doc }) => {
      const { rest, byDefault } = splitDefault(doc.text);
      return [code(name), code(typeText(type)), isOptional ? "" : "yes", byDefault ?? "", rest];
    }),
  );

/** Properties that are read: name, type, meaning. */
const propertyTable = (properties: readonly Property[]): string =>
  table(
    ["property", "type", "is"],
    properties.map(({ name, type, isOptional, doc }) => [
      code(name),
      code(typeText(type)) + (isOptional ? ", may be absent" : ""),
      doc.text,
    ]),
  );

/** Each interface that the types name, with its properties. */
export const interfaceTables = (types: readonly ts.Type[]): string[] =>
  interfacesIn(types).flatMap((type) => [
    `### ${type.symbol.name}`,
    docstringOf(type.symbol).text,
    propertyTable(propertiesOf(type)),
  ]);
