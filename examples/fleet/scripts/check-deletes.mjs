// Stops a pipeline before it deletes too much:
//   pulumi preview --json | node scripts/check-deletes.mjs 5
// Exit code 1 if more than 5 resources would be deleted, or if there is no complete preview.
import { text } from "node:stream/consumers";

function stop(message) {
  console.error(message);
  process.exit(1);
}

const limit = Number(process.argv[2]);
if (!Number.isInteger(limit) || limit < 0) stop("usage: check-deletes.mjs <greatest number of deletes>");

const output = await text(process.stdin);
let preview;
try {
  preview = JSON.parse(output);
} catch {
  stop(`This is no output of pulumi preview --json:\n${output}`);
}

const errors = (preview.diagnostics ?? []).filter(({ severity }) => severity === "error");
if (errors.length > 0) stop(errors.map(({ message }) => message.trim()).join("\n"));
if (!Array.isArray(preview.steps)) stop("The preview has no steps.");

const deleted = preview.steps.filter(({ op }) => op === "delete" || op === "delete-replaced");
for (const { urn } of deleted) console.error(`to be deleted: ${urn.split("::").slice(2).join(" ")}`);
if (deleted.length > limit)
  stop(`${deleted.length} deletes, and at most ${limit} are allowed: review them, and raise the limit.`);
console.error(`${deleted.length} deletes, at most ${limit} allowed`);
