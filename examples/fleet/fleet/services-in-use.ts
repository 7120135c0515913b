import { getClient } from "pulumi-gcore-reseller";
import type { Account } from "./load";
import { type Product, products } from "./schema";

/** A paused one stays declared until its entry is removed. */
const pausable = ["trial", "activating", "active", "paused"];

/** The products that an account uses, by `GET /iam/clients`; none while the account does not exist. */
export async function servicesInUse({ entry: { email = "", adoptId = "" } }: Account): Promise<Product[]> {
  const parts = String(adoptId).split("/");
  const isAccountKnown = parts.length === 2 || (email === "" && adoptId !== "");
  const account = await getClient({
    ...(isAccountKnown ? { client: Number(parts[0]) } : { userEmail: email }),
    onMissing: "null",
  });
  return products.filter((product) => pausable.includes(account?.services[product]?.status ?? ""));
}
