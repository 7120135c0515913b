import { functionNames } from "./function-pages.mts";
import { PUBLISHED } from "./published.mts";
import { resources } from "./resources.mts";

/** The lists of resources and functions in the README, between two comments each. */

const link = (name: string, path: string) => `[\`${name}\`](${PUBLISHED}docs/${path}.md)`;
const firstSentence = (text: string) => /^.*?[.:](?=\s|$)/.exec(text)?.[0].slice(0, -1) ?? text;

/** "A client account" → "a client account" */
const lowerCase = (text: string) => text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());

const lists = {
  resources: resources
    .map(({ kind, file, doc }) => `- ${link(kind, `resources/${file}`)}: ${lowerCase(firstSentence(doc.text))}`)
    .join("\n"),
  functions: functionNames.map((name) => link(name, `functions/${name}`)).join(", "),
};

/** The README with its lists as the code has them. */
export function withLists(readme: string): string {
  return Object.entries(lists).reduce((text, [name, list]) => {
    const [start, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- /${name} -->`];
    if (!text.includes(start) || !text.includes(end)) throw new Error(`README.md: ${start} and ${end} are missing`);
    const [before = ""] = text.split(start);
    const [, after = ""] = text.split(end);
    return `${before}${start}\n${list}\n${end}${after}`;
  }, readme);
}
