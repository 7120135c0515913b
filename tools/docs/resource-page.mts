import type { Definition } from "../../provider/engine/define.ts";
import { splitDefault } from "./docstrings.mts";
import { example } from "./example.mts";
import { and, code, page, table } from "./markdown.mts";
import type { Resource } from "./resources.mts";
import { interfaceTables } from "./tables.mts";
import { typeText } from "./types.mts";

const NOT_DOCUMENTED = "Not documented by Gcore.";

/** The page of a resource kind: docs/resources/<file>.md. */
export function resourcePage({ kind, doc, definition, inputs, outputs, methods }: Resource): string {
  const { noun, docs } = definition;
  return page(
    `# ${kind}`,
    doc.text,
    example(doc),
    `For a second reseller: ${code(`new gcore.${kind}(name, args, { provider })`)}, see [Provider](../provider.md#a-second-reseller).`,
    "## Inputs",
    "Each may be an output of another resource. What is not declared is not managed: it may have any value, and is no drift.",
    inputTable(definition, inputs),
    "## Outputs",
    `The inputs with their current values, and what only Gcore sets. The resource's \`id\` is ${idForms(definition)[0]}.`,
    outputTable(definition, outputs),
    ...interfaceTables([...inputs, ...outputs].map(({ type }) => type)),
    ...methods.flatMap(({ name, parameters, doc: { text, tags } }) => [
      `### ${kind}.${name}(${parameters.join(", ")})`,
      text,
      ...tags.filter((tag) => tag.name === "param").map((tag) => tag.text.replace(/^(\w+)\s+/, "`$1`: ")),
    ]),
    "## How it is found again",
    uniqueness(definition),
    recovery(definition),
    docs.lostReply,
    "## Adopting an existing one",
    adoption(definition),
    "## Destroying",
    `What \`pulumi destroy\`, or removing the resource from the program, does at Gcore: ${definition.deletion}.`,
    `[How to keep the ${noun}](../destroying.md)`,
    "## Permissions",
    definition.isResellerSetting
      ? "A setting of the reseller: before each change the reseller of the API key is compared with the one in state."
      : undefined,
    docs.permissions ?? NOT_DOCUMENTED,
    "## Limits",
    docs.limits ?? NOT_DOCUMENTED,
  );
}

function inputTable(definition: Definition, inputs: Resource["inputs"]): string {
  const { secrets, requiredToCreate } = definition as Definition<Record<string, unknown>>;
  return table(
    ["input", "type", "required", "default", "is", "a change"],
    inputs.map(({ name, type, isOptional, doc }) => {
      const { rest, byDefault } = splitDefault(doc.text);
      const required = isOptional ? (requiredToCreate.includes(name) ? "unless `adoptId` is declared" : "") : "yes";
      const secret = secrets.includes(name) ? ", secret" : "";
      return [code(name), code(typeText(type)) + secret, required, byDefault ?? "", rest, changeOf(definition, name)];
    }),
  );
}

/** What a change of an input does, and the call that it makes. */
export function changeOf(definition: Definition, name: string): string {
  const { createOnly, immutable, replacing, changes, clearable, shape } = definition as Definition<
    Record<string, unknown>
  >;
  if (createOnly.includes(name)) return "a change alone does nothing";
  if (immutable.includes(name)) return "rejected at preview: the API has no call";
  if (replacing.inputs.includes(name)) {
    if (shape === "given") return "replaces the resource: the old one is left as it is, then the new one is managed";
    return replacing.first === "delete"
      ? "replaces the resource: the old one is deleted, then a new one is created"
      : "replaces the resource: a new one is created, then the old one is deleted";
  }
  const calls = changes
    .filter(({ properties }) => properties.includes(name))
    .map(({ call, needs }) => {
      const value = needs === name ? "the old value" : code(String(needs));
      return code(call) + (needs === undefined ? "" : `, with ${value} from state`);
    });
  const clearing = clearable.includes(name) ? ["null clears it"] : [];
  return [...new Set([...calls, ...clearing])].join("; ") || "no call";
}

function outputTable({ docs, secretOutputs }: Definition, outputs: Resource["outputs"]): string {
  const [secrets, asOfCreation]: (readonly string[])[] = [secretOutputs, docs.asOfCreation ?? []];
  return table(
    ["output", "type", "is", "value"],
    outputs.map(({ name, type, isOptional, doc }) => {
      const notes = [isOptional && "may be absent", secrets?.includes(name) && "secret"].filter(Boolean);
      return [
        code(name),
        [code(typeText(type)), ...notes].join(", "),
        doc.text,
        asOfCreation?.includes(name) ? "as of creation" : "refreshed",
      ];
    }),
  );
}

/** What only one resource of a program may declare. */
function uniqueness({ key }: Definition): string {
  return key.length > 0
    ? `No two resources of a program may declare the same ${and(key.map(code))}.`
    : "A program may declare only one for each `Provider`.";
}

/** What happens after the reply to a request that creates it was lost. */
function recovery(definition: Definition): string {
  const { noun, key, shape } = definition;
  const keys = and(key.map(code));
  if (shape === "given") {
    return `It exists from the start${keys && ` and is found by ${keys}`}. After a lost reply, the next \`pulumi up\` reads it and makes the calls that are still needed.`;
  }
  if (shape === "ensured") {
    return `After a lost reply, or when Gcore answers that it exists, the ${noun} is looked up by ${keys}, and taken over where it is found.`;
  }
  const lookedUp = definition.isUnique
    ? `After a lost reply, or when Gcore answers that it exists, the ${noun} is looked up by ${keys}.`
    : `Before it is created, and after a lost reply, the ${noun} is looked up by ${keys}.`;
  return `${lookedUp} One that is found is taken over only when it is proved to be this resource's own; else the error names the way out ([how](../reliability.md#how-an-account-is-created)).`;
}

/** `"<clientId>/<userId>" or "<userId>"`: the form of the resource's ID, and others that `adoptId` may have. */
const idForms = ({ id }: Definition) => id.form.replace(/"[^"]*"/g, code).split(" or ");

function adoption(definition: Definition): string {
  const { inputs, noun, shape } = definition;
  if ("adoptId" in inputs.shape) {
    return `Declare \`adoptId\`: ${idForms(definition).join(" or ")}. The preview lists what the adoption changes ([how](../adopting.md)).`;
  }
  if (shape === "given") return "Declare it: it exists already. Only what differs is changed.";
  return shape === "ensured"
    ? `Declare it: a ${noun} that exists is taken over, and one line reports it.`
    : "Not possible: no input takes the ID of an existing one.";
}
