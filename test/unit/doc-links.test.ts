import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { PUBLISHED } from "../../tools/docs/published.mts";
import { anchorsOf, linksOf, markdownFiles, root, textOf } from "../support/markdown";

/** The links of all documents. The README is shown on npmjs.com too, where only absolute links work. */

/** What is wrong with a link of a document; undefined if it can be followed. */
function problemOf(document: string, target: string): string | undefined {
  const isPublished = target.startsWith(PUBLISHED);
  if (/^https?:/.test(target) && !isPublished) return undefined;
  const [path = "", anchor] = (isPublished ? target.slice(PUBLISHED.length) : target).split("#");
  const folder = isPublished ? "." : dirname(document);
  const file = path === "" ? document : relative(root, join(root, folder, path));
  if (!existsSync(join(root, file))) return `${document}: ${target}: there is no ${file}`;
  if (isPublished && !file.startsWith("docs/")) return `${document}: ${target}: is not part of the package`;
  if (anchor === undefined || anchorsOf(textOf(file)).includes(anchor)) return undefined;
  return `${document}: ${target}: ${file} has no heading #${anchor}`;
}

test.each(markdownFiles)("%s: each link leads to a file, and each anchor to a heading", (document) => {
  expect(linksOf(textOf(document)).map((target) => problemOf(document, target) ?? [])).toEqual(
    linksOf(textOf(document)).map(() => []),
  );
});

test("links that lead nowhere: each kind of mistake is found", () => {
  expect(problemOf("docs/limits.md", "no-such.md")).toBe("docs/limits.md: no-such.md: there is no docs/no-such.md");
  expect(problemOf("docs/limits.md", "provider.md#nowhere")).toContain("docs/provider.md has no heading #nowhere");
  expect(problemOf("docs/limits.md", "#nowhere")).toContain("docs/limits.md has no heading #nowhere");
  expect(problemOf("README.md", `${PUBLISHED}tools/demo.mts`)).toContain("is not part of the package");
  expect(problemOf("docs/limits.md", "provider.md#settings")).toBeUndefined();
});

test("README: all links are absolute", () => {
  const links = linksOf(textOf("README.md"));
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((target) => !target.startsWith("https://"))).toEqual([]);
});

/** The documents that one links. */
const linkedBy = (document: string): string[] =>
  linksOf(textOf(document)).flatMap((target) => {
    const [path = ""] = target.replace(PUBLISHED, "").split("#");
    const folder = target.startsWith(PUBLISHED) ? "." : dirname(document);
    return /^https?:/.test(path) || !path.endsWith(".md") ? [] : [relative(root, join(root, folder, path))];
  });

test("each page of docs/, and SECURITY.md: at most two links away from the README", () => {
  const first = linkedBy("README.md");
  const reached = new Set([...first, ...first.flatMap(linkedBy)]);
  const pages = markdownFiles.filter((file) => file.startsWith("docs/") || file === "SECURITY.md");
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
