import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Source } from "./source";

/** Reads YAML, and JSON, which is YAML too. */
export function readYaml(file: string, text: string): Source {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const unreadable = document.errors.map(({ code, message, pos: [start] }) => {
    const [key = ""] = /^[^\s:]+/.exec(text.slice(start)) ?? [];
    return { line: lineAt(start), message: code === "DUPLICATE_KEY" ? `${key}: is there twice` : message };
  });
  const isReadable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");

  return {
    file,
    content: isReadable ? document.toJS() : undefined,
    unreadable,
    lineOf(path) {
      let node: unknown = document.contents;
      let offset = 0;
      for (const part of path) {
        const key = isMap(node) ? node.items.find((pair) => keyOf(pair.key) === String(part)) : undefined;
        const next: unknown = key ? key.value : isSeq(node) ? node.items[Number(part)] : undefined;
        const start = key ? key.key : next;
        if (!isNode(start)) break;
        offset = start.range?.[0] ?? offset;
        node = next;
      }
      return lineAt(offset);
    },
  };
}

const keyOf = (key: unknown) => (isScalar(key) ? String(key.value) : undefined);
