// Stops a pipeline before it deletes too much:
//   pulumi preview --json | node scripts/check-deletes.mjs 5
// Exit code 1 if more than 5 would be deleted, or if there is no complete preview. A user counts once, together with the
// services, features and password of the account.
import { text } from "node:stream/consumers";

const WAY_OUT =
  "restore the entry, with formerName if it was renamed. To offboard the account, declare offboard: true first (docs/fleet.md).";

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
if (errors.length > 0) {
  const messages = errors.map(({ message }) => message.trim());
  const isProtected = messages.some((message) => message.includes("protected"));
  stop([...messages, ...(isProtected ? [`A protected user: ${WAY_OUT}`] : [])].join("\n"));
}
if (!Array.isArray(preview.steps)) stop("The preview has no steps.");

const deleted = preview.steps
  .filter(({ op }) => op === "delete" || op === "delete-replaced")
  .map(({ urn }) => ({ type: urn.split("::")[2], name: urn.split("::")[3] }));
const isUser = ({ type }) => type.endsWith(":ClientUser");
const users = deleted.filter(isUser).map(({ name }) => name);
// What belongs to an account has its name and one more word: acme-cdn, acme-61, acme-password.
const ownerOf = (name) => name.replace(/-[^-]*$/, "");
const counted = deleted.filter((one) => isUser(one) || !users.includes(ownerOf(one.name)));

for (const { type, name } of deleted) console.error(`to be deleted: ${type} ${name}`);
if (users.length > 0) console.error(`If one of these users was not offboarded by the change before: ${WAY_OUT}`);
if (counted.length > limit) {
  stop(
    `${counted.length} deletes, and at most ${limit} are allowed: review them, and raise the number in package.json, check-deletes.`,
  );
}
console.error(`${counted.length} deletes, at most ${limit} allowed`);
