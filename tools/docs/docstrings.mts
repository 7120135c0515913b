import ts from "typescript";
import { checker } from "./program.mts";

/** A docstring: its text, and the texts of its tags. */
export interface Docstring {
  /** Markdown, one line a paragraph. */
  text: string;
  /** Text of the tag, as it is written. */
  tags: { name: string; text: string }[];
}

export function docstringOf(symbol: ts.Symbol | undefined): Docstring {
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker));
  const tags = symbol?.getJsDocTags(checker) ?? [];
  return {
    text: unwrapped(withoutLinks(text)),
    tags: tags.map((tag) => ({ name: tag.name, text: withoutLinks(ts.displayPartsToString(tag.text)) })),
  };
}

export const tagOf = ({ tags }: Docstring, name: string): string | undefined =>
  tags.find((tag) => tag.name === name)?.text;

const withoutLinks = (text: string) => text.replace(/\{@link (\w+)\s*\}/g, "`$1`");
const unwrapped = (text: string) => text.replace(/([^\n])\n(?!\n)/g, "$1 ");

/** The sentence "Default: …." of a text, and the rest. */
export function splitDefault(text: string): { rest: string; byDefault: string | undefined } {
  const [sentence = "", byDefault] = /(?:^|\s)Default: (.*?)(?:\.(?=\s|$)|$)/.exec(text) ?? [];
  return { rest: text.replace(sentence, "").trim(), byDefault };
}
