import type { RefusalTexts } from "./errors";

/** Reads the texts of a refusal, whatever shape its body has. */

const MAX_TEXT_LENGTH = 300;
/** Request fields whose values are secrets: the API may repeat them in its texts, and they must not be printed. */
const SECRET_FIELDS = ["password", "old", "new", "double", "one_time_password"];
/** Keys that group texts or hold one, and name no field. */
const GROUP_KEYS = [
  "errors",
  "error",
  "non_field_errors",
  "__all__",
  "message",
  "title",
  "detail",
  "details",
  "reason",
];

/**
 * The API's texts by field; texts without a field are under `""`. Understands `{errors: {field: [text]}}`,
 * `{field: [text]}`, `{message}`, `{error}`, `non_field_errors`, problem details (`title`, `detail`), lists of these or of
 * texts, and plain text. An HTML page has its title.
 */
export function readRefusal(body: string, secrets: readonly string[]): RefusalTexts {
  // Without a prototype, so that a field may have any name.
  const fields: RefusalTexts = Object.create(null);
  const add = (field: string, text: string) => {
    const clean = scrub(text, secrets)
      .replace(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, MAX_TEXT_LENGTH);
    if (clean !== "") fields[field] = [...(fields[field] ?? []), clean];
  };

  const read = (value: unknown, field: string, isText: boolean): void => {
    if (typeof value === "string" && isText) add(field, value);
    if (Array.isArray(value)) for (const item of value) read(item, field, isText || typeof item === "string");
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const isGroup = GROUP_KEYS.includes(key);
      // A plain value outside of the errors may be part of the request that is repeated.
      read(item, isGroup ? field : [field, key].filter(Boolean).join("."), isText || isGroup);
    }
  };

  const json = parse(body);
  if (json !== undefined) read(json, "", typeof json === "string");
  else if (/^\s*</.test(body)) add("", /<title[^>]*>([^<]*)</i.exec(body)?.[1] ?? "");
  else add("", body);
  return fields;
}

/** Whether a body can be the API's: empty or JSON, and not a page of a gateway. */
export function isApiBody(body: string): boolean {
  const json = parse(body);
  return body.trim() === "" || (typeof json === "object" && json !== null);
}

/** Values of the secret fields in a request body, at any depth. */
export function secretsOf(body: unknown): string[] {
  if (Array.isArray(body)) return body.flatMap(secretsOf);
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([field, value]) =>
    typeof value === "string" ? (SECRET_FIELDS.includes(field) ? [value] : []) : secretsOf(value),
  );
}

function scrub(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), inHtml(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);
}

const HTML_ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const inHtml = (text: string): string =>
  Object.entries(HTML_ESCAPES).reduce((html, [character, escaped]) => html.replaceAll(character, escaped), text);

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
