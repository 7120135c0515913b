import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { coverageDoc } from "../contract/coverage.mts";
import { functionNames, functionPage } from "./function-pages.mts";
import { providerPage } from "./provider-page.mts";
import { withLists } from "./readme.mts";
import { resourcePage } from "./resource-page.mts";
import { resources } from "./resources.mts";

export const root = join(import.meta.dirname, "../..");

/** Folders that have no other files than these pages. */
const folders = ["docs/resources", "docs/functions"];

/** The text of each file that is made from the code, by its path. */
export const pages: Record<string, string> = {
  ...Object.fromEntries(
    resources.map((resource) => [`docs/resources/${resource.file}.md`, generated(resourcePage(resource))]),
  ),
  ...Object.fromEntries(functionNames.map((name) => [`docs/functions/${name}.md`, generated(functionPage(name))])),
  "docs/provider.md": generated(providerPage()),
  "docs/coverage.md": generated(coverageDoc()),
  "README.md": withLists(readFileSync(join(root, "README.md"), "utf8")),
};

/** After the title, so that the title is the file's first line. */
function generated(text: string): string {
  return text.replace("\n", "\n\n<!-- Made from the code by `npm run docs`. -->\n");
}

/** Files that are in the folders of the pages and are none of them. */
export const outdated = (): string[] =>
  folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((path) => !(path in pages));
