import type { Account } from "../accounts";

/** A Pulumi program in TypeScript. */
export const typescript = (accounts: Account[]): string =>
  [`import * as gcore from "pulumi-gcore-reseller";`, ...accounts.map(declared)].join("\n\n").concat("\n");

function declared({ name, client, entry, notes, freeFeatures, paidFeatures }: Account): string {
  const { products, services, features: _, adoptId, ...fields } = entry;
  const hasUser = entry.email !== undefined;
  const available = Object.entries(products ?? {}).map(([productName, available]) => ({ productName, available }));
  const account = hasUser
    ? { ...fields, ...(products && { services: available }), adoptId }
    : { client: Number(adoptId), ...fields };
  const variable = `account${client}`;
  const ofServices = Object.keys({ ...(hasUser ? {} : products), ...services }).map((product) => {
    const state = { ...(!hasUser && { available: products?.[product] }), status: services?.[product] };
    return resource("ClientService", `${name}-${product.toLowerCase()}`, { name: product, ...state }, variable);
  });
  const ofFeatures = [
    ...freeFeatures.map((featureId) => resource("FreeFeature", `${name}-${featureId}`, { featureId }, variable)),
    ...paidFeatures.map((featureId) => resource("PaidFeature", `${name}-${featureId}`, { featureId }, variable)),
  ];
  const others = [...ofServices, ...ofFeatures];
  const kind = hasUser ? "ClientUser" : "ClientAccount";
  const made = `new gcore.${kind}(${JSON.stringify(name)}, ${literal(account)}, { protect: true });`;
  return [
    ...notes.map((note) => `// ${note}`),
    others.length > 0 ? `const ${variable} = ${made}` : made,
    ...others,
  ].join("\n");
}

const resource = (kind: string, name: string, args: object, account: string) =>
  `new gcore.${kind}(${JSON.stringify(name)}, { client: ${account}.client, ${literal(args).slice(2)});`;

/** An object literal on one line; keys are identifiers. */
const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const properties = Object.entries(value).filter(([, property]) => property !== undefined);
  return `{ ${properties.map(([key, property]) => `${key}: ${literal(property)}`).join(", ")} }`;
};
