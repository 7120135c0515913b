import type { Context } from "hono";
import type { Env } from "../env";
import { invalid } from "../http";

/** Refuses a custom id that is longer than Gcore is assumed to accept. */
export function checkCustomId(c: Context<Env>, customId: string | null | undefined): void {
  const { customIdMaxLength } = c.get("assumptions");
  if (customIdMaxLength === null || (customId?.length ?? 0) <= customIdMaxLength) return;
  throw invalid("custom_id", `Ensure this field has no more than ${customIdMaxLength} characters.`);
}
