import ts from "typescript";
import { type Docstring, docstringOf } from "./docstrings.mts";
import { checker, isOwn } from "./program.mts";

/** Types as the docs show them. */

/** A property of a type. */
export interface Property {
  name: string;
  type: ts.Type;
  isOptional: boolean;
  doc: Docstring;
}

/** The properties of a type, each once, in the order of their declaration; those of an interface come first. */
export function propertiesOf(type: ts.Type): Property[] {
  if (type.isIntersection()) {
    const [named, others] = [true, false].map((is) => type.types.filter((part) => part.isClassOrInterface() === is));
    const properties = [...(named ?? []), ...(others ?? [])].flatMap(propertiesOf);
    return properties.filter(({ name }, i) => properties.findIndex((one) => one.name === name) === i);
  }
  return checker.getPropertiesOfType(type).map((symbol) => ({
    name: symbol.name,
    type: checker.getTypeOfSymbol(symbol),
    isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
    doc: docstringOf(symbol),
  }));
}

const { NoTruncation, InTypeAlias, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;

/** The text of a type: a union of the provider by its members, without the undefined of an optional property. */
export function typeText(type: ts.Type): string {
  const shown = constraintOf(definedPart(type));
  const flags = NoTruncation | UseAliasDefinedOutsideCurrentScope | (isOwn(shown.aliasSymbol) ? InTypeAlias : 0);
  return checker.typeToString(shown, undefined, flags).replace(/ \| undefined$/, "");
}

const definedPart = (type: ts.Type) =>
  type.isUnion() && type.types.some((part) => part.flags & ts.TypeFlags.Null) ? type : checker.getNonNullableType(type);

/** `Missing extends OnMissing`: OnMissing. */
function constraintOf(type: ts.Type): ts.Type {
  const [parameter = type] = type.isIntersection() ? type.types : [];
  return (parameter.isTypeParameter() && checker.getBaseConstraintOfType(parameter)) || type;
}

/** The interfaces of the provider that types name, at any depth, each once. */
export function interfacesIn(types: readonly ts.Type[], seen = new Set<ts.Type>()): ts.Type[] {
  return types.flatMap((type) => {
    if (seen.has(type)) return [];
    seen.add(type);
    const isNamed = type.isClassOrInterface() && isOwn(type.symbol);
    return [...(isNamed ? [type] : []), ...interfacesIn(partsOf(type), seen)];
  });
}

/** Members of a union, elements of an array or a record, types of an own object's properties. */
function partsOf(type: ts.Type): ts.Type[] {
  if (type.isUnionOrIntersection()) return type.types;
  const elements = [type.getNumberIndexType(), type.getStringIndexType()].filter((part) => part !== undefined);
  if (elements.length > 0) return type.flags & ts.TypeFlags.StringLike ? [] : elements;
  return isOwn(type.symbol) ? propertiesOf(type).map((property) => property.type) : [];
}

/** A function's arguments and options, and what its promise, output or loop gives. */
export function functionType(symbol: ts.Symbol) {
  const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
  if (!signature) throw new Error(`${symbol.name} is not a function`);
  const types = signature.parameters.map((parameter) => checker.getNonNullableType(checker.getTypeOfSymbol(parameter)));
  const [options, args] = types.reverse();
  if (!options) throw new Error(`${symbol.name} has no options`);
  return { args, options, result: resultOf(signature.getReturnType()) };
}

/** `Promise<Found<Client, Missing>>`: a Client, or null. */
function resultOf(returned: ts.Type): { type: ts.Type; isNullable: boolean } {
  const [given = returned] = checker.getTypeArguments(returned as ts.TypeReference);
  const [found] = given.aliasSymbol?.name === "Found" ? (given.aliasTypeArguments ?? []) : [];
  return { type: found ?? given, isNullable: found !== undefined };
}
