import { Sandbox, type SandboxOptions } from "./sandbox";

export type { ApiKeys } from "./auth";
export { defaultApiKeys } from "./auth";
export { type Fault, type FaultInput, type FaultKind, FaultSpec, faultKinds } from "./fault-kinds";
export type { FaultStatus } from "./faults";
export type { RateLimit } from "./rate-limiter";
export type { RequestRecord } from "./request-log";
export type { AccountRecord, Sandbox, SandboxOptions } from "./sandbox";
export { type RunningSandbox, startSandbox } from "./server";

/** Creates a sandbox without a port: call its `fetch`. */
export function createSandbox(options?: SandboxOptions): Sandbox {
  return new Sandbox(options);
}
