import "./require-node";
import { Sandbox } from "./sandbox";
import type { SandboxOptions } from "./types";

export { type AssumptionChanges, Assumptions, defaultAssumptions } from "./api/assumptions";
export type { ApiKeys } from "./api/authentication";
export { defaultApiKeys } from "./api/authentication";
export { type Fault, type FaultInput, type FaultKind, FaultSpec, faultKinds } from "./control/fault-kinds";
export type { FaultStatus } from "./control/faults";
export type { RateLimit } from "./control/rate-limiter";
export type { RequestRecord } from "./control/request-log";
export type { Sandbox } from "./sandbox";
export { type RunningSandbox, startSandbox } from "./server";
export type { AccountDetails, AccountRecord, Control, Fetch, SandboxOptions } from "./types";

/** Creates a sandbox without a port: call its `fetch`. */
export function createSandbox(options?: SandboxOptions): Sandbox {
  return new Sandbox(options);
}
