import { createHash } from "node:crypto";
import type { Account } from "./accounts.mts";

/** Which stack a new account goes to. */
export type Rule = (account: Pick<Account, "name" | "seller">) => string;

/** By the name alone, evenly over `count` stacks. Adding an account moves no other one. */
export const byHash =
  (count: number): Rule =>
  ({ name }) =>
    `shard-${(createHash("sha256").update(name).digest().readUInt32BE() % count) + 1}`;

/** A stack for each seller: a refresh then reads only this seller's accounts. */
export const bySeller: Rule = ({ seller }) => `seller-${seller ?? "none"}`;

/** The seller whose stack it is. */
export const sellerOf = (stack: string): string | undefined => /^seller-(\d+)$/.exec(stack)?.[1];

/** Whether a stack of the project is one of these. */
export const isShard = (stack: string): boolean => /^(shard-\d+|seller-(\d+|none))$/.test(stack);

/**
 * The accounts of each stack. An account that is in a state stays in its stack, whatever the rule says: elsewhere it would
 * be created again, and its user be deleted here. So another number of stacks, another seller or another rule moves nothing,
 * and the rule can be a plain remainder, which fills all stacks evenly.
 * @param states the names of the accounts in the state of each existing stack.
 */
export function place(
  accounts: readonly Account[],
  states: ReadonlyMap<string, readonly string[]>,
  rule: Rule,
): Map<string, Account[]> {
  const current = new Map<string, string>();
  for (const [stack, names] of states) {
    for (const name of names) {
      const other = current.get(name);
      if (other !== undefined) throw new Error(`${name} is in the states of both ${other} and ${stack}`);
      current.set(name, stack);
    }
  }
  const placed = new Map<string, Account[]>([...states.keys()].map((stack) => [stack, []]));
  for (const account of accounts) {
    const stack = current.get(account.name) ?? rule(account);
    const others = placed.get(stack);
    if (others) others.push(account);
    else placed.set(stack, [account]);
  }
  return placed;
}
