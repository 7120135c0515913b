import * as pulumi from "@pulumi/pulumi";
import { originMark } from "./origin-mark";

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
 * The provider object of a kind. The engine keeps its text in the state of every resource, twice, so it is as small as
 * Pulumi's public API allows: the real methods come from the installed package, by name, and so never grow old in state.
 * It must stay synchronous up to the assignment: the plugin hands the object out before `configure` resolves.
 */
export const dynamicProvider = (kind: string): pulumi.dynamic.ResourceProvider =>
  ({
    configure(request: pulumi.dynamic.ConfigureRequest) {
      return Object.assign(this, require("pulumi-gcore-reseller/runtime")[kind]).configure(request);
    },
  }) as pulumi.dynamic.ResourceProvider;

/** What makes a class of a kind. */
export interface ResourceOptions<Inputs> {
  kind: string;
  inputs: readonly string[];
  /** Names of the properties that only the API decides. */
  outputs: readonly string[];
  /** Inputs that are secret whatever the program says. */
  secrets: readonly (keyof Inputs & string)[];
  /** The input that carries the origin mark when the program leaves it out. */
  originMark: keyof Inputs & string;
}

/** The base class of a resource: a typed `pulumi.dynamic.Resource` with the house's secrets, marks and `get`. */
export function gcoreResource<Inputs extends object, State extends object>(options: ResourceOptions<Inputs>) {
  const provider = dynamicProvider(options.kind);

  class GcoreResource extends pulumi.dynamic.Resource {
    constructor(name: string, args: Args<Inputs>, opts: pulumi.CustomResourceOptions = {}) {
      const props =
        opts.id === undefined
          ? { ...unset(options.outputs), ...declared(name, args, opts, options) }
          : { ...unset(options.outputs), ...unset(options.inputs) };
      // Not the program's choice: while the old one lives, its replacement would be taken for it, and then deleted as "old".
      super(provider, name, props, { ...opts, deleteBeforeReplace: true }, MODULE, options.kind);
      // What the program leaves out is known to be nothing, in preview too.
      for (const input of options.inputs)
        if (!(input in props)) Object.assign(this, { [input]: pulumi.output(undefined) });
    }
  }
  return GcoreResource as unknown as new (
    name: string,
    args: Args<Inputs>,
    opts?: pulumi.CustomResourceOptions,
  ) => pulumi.dynamic.Resource & Properties<State>;
}

/** Properties that the engine is to fill in. */
const unset = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

function declared<Inputs extends object>(
  name: string,
  args: Args<Inputs>,
  { parent }: pulumi.CustomResourceOptions,
  { kind, secrets, originMark: marked }: ResourceOptions<Inputs>,
): pulumi.Inputs {
  const inputs: pulumi.Inputs = { ...args };
  inputs[marked] = pulumi
    .all([inputs[marked], markOf(name, kind, parent)])
    .apply(([given, mark]) => (given === undefined ? mark : given));
  for (const secret of secrets) if (inputs[secret] !== undefined) inputs[secret] = pulumi.secret(inputs[secret]);
  return inputs;
}

function markOf(name: string, kind: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  const type = `pulumi-nodejs:dynamic/${MODULE}:${kind}`;
  return pulumi.createUrn(name, type, parent).apply((urn) => {
    const parents = (urn.split("::")[2] ?? "").slice(0, -type.length);
    return originMark(pulumi.getProject(), pulumi.getStack(), parents + name);
  });
}
