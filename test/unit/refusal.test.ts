import { describe, expect, test } from "vitest";
import { ConflictError, isRefusalAbout, saysInvalid, ValidationError } from "../../provider/api/errors";
import { isApiBody, readRefusal, secretsOf } from "../../provider/api/refusal";

test.each<[string, unknown, Record<string, string[]>]>([
  [
    "lists by field",
    { errors: { email: ["Taken."], company: ["Empty."] } },
    { email: ["Taken."], company: ["Empty."] },
  ],
  ["a text by field, inside an array", [{ errors: { new_email: "Same email." } }], { new_email: ["Same email."] }],
  ["nested fields", { errors: { user: { role: ["Invalid role"] } } }, { "user.role": ["Invalid role"] }],
  ["a message", { message: "JSON parse error" }, { "": ["JSON parse error"] }],
  ["lists next to a message", { message: "In use", active: ["CDN"], trial: [] }, { "": ["In use"], active: ["CDN"] }],
  ["an error", { error: "Email is taken", status: "failed" }, { "": ["Email is taken"] }],
  ["an error with its own message", { error: { code: "E1", message: "Taken" } }, { code: ["E1"], "": ["Taken"] }],
  [
    "fields at the top level",
    { email: ["Taken."], user: { name: ["Empty."] } },
    { email: ["Taken."], "user.name": ["Empty."] },
  ],
  ["non_field_errors", { non_field_errors: ["Email exists."] }, { "": ["Email exists."] }],
  ["the same below errors", { errors: { non_field_errors: ["Email exists."] } }, { "": ["Email exists."] }],
  [
    "problem details",
    { type: "about:blank", title: "Conflict", detail: "Email exists.", status: 409 },
    { "": ["Conflict", "Email exists."] },
  ],
  ["a list of texts", ["User 1 is invited", "User 2 is invited"], { "": ["User 1 is invited", "User 2 is invited"] }],
  ["a text as JSON", "Email exists.", { "": ["Email exists."] }],
  ["a number", 42, {}],
  ["no texts", { errors: { email: "", company: [" "], code: 7, user: null } }, {}],
  ["a list of records that are not refusals", [{ email: "it@acme.example" }, [7]], {}],
  ["a record that is not a refusal", { email: "it@acme.example", id: 7, user: { name: "Anna" } }, {}],
])("reads %s", (_shape, body, fields) => {
  expect(readRefusal(JSON.stringify(body), [])).toEqual(fields);
});

test.each<[string, string, Record<string, string[]>]>([
  ["plain text", "Email is taken\n", { "": ["Email is taken"] }],
  [
    "an HTML page: its title",
    "<!doctype html><TITLE lang=en>502 Bad\n Gateway</TITLE><p>it@acme.example",
    { "": ["502 Bad Gateway"] },
  ],
  ["an HTML page after an empty line", "\n <html><title>502</title>", { "": ["502"] }],
  ["a text with an HTML tag", "No <title>such</title> page", { "": ["No <title>such</title> page"] }],
  ["an HTML page without a title", "<html><body>502 Bad Gateway</body></html>", {}],
  ["terminal control characters", "\u001b[31mred\u0007", { "": ["[31mred"] }],
  ["an empty body", "", {}],
])("reads %s", (_shape, body, fields) => {
  expect(readRefusal(body, [])).toEqual(fields);
});

test.each([
  ["", true],
  [" \n", true],
  ['{"message":"x"}', true],
  ['[{"errors":{}}]', true],
  ["<html></html>", false],
  ["404 page not found", false],
  ['"not found"', false],
  ["null", false],
])("the body %j is the API's: %j", (body, expected) => {
  expect(isApiBody(body)).toBe(expected);
});

describe("is a refusal about the email address?", () => {
  const names = ["email", "users_email", "username"];
  const refusal = (body: unknown, Type = ValidationError) =>
    new Type({ method: "POST", path: "/iam/users" }, 400, readRefusal(JSON.stringify(body), []));

  test.each<[unknown, boolean]>([
    [{ errors: { email: ["Taken."] } }, true],
    [{ email: ["Taken."] }, true],
    [{ errors: { user: { users_email: "Taken." } } }, true],
    [{ username: ["Taken."] }, true],
    [{ message: "This e-mail is registered." }, true],
    [{ detail: "A user with these Emails exists" }, true],
    [["E-Mail already exists"], true],
    [{ errors: { company: ["Is the email of a company."] } }, false],
    [{ message: "Emailing is not possible" }, false],
    [{ message: "Throttled" }, false],
    [{}, false],
  ])("%j: %j", (body, expected) => {
    expect(isRefusalAbout(refusal(body), names)).toBe(expected);
    expect(isRefusalAbout(refusal(body, ConflictError), names)).toBe(expected);
    expect(isRefusalAbout(new Error(JSON.stringify(body)), names)).toBe(false);
  });

  test.each<[unknown, boolean]>([
    [{ errors: { email: ["Enter a valid email address."] } }, true],
    [{ message: "email: invalid format" }, true],
    [{ email: ["Not a valid string."] }, true],
    [{ email: ["This field may not be blank."] }, true],
    [{ email: ['Invalid value "7" - object does not exist.'] }, true],
    [{ errors: { email: ["A user with this email already exists."] } }, false],
    [{ errors: { email: ["The email is invalid or already taken."] } }, false],
    [{ errors: { email: ["Invalid value.", "Taken."] } }, false],
    [{ errors: { email: [] } }, false],
    [{ errors: { company: ["Invalid value."] } }, false],
    [{ message: "Conflict" }, false],
  ])("%j says clearly that it is invalid: %j", (body, expected) => {
    expect(saysInvalid(refusal(body), names)).toBe(expected);
  });

  test("another error says nothing about the value", () => {
    expect(saysInvalid(new Error("email: invalid"), names)).toBe(false);
  });

  test("a conflict stays one with the program's property names; texts without a field stay without one", () => {
    const renamed = refusal({ email: ["Taken."], message: "Conflict" }, ConflictError).renamed(() => "address");
    expect(renamed).toBeInstanceOf(ConflictError);
    expect(renamed).toMatchObject({ name: "ConflictError", fields: { address: ["Taken."], "": ["Conflict"] } });
  });
});

test("secrets in nested bodies are found", () => {
  const body = {
    user: { password: "first1", seller: 5, phone: null },
    users: [{ old: "second2", name: "Anna" }],
    password: { new: "third3" },
  };
  expect(secretsOf(body)).toEqual(["first1", "second2", "third3"]);
  expect(readRefusal('{"message":"first1 and third3"}', secretsOf(body))).toEqual({ "": ["[secret] and [secret]"] });
});

test("a field with any name is read", () => {
  expect(readRefusal('{"errors":{"constructor":["Taken."],"__proto__":["Empty."]}}', [])).toMatchObject({
    constructor: ["Taken."],
  });
});

test("a secret that the API repeats inside JSON, a URL or HTML is replaced", () => {
  const password = `se"c\\ret<&>'W0rd`;
  const html = "se&quot;c\\ret&lt;&amp;&gt;&#39;W0rd";
  const message = `bad: ${JSON.stringify({ password })} at ?password=${encodeURIComponent(password)} (${html})`;
  const [text] = readRefusal(JSON.stringify({ message }), [password])[""] ?? [];
  expect(text).toBe('bad: {"password":"[secret]"} at ?password=[secret] ([secret])');
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
