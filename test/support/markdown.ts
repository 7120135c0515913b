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

/** A code block, with the number of its first line. `name` is that of the file which its first line names: `// index.ts`. */
export interface CodeBlock {
  line: number;
  name: string | undefined;
  code: string;
}

/** The code blocks of a language, without the indentation of the list that they are part of. */
export const codeBlocks = (text: string, language: string): CodeBlock[] =>
  [...text.matchAll(FENCE)]
    .filter(([, , found]) => found === language)
    .map(({ 1: indent = "", 3: code = "", index }) => ({
      line: text.slice(0, index).split("\n").length + 1,
      name: /^\s*\/\/ (\S+\.m?ts)$/m.exec(code.split("\n", 1)[0] ?? "")?.[1],
      code: indent ? code.replaceAll(new RegExp(`^${indent}`, "gm"), "") : code,
    }));

/** The files that a document's code blocks name, for a test that runs them as they are shown. */
export const filesIn = (document: string): Record<string, string> =>
  Object.fromEntries(codeBlocks(textOf(document), "ts").flatMap(({ name, code }) => (name ? [[name, code]] : [])));

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
