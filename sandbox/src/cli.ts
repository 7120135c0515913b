import "./suppress-sqlite-warning";
import { parseArgs } from "node:util";
import { z } from "zod";
import { Assumptions } from "./api/assumptions";
import { type FaultInput, FaultSpec } from "./control/fault-kinds";
import { startSandbox } from "./server";

const help = `gcore-reseller-sandbox: a Gcore reseller API on this machine

  --port P       the port to listen on (default: any free port)
  --data FILE    keep the accounts and the calls in FILE (default: in memory)
  --latency MS   wait MS milliseconds before each call
  --fault SPEC   add a fault; may be given more than once
  --assume SPEC  assume something else about Gcore; may be given more than once
  --help         show this text

A fault is a kind and its options: drop-after,method=POST,path=/iam/users,times=2
  options of all kinds: method, path (* for any text), times (a number, or always), skip, probability, seed
  status-before, status-after: status, body (json, html, empty)
  wrong-type: as (object, string)
  unreadable: body
  rate-limit: retryAfter (seconds, date, absent, garbage), seconds
  delay: ms, when (before, after)
  stale-reads: ms
  shifted-page: by
  without options of their own: drop-before, drop-after, truncated-json, unauthorized

An assumption is a name and a value: maxPageSize=25,notFoundBody=html
  customIdMaxLength, maxPageSize: a number, or null
  duplicateEmailStatus: 400 or 409
  notFoundBody: empty, json or html
  compression: none, gzip or br
  activationSeconds, trialDays: a number; deletionDays: a number, or null
  activationEndsIn: active, activating, paused or trialend
  omittedOptions, unlistedOptions: kept or reset
  listedEnabled: both, available or service
  trialStart: creation or null
  sellerEmailFilter: whole, exactCase or part
  sellerDateJoined: iso or text
  repeatedFeature: refused, same or second
  rejectSamePassword, omitUserReseller, omitClientResellers, omitCount, idsAsText, uniqueSellerEmail,
  deletedSellerFreesEmail, trialRestarts, allServicesExist, resellerChangesServices, statusNeedsAvailability,
  omitNewServices, omitListedFeatures, eitherFeatureCall: true or false

While it runs, its URL in a browser shows the accounts and the last calls; /_sandbox/requests and /_sandbox/accounts
return them as JSON:
  curl -H 'x-sandbox-control: 1' http://127.0.0.1:PORT/_sandbox/requests
`;

/** An option that the user has to correct. */
class UsageError extends Error {}

function wholeNumber(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > max) {
    throw new UsageError(`--${name} must be a whole number from 0 to ${max}, not "${text}"`);
  }
  return Number(text);
}

/** `name=value` of each text; a number and the name of a literal are values of their own type. */
function values(texts: string[], literals: Record<string, unknown> = {}): Record<string, unknown> {
  const entries = texts.map((text) => {
    const [name = "", ...rest] = text.split("=");
    const value = rest.join("=");
    if (Object.hasOwn(literals, value)) return [name, literals[value]];
    return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, argument: string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new UsageError(`${argument}\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** `kind,option=value,…` */
function fault(text: string): FaultInput {
  const [kind, ...options] = text.split(",");
  return parsed(FaultSpec, { ...values(options), kind }, `--fault ${text}`);
}

/** `name=value,…` */
function assumptions(texts: string[]): Assumptions {
  const given = texts.flatMap((text) => text.split(","));
  return parsed(Assumptions, values(given, { true: true, false: false, null: null }), `--assume ${texts.join(",")}`);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: "string" },
        data: { type: "string" },
        latency: { type: "string" },
        fault: { type: "string", multiple: true },
        assume: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const faults = (options.fault ?? []).map(fault);
  const running = await startSandbox({
    port: wholeNumber("port", options.port, 65_535),
    latencyMs: wholeNumber("latency", options.latency, 600_000),
    file: options.data,
    assumptions: assumptions(options.assume ?? []),
  });
  for (const one of faults) running.sandbox.faults.add(one);

  const stop = () => void running.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const [key] = Object.keys(running.sandbox.apiKeys);
  process.stdout.write(
    `sandbox ready at ${running.url}\nexport GCORE_BASE_URL='${running.url}' GCORE_API_KEY='${key}'\n`,
  );
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`gcore-reseller-sandbox: ${message}\n`);
  if (error instanceof UsageError) process.stderr.write("Try --help.\n");
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
