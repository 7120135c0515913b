import type { Schema } from "./make.mts";

/** A schema without references, in which `additionalProperties` may be false. */
export type ClosedSchema = Omit<
  Schema,
  "$ref" | "allOf" | "readOnly" | "properties" | "items" | "oneOf" | "additionalProperties"
> & {
  properties?: Record<string, ClosedSchema>;
  items?: ClosedSchema;
  oneOf?: ClosedSchema[];
  additionalProperties?: ClosedSchema | false;
};

/**
 * The schema without references, with every object that declares properties closed: an invented name is a violation too,
 * and so is a read-only one in a request, which does not require it either.
 */
export function closed(
  schema: Schema,
  direction: "request" | "reply",
  components: Readonly<Record<string, Schema>>,
): ClosedSchema {
  const flatten = (one: Schema) => flat(one, components);
  const inner = (one: Schema) => closed(one, direction, components);
  const { properties, required = [], items, additionalProperties, oneOf, readOnly, ...rest } = flatten(schema);
  const isHidden = (property: Schema | undefined) =>
    direction === "request" && property !== undefined && flatten(property).readOnly === true;
  const declared = Object.entries(properties ?? {}).filter(([, property]) => !isHidden(property));
  const stillRequired = required.filter((name) => !isHidden(properties?.[name]));
  return {
    ...rest,
    ...(stillRequired.length > 0 && { required: stillRequired }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(declared.map(([name, property]) => [name, inner(property)])),
      additionalProperties: false,
    }),
    ...(items !== undefined && { items: inner(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: inner(additionalProperties) }),
    ...(oneOf !== undefined && { oneOf: oneOf.map(inner) }),
  };
}

/** Without $ref and allOf, which would hide from one part what another declares. */
function flat({ $ref, allOf = [], ...rest }: Schema, components: Readonly<Record<string, Schema>>): Schema {
  if ($ref === undefined) return allOf.map((part) => flat(part, components)).reduce(combined, rest);
  const target = components[$ref.split("/").at(-1) ?? ""];
  if (target === undefined) throw new Error(`${$ref} points to no schema`);
  return flat(target, components);
}

function combined(a: Schema, b: Schema): Schema {
  const both = (left: Schema | undefined, right: Schema) => (left === undefined ? right : { allOf: [left, right] });
  const properties = { ...a.properties };
  for (const [name, property] of Object.entries(b.properties ?? {})) {
    properties[name] = both(properties[name], property);
  }
  return {
    ...a,
    ...b,
    ...((a.properties ?? b.properties) !== undefined && { properties }),
    required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])],
    ...(b.items !== undefined && { items: both(a.items, b.items) }),
  };
}
