import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The Markdown files of the repository. */

export const root = resolve(__dirname, "../..");

/** Paths of all Markdown files, also those that are not committed yet. */
export const markdownFiles = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n");

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** The code blocks of a language, each with the number of its first line. */
export const codeBlocks = (text: string, language: string): { line: number; code: string }[] =>
  [...text.matchAll(FENCE)]
    .filter(([, , name]) => name === language)
    .map(({ 3: code = "", index }) => ({ line: text.slice(0, index).split("\n").length + 1, code }));

/** Targets of the links outside code. */
export const linksOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

/** The anchors of a file's headings, as GitHub makes them. */
export const anchorsOf = (text: string): string[] =>
  [...text.replace(FENCE, "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

const proseOf = (text: string) => text.replace(FENCE, "").replace(/`[^`\n]*`/g, "");
