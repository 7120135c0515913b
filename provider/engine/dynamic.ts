import * as pulumi from "@pulumi/pulumi";
import type { Definition } from "./define";
import { originMark } from "./origin-mark";
import { withoutStackTraces } from "./stack-traces";
import { DETAILS, namesInDetails, outputsIn } from "./state";

/** The Pulumi side of every resource: the class that a program constructs, and the provider that is serialized in state. */

const MODULE = "gcore-reseller";

/** A resource's inputs, as a program may write them. */
export type Args<Inputs> = {
  [K in keyof Inputs]: pulumi.Input<Wrapped<Inputs[K]>> | (object extends Pick<Inputs, K> ? undefined : never);
};
type Wrapped<T> = T extends readonly (infer E)[] ? pulumi.Input<{ [K in keyof E]: pulumi.Input<E[K]> }>[] : T;

/** A resource's properties, as a program reads them. */
export type Properties<State> = { readonly [K in keyof State]-?: pulumi.Output<State[K]> };

/**
 * The serialized provider of a kind. The engine stores it in the state of every resource, twice, so it is the minimum of
 * what the SDK's own serializer would write: a module whose `handler` returns the provider. The provider itself is loaded
 * from the installed package, by name, so state never contains outdated code.
 */
export const providerText = (kind: string) => `exports.handler=()=>require("pulumi-gcore-reseller/runtime").${kind}`;

/**
 * Returns the base class of a resource kind: like `pulumi.dynamic.Resource`, with this package's provider, secrets and
 * origin marks.
 * @internal
 */
export function gcoreResource<Inputs extends object, Outputs extends object>(definition: Definition<Inputs, Outputs>) {
  const { kind, identity } = definition;
  const detailNames = namesInDetails(definition);
  const inputs = Object.keys(definition.schema.shape);
  const type = typeOf(kind);
  const __provider = providerText(kind);

  class GcoreResource extends pulumi.CustomResource {
    declare readonly [DETAILS]: pulumi.Output<unknown>;

    constructor(name: string, args: Args<Inputs>, opts: pulumi.CustomResourceOptions = {}) {
      const restoreStackTraces = withoutStackTraces();
      try {
        const inputProps = opts.id === undefined ? declaredInputs(definition, name, args, opts) : unset(inputs);
        const props = { ...unset([...identity.ids, DETAILS]), ...inputProps, __provider };
        // Not the program's choice: while the old resource exists, its replacement would recover it, and the engine would then
        // delete it as the old one.
        super(type, name, props, { ...opts, deleteBeforeReplace: true });
        // Omitted inputs resolve to undefined, also during preview.
        for (const input of inputs) if (!(input in props)) Object.assign(this, { [input]: undefinedOutput });
        this.defineDetailOutputs();
      } finally {
        restoreStackTraces();
      }
    }

    /** Defines a property for each output in {@link DETAILS}; computed on access, since few programs read one. */
    private defineDetailOutputs() {
      const { details } = this;
      Object.defineProperty(this, DETAILS, { enumerable: false });
      for (const name of detailNames) {
        const get = () => details.apply((text) => outputsIn(text)[name]);
        Object.defineProperty(this, name, { enumerable: true, get });
      }
    }
  }
  return GcoreResource as unknown as new (
    name: string,
    args: Args<Inputs>,
    opts?: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource & Properties<Omit<Inputs, keyof Outputs> & Outputs>;
}

const typeOf = (kind: string) => `pulumi-nodejs:dynamic/${MODULE}:${kind}`;
const undefinedOutput = pulumi.output(undefined);

/** Properties whose values the engine sets. */
const unset = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

/** The inputs to register, with the default origin mark and the secrets wrapped. */
function declaredInputs<Inputs extends object, Outputs extends object>(
  { kind, secrets, identity: { originMark: markInput } }: Definition<Inputs, Outputs>,
  name: string,
  args: Args<Inputs>,
  { parent }: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  const inputs: pulumi.Inputs = { ...args };
  const mark = defaultOriginMark(name, kind, parent);
  const declaredMark = inputs[markInput];
  inputs[markInput] =
    declaredMark === undefined
      ? mark
      : pulumi.output(declaredMark).apply((value) => (value === undefined ? mark : value));
  for (const secret of secrets) if (inputs[secret] !== undefined) inputs[secret] = pulumi.secret(inputs[secret]);
  return inputs;
}

function defaultOriginMark(name: string, kind: string, parent: pulumi.Resource | undefined): pulumi.Input<string> {
  const markWithParents = (parents: string) => originMark(pulumi.getProject(), pulumi.getStack(), parents + name);
  // Most resources have no parent, and every additional promise slows down each of them.
  if (!parent) return markWithParents("");
  const type = typeOf(kind);
  return pulumi
    .createUrn(name, type, parent)
    .apply((urn) => markWithParents((urn.split("::")[2] ?? "").slice(0, -type.length)));
}
