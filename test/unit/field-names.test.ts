import { expect, test } from "vitest";
import { fromApi, propertyOf, toApi } from "../../provider/engine/codec";

/** Properties of a program and fields of the API: one becomes the other. */

const names = ["email", "fullName", "companyVatId", "company", "note"];
const exceptions = { company: "companyName" };

test("inputs as fields: snake case, except for those of another name; what is absent is left out or cleared", () => {
  const inputs = { email: "a@b.example", fullName: "Anna", companyVatId: 7, company: "Acme", other: "not named" };
  expect(toApi(inputs, names, { exceptions })).toEqual({
    email: "a@b.example",
    full_name: "Anna",
    company_vat_id: 7,
    companyName: "Acme",
  });
  expect(toApi(inputs, ["company"])).toEqual({ company: "Acme" });
  expect(toApi({ email: null, isTest: false }, ["email", "fullName", "isTest"])).toStrictEqual({ is_test: false });
  expect(toApi({ email: null }, ["email", "fullName", "note"], { cleared: ["email", "fullName"] })).toEqual({
    email: null,
    full_name: null,
  });
});

test("fields of a reply as properties, also those that it does not have", () => {
  const reply = { full_name: "Anna", company_vat_id: null, companyName: "Acme", email_: "x" };
  expect(fromApi(reply, names, exceptions)).toEqual({
    email: undefined,
    fullName: "Anna",
    companyVatId: null,
    company: "Acme",
    note: undefined,
  });
  expect(fromApi(reply, ["company"])).toEqual({ company: undefined });
});

test.each([
  ["email", "email"],
  ["full_name", "fullName"],
  ["company_vat_id", "companyVatId"],
  ["companyName", "company"],
  // Of no input: the field's own name.
  ["role_id", "role_id"],
  ["", ""],
])("the API's field %s in a refusal: %s", (field, property) => {
  expect(propertyOf(field, names, { companyName: "company" })).toBe(property);
});

test("a field of another name that belongs to no input of this kind: the field's own name", () => {
  expect(propertyOf("companyName", ["email"], { companyName: "company" })).toBe("companyName");
});
