import { expect, test } from "vitest";
import { compile } from "../support/compile";
import { codeBlocks, markdownFiles, textOf } from "../support/markdown";

/** The programs in the documents, against the declarations of the built package. */

const programs = markdownFiles.flatMap((file) =>
  codeBlocks(textOf(file), "ts").map(({ line, code }) => ({ name: `${file}:${line}`, code })),
);

test("documents: each program compiles", { timeout: 120_000 }, () => {
  expect(programs.length).toBeGreaterThan(10);
  const files = Object.fromEntries(programs.map(({ code }, i) => [`program-${i}.mts`, code]));
  const problems = compile(files).map(({ file, line, text }) => {
    const { name, code } = programs[Number(/\d+/.exec(file)?.[0])] ?? { name: file, code: "" };
    return `${name}: ${code.split("\n")[line]}: ${text}`;
  });
  expect(problems).toEqual([]);
});
