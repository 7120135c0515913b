import { z } from "zod";

/** The statuses of a service: which of them can be requested, and what Gcore makes of these by itself. */

const declarable = ["trial", "active", "paused", "trialend"] as const;

/** A status that a program may request. */
export type DeclarableStatus = (typeof declarable)[number];

/** What a destroy does to a service. */
export type OnDestroy = "leave" | "pause" | "disable";

const refusals: Record<string, string> = {
  new: "cannot be new, the status of a service that was never used: leave status out to leave the service as it is",
  activating: "cannot be activating, which Gcore shows until an activation has finished: declare active",
  deleted:
    "cannot be deleted, which Gcore makes of a service some time after it is paused or its trial has ended: declare paused",
};

/** @internal */
export const status = z.enum(declarable, {
  error: ({ input }) => refusals[String(input)] ?? `must be one of ${declarable.join(", ")}`,
});

/** What becomes of a service by itself after each status. */
const successors: Record<DeclarableStatus, readonly string[]> = {
  trial: ["trialend", "deleted"],
  active: ["activating"],
  paused: ["deleted"],
  trialend: ["deleted"],
};

/** Whether a service is in the status that was requested, or on the way to it. */
export const isReached = (requested: DeclarableStatus, now: string): boolean =>
  now === requested || (requested === "active" && now === "activating");

/** Whether the status comes from the declared one without any other call: then it is no drift. */
export const isExplained = (declared: DeclarableStatus, now: string): boolean =>
  now === declared || successors[declared]?.includes(now) === true;

/** Whether the client uses the service. */
export const isInUse = (now: string): boolean => ["trial", "activating", "active"].includes(now);

/** The status in a call that is to leave it as it is: the call requires one. */
export const unchanged = (now: string): string => (now === "activating" ? "active" : now);
