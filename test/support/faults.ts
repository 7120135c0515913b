import type { FaultInput } from "../../dist/sandbox";

/** Every fault that the sandbox knows, each as short as a real clock makes it worth and longer than `quick` bears. */

type NamedFault = [name: string, fault: FaultInput];

/** Settings that keep a test on the real engine short; the protocol is the same. */
export const quick = {
  GCORE_RESELLER_RECOVERY_TIMEOUT_SECONDS: "3",
  GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: "2",
  GCORE_RESELLER_MAX_RETRIES: "3",
};

/** What passes when the call is made again. */
export const passing: NamedFault[] = [
  ["dropped before", { kind: "drop-before" }],
  ["handled, then dropped", { kind: "drop-after" }],
  ["500 before", { kind: "status-before", status: 500 }],
  ["handled, then 500", { kind: "status-after", status: 500 }],
  ["handled, then 502 with HTML", { kind: "status-after", status: 502 }],
  ["handled, then truncated JSON", { kind: "truncated-json" }],
  ["429 in seconds", { kind: "rate-limit", retryAfter: "seconds", seconds: 1 }],
  ["429 as a date", { kind: "rate-limit", retryAfter: "date", seconds: 1 }],
  ["429 without a word", { kind: "rate-limit", retryAfter: "absent" }],
  ["429 with garbage", { kind: "rate-limit", retryAfter: "garbage" }],
];

/** What a call may fail of, or what takes more than a repetition. */
export const others: NamedFault[] = [
  ["handled, then a body of other types", { kind: "wrong-type" }],
  ["handled, then an empty body", { kind: "unreadable" }],
  ["handled, then silence beyond the deadline", { kind: "delay", ms: 2500, when: "after" }],
  ["401", { kind: "unauthorized" }],
  ["403", { kind: "status-before", status: 403 }],
];

/** What only happens to reads. */
export const ofReads: NamedFault[] = [
  ["stale reads", { kind: "stale-reads", ms: 1500 }],
  ["a page shifted forward", { kind: "shifted-page", by: 1 }],
  ["a page shifted back", { kind: "shifted-page", by: -1 }],
];
