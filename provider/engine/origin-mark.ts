import { createHash } from "node:crypto";

/**
 * The origin mark: `pulumi:<project>/<stack>/<resource name>`, stored in the custom ID that a reseller may set on an
 * account. It shows in Gcore's portal what manages the account, and proves to the provider which resource owns it.
 */

const SCHEME = "pulumi:";
const MAX_MARK_LENGTH = 100;

/**
 * The mark of a resource, at most 100 characters: a longer one is shortened and ends in a hash. `path` is the resource's
 * name, preceded by its parents' types: only both together are unique in a stack.
 */
export function originMark(project: string, stack: string, path: string): string {
  const mark = `${SCHEME}${project}/${stack}/${path}`;
  if (mark.length <= MAX_MARK_LENGTH) return mark;
  const hash = createHash("sha256").update(mark).digest("hex").slice(0, 16);
  return `${mark.slice(0, MAX_MARK_LENGTH - hash.length - 1)}~${hash}`;
}

/** Whether a custom ID is the origin mark of any stack. */
export const isOriginMark = (customId: unknown): customId is string =>
  typeof customId === "string" && customId.startsWith(SCHEME);

/**
 * Whether two marks are of the same resource, regardless of project and stack. A shortened mark contains only the beginning
 * of the resource's name, so for it the beginning is compared.
 */
export function sameResource(mark: string, other: string): boolean {
  const [one, two] = [pathOf(mark), pathOf(other)];
  const shortened = [mark, other].some((text) => text.length === MAX_MARK_LENGTH);
  return one === two || (shortened && (one.startsWith(two) || two.startsWith(one)));
}

const pathOf = (mark: string): string => {
  const path = mark.split("/").slice(2).join("/");
  return mark.length === MAX_MARK_LENGTH ? path.replace(/~[0-9a-f]{16}$/, "") : path;
};
