import { expect, test } from "vitest";
import { readRefusal, secretsOf } from "../../provider/api/refusal";

test.each<[string, unknown, Record<string, string[]>]>([
  [
    "lists by field",
    { errors: { email: ["Taken."], company: ["Empty."] } },
    { email: ["Taken."], company: ["Empty."] },
  ],
  ["a text by field, inside an array", [{ errors: { new_email: "Same email." } }], { new_email: ["Same email."] }],
  ["nested fields", { errors: { client_user: { role: ["Invalid role"] } } }, { client_user: ["Invalid role"] }],
  ["a message", { message: "JSON parse error" }, { "": ["JSON parse error"] }],
  ["lists beside a message", { message: "In use", active: ["CDN"], trial: [] }, { "": ["In use"], active: ["CDN"] }],
  ["bare texts in an array", ["User 1 is invited"], {}],
  ["no object", 42, {}],
  ["a record that is not a refusal", { email: "it@acme.example", id: 7 }, {}],
])("reads %s", (_shape, body, fields) => {
  expect(readRefusal(JSON.stringify(body), [])).toEqual(fields);
});

test("a field with any name is read", () => {
  expect(readRefusal('{"errors":{"constructor":["Taken."],"__proto__":["Empty."]}}', [])).toMatchObject({
    constructor: ["Taken."],
  });
});

test("a secret that the API repeats inside JSON or a URL is replaced", () => {
  const password = 'se"c\\ret&W0rd';
  const message = `bad: ${JSON.stringify({ password })} at ?password=${encodeURIComponent(password)}`;
  const [text] = readRefusal(JSON.stringify({ message }), [password])[""] ?? [];
  expect(text).toBe('bad: {"password":"[secret]"} at ?password=[secret]');
});

test("HTML and an empty body have no texts", () => {
  expect(readRefusal("<html><body>502 Bad Gateway</body></html>", [])).toEqual({});
  expect(readRefusal("", [])).toEqual({});
});

test("a secret that the API repeats is replaced, and a long text is cut", () => {
  const secrets = ["1234$abcdef", ...secretsOf({ email: "a@b.example", password: "hunter22", old: "hunter1" })];
  const body = {
    errors: { password: ["hunter22 is too common, unlike hunter1"], key: ["1234$abcdef?", "x".repeat(900)] },
  };
  const fields = readRefusal(JSON.stringify(body), secrets);
  expect(fields.password).toEqual(["[secret] is too common, unlike [secret]"]);
  expect(fields.key?.[0]).toBe("[secret]?");
  expect(fields.key?.[1]).toHaveLength(300);
});
