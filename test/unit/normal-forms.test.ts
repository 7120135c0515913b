import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Observed } from "../../provider/engine/define";
import { equalityBy, hasSameInputs } from "../../provider/engine/equality";
import { trimmedOrAbsent } from "../../provider/engine/inputs";
import { isOriginMark } from "../../provider/engine/origin-mark";
import { ownerOf } from "../../provider/engine/ownership";
import { UNKNOWN } from "../../provider/engine/unknown";
import { type ClientUserInputs, type ClientUserOutputs, clientUser } from "../../provider/resources/client-user";
import { productNames, type Service } from "../../provider/resources/parts/services";

/** Values that mean the same: one normal form for the diff, for refresh and for the proof of ownership. */

type Name = keyof ClientUserInputs & string;
const isSame = equalityBy(clientUser);

/** Few characters, so that many values differ in spelling only. */
const text = fc.string({ unit: fc.constantFrom("a", "A", " ", "1", "(", "+"), maxLength: 3 });
const services: fc.Arbitrary<Service[]> = fc.uniqueArray(
  fc.record({ productName: fc.constantFrom(...productNames), available: fc.constantFrom(true, false, null) }),
  { selector: ({ productName }) => productName },
);
const absent = fc.constantFrom(null, undefined, UNKNOWN);
const anyValueOf = (name: Name): fc.Arbitrary<unknown> => {
  if (name === "services") return fc.oneof(services, absent);
  if (name === "seller") return fc.oneof(fc.integer({ min: 1, max: 3 }), absent);
  if (name === "isTest" || name === "forceDestroy") return fc.oneof(fc.boolean(), absent);
  if (name === "userType") return fc.oneof(fc.constant("common"), absent);
  return fc.oneof(text, absent);
};

describe.each((Object.keys(clientUser.inputs.shape) as Name[]).map((name) => [name]))("equality of %s", (name) => {
  test("is reflexive, symmetric and transitive", () => {
    const value = anyValueOf(name);
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(isSame(name, a, structuredCopy(a))).toBe(true);
        expect(isSame(name, a, b)).toBe(isSame(name, b, a));
        if (isSame(name, a, b) && isSame(name, b, c)) expect(isSame(name, a, c)).toBe(true);
      }),
    );
  });

  test("absent equals absent, and an unknown value equals no known one", () => {
    fc.assert(
      fc.property(anyValueOf(name), (value) => {
        expect(isSame(name, null, undefined)).toBe(true);
        if (value !== UNKNOWN) expect(isSame(name, UNKNOWN, value)).toBe(false);
      }),
    );
  });
});

/** A copy that shares no object with the original. */
const structuredCopy = (value: unknown) => (value === UNKNOWN ? UNKNOWN : structuredClone(value));

describe("services", () => {
  const reordered = services.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  );

  test("order does not matter", () => {
    fc.assert(
      fc.property(reordered, ([list, other]) => {
        expect(isSame("services", list, other)).toBe(true);
      }),
    );
  });

  test("a product with the reseller's default equals a product that is left out", () => {
    fc.assert(
      fc.property(services, (list) => {
        const declared = list.filter(({ available }) => available !== null);
        expect(isSame("services", list, declared)).toBe(true);
      }),
    );
  });

  test("another availability of one product differs", () => {
    fc.assert(
      fc.property(services, fc.nat(), (list, index) => {
        fc.pre(list.length > 0);
        const i = index % list.length;
        const others = list.map((service, k) =>
          k === i ? { ...service, available: service.available !== true } : service,
        );
        expect(isSame("services", list, others)).toBe(false);
      }),
    );
  });
});

describe("customId", () => {
  const id = fc.oneof(text, fc.constantFrom(null, undefined), fc.constantFrom("pulumi:a/b/c", " pulumi:a/b/c "));

  test("the diff, the lookup and the proof of ownership use one normal form", () => {
    const found = (customId: unknown) =>
      ({ id: "7/8", inputs: { customId }, outputs: {} }) as Observed<ClientUserInputs, ClientUserOutputs>;
    fc.assert(
      fc.property(id, id, (atGcore, inState) => {
        const origin = "pulumi:shop/prod/acme";
        const isEqual = isSame("customId", atGcore, inState);
        expect(trimmedOrAbsent(atGcore) === trimmedOrAbsent(inState)).toBe(isEqual);
        // Without an ID in state, or one that the API shows, only a mark says that the account belongs to another declaration.
        const isUnmanaged = trimmedOrAbsent(inState) === null && !isOriginMark(atGcore);
        const owner = ownerOf(clientUser, found(atGcore), { customId: inState, origin });
        expect(owner === "own").toBe(isEqual || isUnmanaged || atGcore === undefined);
        expect(hasSameInputs(clientUser, { customId: atGcore, origin }, { customId: inState, origin })).toBe(isEqual);
      }),
    );
  });

  test("blanks around it do not matter, and only blanks are none", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("", " ", "\t \n"), (value, blanks) => {
        expect(isSame("customId", `${blanks}${value}${blanks}`, value)).toBe(true);
        expect(isSame("customId", blanks, null)).toBe(true);
      }),
    );
  });
});

test("an input that null clears: null differs from absent, which keeps the value at Gcore", () => {
  const isSame = equalityBy<{ seller: number }>({ normalize: {}, clearable: ["seller"] });
  expect(isSame("seller", null, undefined)).toBe(false);
  expect(isSame("seller", undefined, undefined)).toBe(true);
  expect([isSame("seller", 11, 12), isSame("seller", 11, null), isSame("seller", 11, undefined)]).toEqual(
    Array(3).fill(false),
  );
  expect(isSame("seller", null, null)).toBe(true);
});
