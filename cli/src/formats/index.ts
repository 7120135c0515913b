import type { Account } from "../accounts";
import { csv } from "./csv";
import { json } from "./json";
import { typescript } from "./typescript";
import { yaml } from "./yaml";

/** What the accounts are written as. */
export const write = { yaml, json, csv, typescript } satisfies Record<string, (accounts: Account[]) => string>;

export type FormatName = keyof typeof write;
export const formatNames = Object.keys(write) as FormatName[];
