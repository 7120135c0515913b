import * as pulumi from "@pulumi/pulumi";
import type { Definition } from "../engine/define";
import { HIDDEN_INPUTS } from "../engine/equality";
import { originMark, resourceType } from "../engine/origin-mark";
import { assertResolvable, RUNTIME } from "./resolvable";
import { warnOfStackConfig } from "./stack-config";
import { withoutStackTraces } from "./stack-traces";

/** The class that a program constructs, and the provider that is serialized in state. */

/** A resource's inputs, as a program may write them. */
export type Args<Inputs> = {
  [K in keyof Inputs]: pulumi.Input<Wrapped<Inputs[K]>> | (object extends Pick<Inputs, K> ? undefined : never);
};
type Wrapped<T> = T extends readonly (infer E)[]
  ? readonly pulumi.Input<{ [K in keyof E]: pulumi.Input<E[K]> }>[]
  : string extends keyof T
    ? { readonly [K in keyof T]: pulumi.Input<T[K]> }
    : T;

/** A resource's properties, as a program reads them. */
export type Properties<State> = { readonly [K in keyof State]-?: pulumi.Output<State[K]> };

/** The class of a kind, with what generated Pulumi SDKs have: type guard, policies by class, `get`. */
export interface ResourceClass<Inputs, Resource> {
  new (name: string, args: Args<Inputs>, opts?: pulumi.CustomResourceOptions): Resource;
  /** Whether the value is a resource of this class, also when it was made by another copy of this package. */
  isInstance(value: unknown): value is Resource;
  /** @internal */
  readonly __pulumiType: string;
}

/**
 * The serialized provider of a kind. The engine stores it in the state of every resource, twice, so it is the minimum of
 * what the SDK's own serializer would write: a module whose `handler` returns the provider. The provider itself is loaded
 * from the installed package, by name, so state never contains outdated code.
 */
export const providerText = (kind: string) => `exports.handler=()=>require("${RUNTIME}").${kind}`;

/**
 * Returns the base class of a resource kind: like `pulumi.dynamic.Resource`, with this package's provider, secrets and
 * origin marks.
 * @internal
 */
export function gcoreResource<Inputs extends object, Outputs extends object>(definition: Definition<Inputs, Outputs>) {
  const { kind, secrets, secretOutputs, fromId, inputs, outputs, replacing } = definition;
  const names = [...new Set([...Object.keys(outputs.shape), ...Object.keys(inputs.shape)])];
  const type = resourceType(kind);
  const __provider = providerText(kind);

  class GcoreResource extends pulumi.CustomResource {
    static readonly __pulumiType = type;

    static override isInstance(value: unknown): value is GcoreResource {
      return (value as { __pulumiType?: unknown } | undefined | null)?.__pulumiType === type;
    }

    constructor(name: string, args: Args<Inputs>, opts: pulumi.CustomResourceOptions = {}) {
      assertUsable(definition, opts);
      const restoreStackTraces = withoutStackTraces();
      try {
        const declared = opts.id === undefined ? declaredInputs(definition, name, args, opts) : {};
        // Every property is registered, also an absent one: a transformation may add it later.
        const props = {
          ...Object.fromEntries(names.map((property) => [property, undefined])),
          ...declared,
          __provider,
        };
        super(type, name, props, {
          ...opts,
          additionalSecretOutputs: [...secrets, ...secretOutputs, ...(opts.additionalSecretOutputs ?? [])],
          // Not the program's choice: while the old resource exists, its replacement may be found to be the same one, and the
          // engine would then delete it as the old one.
          deleteBeforeReplace: replacing.first === "delete",
        });
      } finally {
        restoreStackTraces();
      }
      for (const hidden of HIDDEN_INPUTS) Object.defineProperty(this, hidden, { enumerable: false });
      for (const [property, part] of Object.entries(fromId) as [string, (id: string) => unknown][]) {
        const stored = (this as unknown as Record<string, pulumi.Output<unknown>>)[property];
        const get = () => this.id.apply((id) => part(id) ?? stored);
        Object.defineProperty(this, property, { enumerable: true, configurable: true, get });
      }
    }
  }
  return GcoreResource as unknown as ResourceClass<
    Inputs,
    pulumi.CustomResource & Properties<Omit<Inputs, keyof Outputs> & Outputs>
  >;
}

/** What could only fail later, or do nothing with success, is an error of the constructor. */
function assertUsable<Inputs extends object>(
  { kind, inputs }: Pick<Definition<Inputs>, "kind" | "inputs">,
  opts: pulumi.CustomResourceOptions,
): void {
  if (opts.import !== undefined) {
    const wayOut =
      "adoptId" in inputs.shape
        ? `declare adoptId: "${String(opts.import)}" instead and run \`pulumi up\`.`
        : "declare the resource without it and run `pulumi up`.";
    throw new Error(
      `${kind}: the option import does not reach a dynamic provider. To take over what exists, ${wayOut}`,
    );
  }
  if (!pulumi.runtime.hasMonitor()) {
    throw new Error(
      `${kind}: no Pulumi engine is connected, so nothing would be registered. Run the program by \`pulumi up\` or the ` +
        "Automation API, or call `pulumi.runtime.setMocks` in a test. If you do, the project has two copies of " +
        "@pulumi/pulumi (`npm ls @pulumi/pulumi`): keep one.",
    );
  }
  assertResolvable();
  warnOfStackConfig();
}

function declaredInputs<Inputs extends object, Outputs extends object>(
  { secrets }: Definition<Inputs, Outputs>,
  name: string,
  args: Args<Inputs>,
  { parent }: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  const inputs: pulumi.Inputs = { ...args, origin: originOf(name, parent) };
  for (const secret of secrets) if (inputs[secret] !== undefined) inputs[secret] = pulumi.secret(inputs[secret]);
  return inputs;
}

/**
 * The origin mark of a resource, with its parents' types before its name. The promise of the parent's URN is awaited, not its
 * output: an output would make the parent, and so all its children, a dependency of this child.
 */
function originOf(name: string, parent: pulumi.Resource | undefined): string | Promise<string> {
  const mark = (parents: string) => originMark(pulumi.getProject(), pulumi.getStack(), parents + name);
  if (!parent) return mark("");
  const urn = new Promise<string>((resolve) => parent.urn.apply(resolve));
  return urn.then((value) => {
    const parentType = value.split("::")[2] ?? "";
    return mark(parentType === "pulumi:pulumi:Stack" ? "" : `${parentType}$`);
  });
}
