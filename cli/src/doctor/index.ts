import { openReader, type Reader } from "pulumi-gcore-reseller/reader";
import { checkConnection, checkReseller, checkRights } from "./access";
import { assumptionChecks } from "./assumptions";
import { type Finding, failureText, ok, unknown, wrong } from "./finding";
import { type Reads, readsOf } from "./reads";

/**
 * Checks settings, key, reseller, rights and assumptions, by GET requests alone. It ends at the first failure after which
 * nothing more can be read.
 * @param report shows a line to the user, for example the reason of a long wait.
 */
export async function examine(report: (line: string) => void): Promise<Finding[]> {
  // A check of an API that does not answer should end soon.
  process.env.GCORE_RESELLER_MAX_RETRIES ||= "1";
  let reader: Reader;
  try {
    reader = openReader(process.env, report);
  } catch (error) {
    return [{ check: "settings", ...wrong(failureText(error as Error)) }];
  }
  const settings: Finding = { check: "settings", ...ok("the settings in the environment are valid") };
  const reads = readsOf(reader);
  const connection = await checkConnection(reader, reads);
  if (connection.some(({ verdict }) => verdict === "wrong")) return [settings, ...connection];
  const reseller = { check: "reseller", ...(await checkReseller(reads)) };
  const rights = (await checkRights(reads)).map((result) => ({ check: "rights", ...result }));
  return [settings, ...connection, reseller, ...rights, ...(await checkAssumptions(reads))];
}

async function checkAssumptions(reads: Reads): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of Object.entries(assumptionChecks)) {
    const result = await run(reads).catch((error: Error) => unknown(failureText(error)));
    findings.push({ check, ...result });
  }
  return findings;
}

/** The findings as lines, and how many there are of each verdict. */
export function asText(findings: Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ verdict, check, text }) => `${verdict.padEnd(7)}  ${check.padEnd(width)}  ${text}\n`);
  const counts = ["ok", "differs", "wrong", "unknown"].flatMap((verdict) => {
    const count = findings.filter((finding) => finding.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${lines.join("")}${counts.join(", ")}\n`;
}

/** Whether nothing has to be done. */
export const isWell = (findings: Finding[]): boolean => findings.every(({ verdict }) => verdict !== "wrong");
