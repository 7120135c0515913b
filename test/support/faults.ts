import type { FaultInput } from "gcore-reseller-sandbox";

/** Every fault of the sandbox, short enough for a real clock; delays are longer than the timeouts of `quickSettings`. */

export type NamedFault = [name: string, fault: FaultInput];

/** Short timeouts for tests on the real engine; the protocol is the same. */
export const quickSettings = {
  GCORE_RESELLER_RECOVERY_TIMEOUT_SECONDS: "3",
  GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: "2",
  GCORE_RESELLER_MAX_RETRIES: "3",
};

/** Faults after which a retry of the call succeeds. */
export const transientFaults: NamedFault[] = [
  ["dropped before", { kind: "drop-before" }],
  ["handled, then dropped", { kind: "drop-after" }],
  ["500 before", { kind: "status-before", status: 500 }],
  ["handled, then 500", { kind: "status-after", status: 500 }],
  ["handled, then 502 with HTML", { kind: "status-after", status: 502 }],
  ["handled, then truncated JSON", { kind: "truncated-json" }],
  ["429 with Retry-After in seconds", { kind: "rate-limit", retryAfter: "seconds", seconds: 1 }],
  ["429 with Retry-After as a date", { kind: "rate-limit", retryAfter: "date", seconds: 1 }],
  ["429 without Retry-After", { kind: "rate-limit", retryAfter: "absent" }],
  ["429 with an invalid Retry-After", { kind: "rate-limit", retryAfter: "garbage" }],
];

/** Faults that may fail the call, or that a retry alone does not solve. */
export const otherFaults: NamedFault[] = [
  ["handled, then a body with wrong types", { kind: "wrong-type" }],
  ["handled, then an empty body", { kind: "unreadable" }],
  ["handled, then no reply before the deadline", { kind: "delay", ms: 2500, when: "after" }],
  ["401", { kind: "unauthorized" }],
  ["403", { kind: "status-before", status: 403 }],
];

/** Faults of reads only. */
export const readFaults: NamedFault[] = [
  ["stale reads", { kind: "stale-reads", ms: 1500 }],
  ["a page shifted forward", { kind: "shifted-page", by: 1 }],
  ["a page shifted back", { kind: "shifted-page", by: -1 }],
];
