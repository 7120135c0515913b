import { describe, expect, test } from "vitest";
import { type Declared, defineResource } from "../../provider/engine/define";
import { Claims, declarationName } from "../../provider/engine/session";

/** Claims: within one process a resource at Gcore belongs to one declaration. */

const acme = declarationName("ClientUser", "pulumi:shop/prod/acme");
const twin = declarationName("ClientUser", "pulumi:shop/prod/twin");
const idKey = (kind: string, id: string) => defineResource({ kind } as Declared<object, object>).exclusive(id);
const user = idKey("ClientUser", "50001/8001");

test("equal IDs of two kinds: two claims", () => {
  const claims = new Claims();
  expect(claims.claim(idKey("Seller", "8001"), acme)).toBe(acme);
  expect(claims.claim(idKey("ClientUser", "8001"), twin)).toBe(twin);
  expect(claims.holder(idKey("Seller", "8001"))).toBe(acme);
});

test("equal origins of two kinds, as two resources of one name have: two declarations", () => {
  const claims = new Claims();
  const account = declarationName("ClientAccount", "pulumi:shop/prod/acme");
  expect(claims.claim("account 7", acme)).toBe(acme);
  expect(claims.claim("account 7", account)).toBe(acme);
});

test("claimed: a second declaration is refused, the first may claim again", () => {
  const claims = new Claims();
  expect(claims.claim(user, acme)).toBe(acme);
  expect(claims.claim(user, twin)).toBe(acme);
  expect(claims.claim(user, acme)).toBe(acme);
  expect(claims.holder(user)).toBe(acme);
});

test("released by its holder: free; by another declaration: still claimed", () => {
  const claims = new Claims();
  claims.claim(user, acme);
  claims.release(user, twin);
  expect(claims.holder(user)).toBe(acme);
  claims.release(user, acme);
  expect(claims.claim(user, twin)).toBe(twin);
});

describe("an intent, which the program only declares", () => {
  const intent = { isIntent: true };

  test("gives way to a declaration that has the resource in state", () => {
    const claims = new Claims();
    claims.claim(user, twin, intent);
    expect(claims.claim(user, acme)).toBe(acme);
    expect(claims.claim(user, twin)).toBe(acme);
  });

  test("does not give way to another intent, nor replaces a claim", () => {
    const claims = new Claims();
    claims.claim(user, acme, intent);
    expect(claims.claim(user, twin, intent)).toBe(acme);
    claims.claim(user, acme);
    expect(claims.claim(user, twin, intent)).toBe(acme);
  });

  test("of a declaration that has the claim already: the claim stays", () => {
    const claims = new Claims();
    claims.claim(user, acme);
    claims.claim(user, acme, intent);
    expect(claims.claim(user, twin)).toBe(acme);
  });
});
