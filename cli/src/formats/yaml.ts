import { Document, isScalar, type YAMLMap } from "yaml";
import type { Account } from "../accounts";
import { fleet } from "./json";

/** A fleet file in YAML, with a comment where an account needs one. */
export function yaml(accounts: Account[]): string {
  const document = new Document(fleet(accounts));
  const { items } = document.get("accounts") as YAMLMap;
  for (const [i, { notes }] of accounts.entries()) {
    const key = items[i]?.key;
    if (notes.length > 0 && isScalar(key)) key.commentBefore = notes.map((note) => ` ${note}`).join("\n");
  }
  return document.toString({ lineWidth: 0 });
}
