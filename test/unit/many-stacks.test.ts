import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Account, firstPassword, readAccounts } from "../../examples/many-stacks/accounts.mts";
import { byHash, bySeller, isShard, place, sellerOf } from "../../examples/many-stacks/placement.mts";

/** Where examples/many-stacks places accounts. The rest runs in test/engine/many-stacks.test.ts. */

const account = (name: string, seller?: number): Account => ({
  name,
  email: `${name}@acme.example`,
  company: name,
  protect: true,
  ...(seller !== undefined && { seller }),
});
const accounts = Array.from({ length: 1000 }, (_, i) => account(`account-${i}`));
const namesOf = (placed: Map<string, Account[]>) =>
  new Map([...placed].map(([stack, placedHere]) => [stack, placedHere.map(({ name }) => name)]));
const stackOf = (placed: Map<string, Account[]>) =>
  new Map([...placed].flatMap(([stack, placedHere]) => placedHere.map(({ name }) => [name, stack])));
const none = new Map<string, string[]>();

describe("by hash", () => {
  test("the stack of a name is the same in every release of this example", () => {
    const stacks = ["acme", "globex", "initech", "umbrella"].map((name) => byHash(10)({ name }));
    expect(stacks).toMatchInlineSnapshot(`
      [
        "shard-8",
        "shard-6",
        "shard-9",
        "shard-2",
      ]
    `);
  });

  test("1,000 accounts in 10 stacks: every stack has about a tenth", () => {
    const sizes = [...place(accounts, none, byHash(10)).values()].map(({ length }) => length);
    expect(sizes).toHaveLength(10);
    expect(Math.min(...sizes)).toBeGreaterThan(70);
    expect(Math.max(...sizes)).toBeLessThan(130);
  });

  test("another account: no other one moves, even before the first up", () => {
    const before = stackOf(place(accounts.slice(1), none, byHash(10)));
    const after = stackOf(place(accounts, none, byHash(10)));
    after.delete("account-0");
    expect(after).toEqual(before);
  });
});

describe("accounts that are in a state", () => {
  const states = namesOf(place(accounts, none, byHash(10)));
  const added = Array.from({ length: 200 }, (_, i) => account(`added-${i}`));

  test.each([
    ["more stacks", byHash(11)],
    ["fewer stacks", byHash(3)],
    ["by seller instead of by hash", bySeller],
  ])("%s: none moves, and new accounts follow the rule", (_what, rule) => {
    const placed = stackOf(place([...accounts, ...added], states, rule));
    expect(accounts.filter(({ name }) => !states.get(placed.get(name) ?? "")?.includes(name))).toEqual([]);
    for (const one of added) expect(placed.get(one.name)).toBe(rule(one));
  });

  test("an account gets another seller: it stays in its stack", () => {
    const stacks = namesOf(place([account("acme", 7), account("globex", 8)], none, bySeller));
    expect([...stacks.keys()]).toEqual(["seller-7", "seller-8"]);
    const placed = place([account("acme", 8), account("globex")], stacks, bySeller);
    expect(namesOf(placed)).toEqual(stacks);
  });

  test("an entry is removed: its stack stays, so that it is brought up to date", () => {
    const placed = place([], new Map([["shard-1", ["acme"]]]), byHash(1));
    expect([...placed]).toEqual([["shard-1", []]]);
  });

  test("an account in two states: an error that names both", () => {
    const twice = new Map([
      ["shard-1", ["acme"]],
      ["shard-2", ["acme"]],
    ]);
    expect(() => place([account("acme")], twice, byHash(2))).toThrow(
      "acme is in the states of both shard-1 and shard-2",
    );
  });
});

test("names of stacks: those of this example, and the seller of each", () => {
  expect(["shard-1", "shard-12", "seller-7", "seller-none", "prod", "shard-x"].filter(isShard)).toEqual([
    "shard-1",
    "shard-12",
    "seller-7",
    "seller-none",
  ]);
  expect([sellerOf("seller-7"), sellerOf("seller-none"), sellerOf("shard-7")]).toEqual(["7", undefined, undefined]);
});

describe("accounts.json", () => {
  const read = (content: object) => {
    const folder = mkdtempSync(join(tmpdir(), "many-stacks-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "accounts.json"), JSON.stringify(content));
    return readAccounts(join(folder, "accounts.json"));
  };

  test("the example's own file: every account is protected", () => {
    const own = readAccounts(join(__dirname, "../../examples/many-stacks/accounts.json"));
    expect(own.map(({ name, protect }) => [name, protect])).toContainEqual(["acme", true]);
  });

  test("wrong fields: all reported together, with the account's name", () => {
    const wrong = { acme: { email: "it", company: "Acme" }, globex: { email: "it@acme.example", phone: "1" } };
    expect(() => read(wrong)).toThrow(/acme\.email: .*\n.*globex\.company: .*\n.*globex: .*phone/);
  });
});

describe("first passwords", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("the same in every run, another one for each account and each secret", () => {
    vi.stubEnv("FIRST_PASSWORD_SECRET", "one");
    const acme = firstPassword("acme");
    expect(firstPassword("acme")).toBe(acme);
    expect(acme).toHaveLength(28);
    expect(firstPassword("globex")).not.toBe(acme);
    vi.stubEnv("FIRST_PASSWORD_SECRET", "two");
    expect(firstPassword("acme")).not.toBe(acme);
  });

  test("no secret: an error that names the variable", () => {
    vi.stubEnv("FIRST_PASSWORD_SECRET", "");
    expect(() => firstPassword("acme")).toThrow("FIRST_PASSWORD_SECRET is not set");
  });
});
