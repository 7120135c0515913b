import { createHash } from "node:crypto";

/**
 * The origin mark of a resource: `pulumi:<project>/<stack>/<path>`. It names the declaration that a resource at Gcore belongs
 * to. Where the API has a field for an ID of the reseller's own, the mark is that field's default.
 */

const SCHEME = "pulumi:";
const MAX_MARK_LENGTH = 100;

/**
 * Computes the mark of a resource. Beyond 100 characters it is shortened and ends in a hash of the whole.
 * @param path the resource's name, preceded by its parents' types: only both together are unique in a stack.
 */
export function originMark(project: string, stack: string, path: string): string {
  const mark = `${SCHEME}${project}/${stack}/${path}`;
  if (mark.length <= MAX_MARK_LENGTH) return mark;
  const hash = createHash("sha256").update(mark).digest("hex").slice(0, 16);
  return `${mark.slice(0, MAX_MARK_LENGTH - hash.length - 1)}~${hash}`;
}

/** Whether the value is an origin mark, of this stack or another. */
export const isOriginMark = (value: unknown): value is string =>
  typeof value === "string" && value.trim().startsWith(SCHEME);

/** The parts of a mark. `name` is incomplete when the mark is shortened. */
export function parseMark(mark: string): { stack: string; parents: string; name: string; isShortened: boolean } {
  const [project = "", stack = "", ...rest] = mark.trim().slice(SCHEME.length).split("/");
  const path = rest.join("/");
  // Types contain colons, and each ends in a dollar sign. A name may contain a dollar sign too.
  const parents = /^(?:[^$]*:[^$]*\$)*/.exec(path)?.[0] ?? "";
  return {
    stack: `${project}/${stack}`,
    parents,
    name: path.slice(parents.length),
    isShortened: /~[0-9a-f]{16}$/.test(mark) && mark.length === MAX_MARK_LENGTH,
  };
}

/** Type token of a resource kind in Pulumi. */
export const resourceType = (kind: string): string => `pulumi-nodejs:dynamic/gcore-reseller:${kind}`;

/** URN of the declaration that a mark names; `undefined` when the mark is shortened. */
export function urnOf(mark: string, kind: string): string | undefined {
  const { stack, parents, name, isShortened } = parseMark(mark);
  const [projectName, stackName] = stack.split("/");
  return isShortened ? undefined : `urn:pulumi:${stackName}::${projectName}::${parents}${resourceType(kind)}::${name}`;
}
