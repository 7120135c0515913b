/** Reads why the API refused a request, from any of the shapes that its refusals come in. */

const LONGEST_TEXT = 300;
/** Body fields whose values are secrets: an API that echoes them must not make us print them. */
const SECRET_FIELDS = ["password", "old", "new", "double", "one_time_password"];

/** Lists beside a message: the products that keep an availability from being changed. */
const PRODUCT_LISTS = ["trial", "activating", "active"];

/**
 * The API's words by field; what belongs to no field stands under `""`. Understands `{errors: {field: [text]}}`, the
 * same inside an array, `{message}` and the lists beside it; anything else (HTML, nothing) gives no words.
 */
export function readRefusal(body: string, secrets: string[]): Record<string, string[]> {
  // Without a prototype, so that no name of a field is taken for something else.
  const fields: Record<string, string[]> = Object.create(null);
  const add = (field: string, value: unknown) => {
    const texts = textsIn(value).map((text) => scrub(text, secrets).slice(0, LONGEST_TEXT));
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

/** Values of the secret fields of a request's body. */
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
