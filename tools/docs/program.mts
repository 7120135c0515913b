import { join } from "node:path";
import ts from "typescript";

/** The package's source as the compiler sees it, from provider/index.ts on. */

const root = join(import.meta.dirname, "../..");
const provider = join(root, "provider");

const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
// Else the order of a union's members would depend on other files.
const program = ts.createProgram([join(provider, "index.ts")], { ...options, stableTypeOrdering: true });
export const checker = program.getTypeChecker();

/** An export, and where it is declared. */
export interface Export {
  name: string;
  symbol: ts.Symbol;
  declaration: ts.Declaration;
  /** Path of the declaring file below provider/, without the extension. */
  file: string;
}

/** What a file of the provider exports, in its order; by default what a program imports. */
export function exportsOf(path = "index"): Export[] {
  const file = program.getSourceFile(join(provider, `${path}.ts`));
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`provider/${path}.ts exports nothing`);
  return checker.getExportsOfModule(module).map(resolved);
}

export function exportNamed(name: string, path?: string): Export {
  const found = exportsOf(path).find((one) => one.name === name);
  if (!found) throw new Error(`provider/${path ?? "index"}.ts does not export ${name}`);
  return found;
}

/** An import or an export that passes something on, and what it stands for. */
export function resolved(symbol: ts.Symbol): Export {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = target.declarations ?? [];
  if (!declaration) throw new Error(`${symbol.name} has no declaration`);
  const path = declaration.getSourceFile().fileName.slice(provider.length + 1);
  return { name: symbol.name, symbol: target, declaration, file: path.replace(/\.ts$/, "") };
}

/** Whether a symbol is declared in the provider, not in a library. */
export const isOwn = (symbol: ts.Symbol | undefined): symbol is ts.Symbol =>
  symbol?.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(`${provider}/`)) ?? false;
