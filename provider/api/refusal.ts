/** Reads the texts of a refusal, whatever shape its body has. */

const MAX_TEXT_LENGTH = 300;
/** Request fields whose values are secrets: the API may repeat them in its texts, and they must not be printed. */
const SECRET_FIELDS = ["password", "old", "new", "double", "one_time_password"];

/** Lists next to a message: the products whose state forbids the change. */
const PRODUCT_LISTS = ["trial", "activating", "active"];

/**
 * The API's texts by field; texts without a field are under `""`. Understands `{errors: {field: [text]}}`, the same in an
 * array, `{message}` and the lists next to it; any other body (HTML, empty) has no texts.
 */
export function readRefusal(body: string, secrets: string[]): Record<string, string[]> {
  // Without a prototype, so that a field may have any name.
  const fields: Record<string, string[]> = Object.create(null);
  const add = (field: string, value: unknown) => {
    const texts = textsIn(value).map((text) => scrub(text, secrets).slice(0, MAX_TEXT_LENGTH));
    if (texts.length > 0) fields[field] = [...(fields[field] ?? []), ...texts];
  };
  for (const part of [parse(body)].flat()) {
    if (!isObject(part)) continue;
    add("", part.message ?? part.detail);
    for (const [field, texts] of Object.entries(isObject(part.errors) ? part.errors : { "": part.errors }))
      add(field, texts);
    for (const list of PRODUCT_LISTS) add(list, part[list]);
  }
  return fields;
}

/** Values of the secret fields in a request body. */
export function secretsOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  return SECRET_FIELDS.map((field) => body[field]).filter((value) => typeof value === "string");
}

function scrub(text: string, secrets: string[]): string {
  return secrets
    .filter((secret) => secret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value.trim()];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
