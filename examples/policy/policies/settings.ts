/** Settings that several policies have. The defaults are replaced by the file of `--policy-pack-config`. */

/** A setting that is a list of texts. */
export const texts = (description: string, byDefault: string[] = []) => ({
  type: "array" as const,
  items: { type: "string" as const },
  description,
  default: byDefault,
});

/** Which resources a policy is for. */
export interface Scope {
  stacks: string[];
  except: string[];
}

export const scope = {
  stacks: texts("Names of the stacks that the policy is for.", ["prod", "production"]),
  except: texts("Names of resources that the policy is not for."),
};

/** Whether a policy with this scope is for a resource. */
export function isFor({ urn, name }: { urn: string; name: string }, { stacks, except }: Scope): boolean {
  // urn:pulumi:<stack>::<project>::<type>::<name>
  const [stack = ""] = urn.slice("urn:pulumi:".length).split("::");
  return stacks.includes(stack) && !except.includes(name);
}
