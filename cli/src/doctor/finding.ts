/** What a check of the doctor finds, without personal data: IDs, numbers and names of fields alone. */

/**
 * ok: as this package needs it. differs: not as assumed, and this package copes. wrong: something has to be done. unknown:
 * what would show it is not there, or could not be read.
 */
export type Verdict = "ok" | "differs" | "wrong" | "unknown";

export interface Finding {
  /** Name of the check: a row of docs/assumptions.md. */
  check: string;
  verdict: Verdict;
  /** One line: what was found, then what follows from it or what to do. */
  text: string;
}

/** A finding of a check whose name is given elsewhere. */
export type Result = Omit<Finding, "check">;

const result = (verdict: Verdict) => (text: string) => ({ verdict, text }) satisfies Result;
export const ok = result("ok");
export const differs = result("differs");
export const wrong = result("wrong");
export const unknown = result("unknown");

/** What a call failed with. */
export interface CallFailure extends Error {
  /** HTTP status; undefined without a reply. */
  status?: number;
}

/** Statuses whose texts are this package's own. Those of the others are Gcore's and may name a person or a company. */
const OWN_TEXTS = /^(2\d\d|3\d\d|401|429)$/;

/** The error in one line, without the name of a function before it and without texts of the reply. */
export function failureText({ message }: Error): string {
  const line = message.replace(/\s*\n\s*/g, "; ").replace(/^\w+: (?=GET )/, "");
  const [, call = "", status = ""] = /^(GET \S+ answered (\d+)): /.exec(line) ?? [];
  if (call === "" || OWN_TEXTS.test(status)) return line;
  return `${call}.`;
}
