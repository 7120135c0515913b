import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Problem, Source } from "./source";

/** Reads YAML, and JSON, which is YAML too. */
export function readYaml(file: string, text: string): Source {
  const lineCounter = new LineCounter();
  // Its own check of keys compares each with all others, which takes seconds for 10,000 accounts.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const errors = document.errors.map(({ message, pos: [start] }) => ({ line: lineAt(start), message }));

  return {
    file,
    content: errors.length > 0 ? undefined : document.toJS(),
    unreadable: [...errors, ...repeatedKeys(document, lineAt)],
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

function repeatedKeys(document: Document.Parsed, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = keyOf(key);
        if (name === undefined || !isNode(key)) continue;
        if (seen.has(name)) problems.push({ line: lineAt(key.range?.[0] ?? 0), message: `${name}: is there twice` });
        seen.add(name);
      }
    },
  });
  return problems;
}

const keyOf = (key: unknown) => (isScalar(key) ? String(key.value) : undefined);
