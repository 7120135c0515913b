import { createHash } from "node:crypto";

/**
 * The origin mark: `pulumi:<project>/<stack>/<resource name>` as the id that a reseller may give an account. It tells a
 * person in Gcore's portal what manages the account, and tells us whose account it is.
 */

const SCHEME = "pulumi:";
const LONGEST = 100;

/** The mark of a resource. `path` is its name, with its parents' types before it: only both together are unique in a stack. */
export function originMark(project: string, stack: string, path: string): string {
  const mark = `${SCHEME}${project}/${stack}/${path}`;
  if (mark.length <= LONGEST) return mark;
  const hash = createHash("sha256").update(mark).digest("hex").slice(0, 16);
  return `${mark.slice(0, LONGEST - hash.length - 1)}~${hash}`;
}

/** Whether some stack, this one or another, put its mark on it. */
export const isOriginMark = (customId: unknown): customId is string =>
  typeof customId === "string" && customId.startsWith(SCHEME);

/**
 * Whether two marks are of one resource, whatever became of its project's or its stack's name. A shortened mark tells but
 * the beginning of the resource's name.
 */
export function sameResource(mark: string, other: string): boolean {
  const [one, two] = [pathOf(mark), pathOf(other)];
  const shortened = [mark, other].some((text) => text.length === LONGEST);
  return one === two || (shortened && (one.startsWith(two) || two.startsWith(one)));
}

const pathOf = (mark: string): string => {
  const path = mark.split("/").slice(2).join("/");
  return mark.length === LONGEST ? path.replace(/~[0-9a-f]{16}$/, "") : path;
};
