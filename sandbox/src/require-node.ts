// Imported before everything that loads node:sqlite, which an older Node.js does not have.
import { unsupportedNode } from "./node-version";

const message = unsupportedNode();
// The stack would only show how the package was loaded.
if (message !== undefined) throw Object.assign(new Error(message), { stack: `Error: ${message}` });
