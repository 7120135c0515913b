import ts from "typescript";
import { expect, test } from "vitest";
import { compile } from "../support/compile";
import { codeBlocks, markdownFiles, textOf } from "../support/markdown";

/** The programs in the documents, against the declarations of the built package. */

const programs = markdownFiles.flatMap((file, page) =>
  codeBlocks(textOf(file), "ts").map(({ line, name, code }, i) => ({
    at: `${file}:${line}`,
    // Blocks that name a file import each other.
    path: `page-${page}/${name ?? `program-${i}.mts`}`,
    code,
  })),
);

test("documents: each program compiles", { timeout: 120_000 }, () => {
  expect(programs.length).toBeGreaterThan(10);
  const files = Object.fromEntries(programs.map(({ path, code }) => [path, code]));
  const { NodeNext: module } = ts.ModuleKind;
  const problems = compile(files, { module, moduleResolution: ts.ModuleResolutionKind.NodeNext }).map(
    ({ file, line, text }) => {
      const { at, code } = programs.find(({ path }) => path === file) ?? { at: file, code: "" };
      return `${at}: ${code.split("\n")[line]}: ${text}`;
    },
  );
  expect(problems).toEqual([]);
});
