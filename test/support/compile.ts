import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

/** An error of the compiler; lines count from 0. */
export interface CompilerError {
  file: string;
  line: number;
  text: string;
}

/** Compiles files in a project of their own that has this package installed, and returns the errors. */
export function compile(files: Record<string, string>, options: ts.CompilerOptions = {}): CompilerError[] {
  const folder = mkdtempSync(join(tmpdir(), "gcore-types-"));
  try {
    symlinkSync(resolve(__dirname, "../../node_modules"), join(folder, "node_modules"));
    const paths = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    });
    const settings: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      strict: true,
      exactOptionalPropertyTypes: options.strict !== false,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
      ...options,
    };
    return ts.getPreEmitDiagnostics(ts.createProgram(paths, settings)).map(({ file, start, messageText }) => ({
      file: file?.fileName.slice(folder.length + 1) ?? "",
      line: file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0,
      text: ts.flattenDiagnosticMessageText(messageText, "\n"),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
