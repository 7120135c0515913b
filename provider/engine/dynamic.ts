import * as pulumi from "@pulumi/pulumi";
import type { Definition } from "./define";
import { originMark } from "./origin-mark";
import { withoutStackTraces } from "./stack-traces";
import { DETAILS, namesInDetails, outputsIn } from "./state";

/** The Pulumi side of every resource: what a program constructs and what ends up serialized in state. */

const MODULE = "gcore-reseller";

/** A resource's inputs, as a program may write them. */
export type Args<Inputs> = {
  [K in keyof Inputs]: pulumi.Input<Wrapped<Inputs[K]>> | (object extends Pick<Inputs, K> ? undefined : never);
};
type Wrapped<T> = T extends readonly (infer E)[] ? pulumi.Input<{ [K in keyof E]: pulumi.Input<E[K]> }>[] : T;

/** A resource's properties, as a program reads them. */
export type Properties<State> = { readonly [K in keyof State]-?: pulumi.Output<State[K]> };

/**
 * The provider of a kind, as text. The engine keeps it in the state of every resource, twice, so it is all that the SDK's
 * own serializer would write around it and no more: a module whose `handler` gives the provider. The provider itself comes
 * from the installed package, by name, and so never grows old in state.
 */
export const providerText = (kind: string) => `exports.handler=()=>require("pulumi-gcore-reseller/runtime").${kind}`;

/**
 * The base class of a resource: what `pulumi.dynamic.Resource` is, with the house's provider, secrets and marks.
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
        const given = opts.id === undefined ? declared(definition, name, args, opts) : unset(inputs);
        const props = { ...unset([...identity.ids, DETAILS]), ...given, __provider };
        // Not the program's choice: while the old one lives, its replacement would be taken for it, and then deleted as "old".
        super(type, name, props, { ...opts, deleteBeforeReplace: true });
        // What the program leaves out is known to be nothing, in preview too.
        for (const input of inputs) if (!(input in props)) Object.assign(this, { [input]: nothing });
        this.showDetails();
      } finally {
        restoreStackTraces();
      }
    }

    /** The outputs in {@link DETAILS}, each by its name; made when it is asked for, which few programs do. */
    private showDetails() {
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
const nothing = pulumi.output(undefined);

/** Properties that the engine is to fill in. */
const unset = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

function declared<Inputs extends object, Outputs extends object>(
  { kind, secrets, identity: { originMark: marked } }: Definition<Inputs, Outputs>,
  name: string,
  args: Args<Inputs>,
  { parent }: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  const inputs: pulumi.Inputs = { ...args };
  const mark = markOf(name, kind, parent);
  const given = inputs[marked];
  inputs[marked] = given === undefined ? mark : pulumi.output(given).apply((it) => (it === undefined ? mark : it));
  for (const secret of secrets) if (inputs[secret] !== undefined) inputs[secret] = pulumi.secret(inputs[secret]);
  return inputs;
}

function markOf(name: string, kind: string, parent: pulumi.Resource | undefined): pulumi.Input<string> {
  const mark = (parents: string) => originMark(pulumi.getProject(), pulumi.getStack(), parents + name);
  // Most have no parent to wait for, and each promise more is paid for by every resource.
  if (!parent) return mark("");
  const type = typeOf(kind);
  return pulumi.createUrn(name, type, parent).apply((urn) => mark((urn.split("::")[2] ?? "").slice(0, -type.length)));
}
