import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** An exported function of provider/api, with the calls that its docstring names. */
export interface ApiFunction {
  /** Name of its file, without the extension. */
  file: string;
  name: string;
  /** "METHOD /path/{parameter}" */
  operations: string[];
}

const folder = join(import.meta.dirname, "../../provider/api");
const DOCUMENTED = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:const|async function\*?|function) (\w+)/g;
const OPERATION = /`((?:GET|POST|PUT|PATCH|DELETE) \/[^\s`?]*)/g;

/** The functions of provider/api that name a call. test/contract/api-calls.test.ts holds each against what it sends. */
export function apiFunctions(): ApiFunction[] {
  return readdirSync(folder).flatMap((path) => {
    const source = readFileSync(join(folder, path), "utf8");
    return [...source.matchAll(DOCUMENTED)].flatMap(([, doc = "", name = ""]) => {
      const operations = [...doc.matchAll(OPERATION)].map(([, operation = ""]) => operation);
      return operations.length === 0 ? [] : [{ file: basename(path, ".ts"), name, operations }];
    });
  });
}
