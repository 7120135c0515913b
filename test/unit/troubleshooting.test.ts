import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root, textOf } from "../support/markdown";

/** docs/troubleshooting.md against the texts in the code: no message that does not exist, no text without an entry. */

/** What stands for a value, in a message of the page and in a text of the code. */
const GAP = "…";

/** The text of an expression; undefined if it is none. */
function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => GAP + literal.text).join("");
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [literalOf(node.left), literalOf(node.right)];
    return left === undefined && right === undefined ? undefined : (left ?? GAP) + (right ?? GAP);
  }
  return undefined;
}

/** All texts in a part of the code, also those inside other ones. */
function textsIn(node: ts.Node): string[] {
  const text = literalOf(node);
  const inner: string[] = [];
  ts.forEachChild(node, (child) => void inner.push(...textsIn(child)));
  return text === undefined ? inner : [text, ...inner];
}

/** A place that gives a text to the user: an error, a log line, a rejected input, or a piece of advice. */
interface Place {
  at: string;
  texts: string[];
}

function placesIn(file: ts.SourceFile): Place[] {
  const places: Place[] = [];
  const visit = (node: ts.Node): void => {
    if (isShown(node)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      places.push({ at: `${file.fileName}:${line}`, texts: textsIn(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return places;
}

function isShown(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return /Error$/.test(node.expression.getText());
  if (ts.isCallExpression(node)) return /^(super|(\w+\.)*(log|warn|info))$/.test(node.expression.getText());
  if (!ts.isPropertyAssignment(node)) return false;
  const isAdvice = ts.isVariableDeclaration(node.parent.parent) && node.parent.parent.name.getText() === "advice";
  return isAdvice || node.name.getText() === "reason";
}

const files = globSync("provider/**/*.ts", { cwd: root }).map((path) =>
  ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2022, true),
);
const messages = [...textOf("docs/troubleshooting.md").matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, text = ""]) => text);

/** Whether a text has the parts of a message, in their order. */
function has(text: string, message: string): boolean {
  let from = 0;
  return message.split(GAP).every((part) => {
    const found = text.indexOf(part, from);
    from = found + part.length;
    return found >= 0;
  });
}

/** Texts that no user sees, each with the reason. */
const internal = [/^the provider was not configured by the engine$/];

const isSentence = (text: string) => (text.match(/\p{L}{2,}/gu) ?? []).length >= 4;

test("every message of the page: is a text of the code", () => {
  const texts = files.flatMap((file) => textsIn(file));
  expect(messages.length).toBeGreaterThan(60);
  expect(messages.filter((message) => !texts.some((text) => has(text, message)))).toEqual([]);
});

test("every error, log line and piece of advice of the code: has an entry on the page", () => {
  const places = files.flatMap(placesIn);
  expect(places.length).toBeGreaterThan(90);
  const missing = places.filter(({ texts }) => {
    const sentences = texts.filter((text) => isSentence(text) && !internal.some((pattern) => pattern.test(text)));
    return sentences.length > 0 && !texts.some((text) => messages.some((message) => has(text, message)));
  });
  expect(missing.map(({ at, texts }) => `${at}: ${texts[0]}`)).toEqual([]);
});

test("a message that nobody writes, and a text without an entry: both are found", () => {
  expect(has("is … at Gcore and … in the program", "… at Gcore and … in the program")).toBe(true);
  expect(has("in the program … at Gcore", "… at Gcore and … in the program")).toBe(false);
  const code = `throw new Error("no " + \`such \${a} at all\`);`;
  const file = ts.createSourceFile("a.ts", code, ts.ScriptTarget.ES2022, true);
  expect(placesIn(file)).toEqual([{ at: "a.ts:1", texts: ["no such … at all", "no ", "such … at all"] }]);
});
