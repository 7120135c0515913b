// npm run docs: writes the pages that are made from the code. test/unit/docs.test.ts fails while they differ from it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { outdated, pages, root } from "./pages.mts";

for (const [path, text] of Object.entries(pages)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
for (const path of outdated()) rmSync(join(root, path));
