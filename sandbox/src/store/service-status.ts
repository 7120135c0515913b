import type { Assumptions } from "../api/assumptions";
import type { ClientStatus, ProductName, ServiceStatus } from "../api/schemas";

/** What decides how long a service keeps a status, and which status follows. */
export type Timing = Pick<Assumptions, "activationSeconds" | "activationEndsIn" | "trialDays" | "deletionDays">;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The statuses that a service in each status can be given. To `active` it comes through `activating`. */
export const transitions: Record<ServiceStatus, readonly ServiceStatus[]> = {
  new: ["trial", "active"],
  trial: ["active", "trialend", "paused"],
  trialend: ["active"],
  activating: ["paused"],
  active: ["paused"],
  paused: ["active"],
  deleted: [],
};

/** The change of status that comes by itself after a service got `status`, and when; nulls if none does. */
export function successor(
  product: ProductName,
  status: ServiceStatus,
  at: number,
  timing: Timing,
): { next_status: ServiceStatus | null; next_at: number | null } {
  if (status === "activating" && timing.activationEndsIn !== "activating") {
    return { next_status: timing.activationEndsIn, next_at: at + timing.activationSeconds * 1000 };
  }
  if (status === "trial") return { next_status: "trialend", next_at: at + timing.trialDays * DAY_MS };
  if (status === "trialend" || status === "paused") {
    const days = timing.deletionDays ?? (product === "STORAGE" || product === "CLOUD" ? 2 : 90);
    return { next_status: "deleted", next_at: at + days * DAY_MS };
  }
  return { next_status: null, next_at: null };
}

/** The status of a client account with services in these statuses: the contract has none for deleted ones. */
export function clientStatus(services: readonly ServiceStatus[]): ClientStatus {
  if (services.includes("active") || services.includes("activating")) return "active";
  for (const status of ["trial", "paused", "trialend"] as const) if (services.includes(status)) return status;
  return "new";
}
