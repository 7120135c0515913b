import { describe, expect, test } from "vitest";
import { Claims, claimKey } from "../../provider/engine/session";

/** Claims: within one process a resource at Gcore belongs to one origin. */

const [acme, twin] = ["pulumi:shop/prod/acme", "pulumi:shop/prod/twin"];
const idKey = (kind: string, id: string) => claimKey({ kind, exclusive: (value) => value }, id);
const user = idKey("ClientUser", "50001/8001");

test("equal IDs of two kinds: two claims", () => {
  const claims = new Claims();
  expect(claims.claim(idKey("Seller", "8001"), acme)).toBe(acme);
  expect(claims.claim(idKey("ClientUser", "8001"), twin)).toBe(twin);
  expect(claims.holder(idKey("Seller", "8001"))).toBe(acme);
});

test("claimed: a second origin is refused, the first may claim again", () => {
  const claims = new Claims();
  expect(claims.claim(user, acme)).toBe(acme);
  expect(claims.claim(user, twin)).toBe(acme);
  expect(claims.claim(user, acme)).toBe(acme);
  expect(claims.holder(user)).toBe(acme);
});

test("released by its holder: free; by another origin: still claimed", () => {
  const claims = new Claims();
  claims.claim(user, acme);
  claims.release(user, twin);
  expect(claims.holder(user)).toBe(acme);
  claims.release(user, acme);
  expect(claims.claim(user, twin)).toBe(twin);
});

describe("an intent, which the program only declares", () => {
  const intent = { isIntent: true };

  test("gives way to an origin that has the resource in state", () => {
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

  test("of an origin that has the claim already: the claim stays", () => {
    const claims = new Claims();
    claims.claim(user, acme);
    claims.claim(user, acme, intent);
    expect(claims.claim(user, twin)).toBe(acme);
  });
});
