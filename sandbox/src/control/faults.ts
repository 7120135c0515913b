import { createMiddleware } from "hono/factory";
import type { Clock } from "../clock";
import type { Env } from "../env";
import type { Database } from "../store/database";
import { Replica } from "../store/replica";
import { type Behaviour, behaviours, type Exchange, type Fault, type FaultInput, FaultSpec } from "./fault-kinds";

/** An active fault with its counters: how many requests matched it, and to how many it was applied. */
export type FaultStatus = Fault & { id: number; matched: number; applied: number };

type ActiveFault = {
  id: number;
  spec: Fault;
  path: RegExp;
  random: () => number;
  matched: number;
  applied: number;
  /** The delayed copy that `stale-reads` reads from. */
  replica: Replica | undefined;
};

/** The active faults. All that apply to a request act on it, in the order in which they were added. */
export class Faults {
  #active: ActiveFault[] = [];
  #lastId = 0;

  constructor(
    readonly database: Database,
    readonly clock: Clock,
  ) {}

  add(input: FaultInput): FaultStatus {
    const spec = FaultSpec.parse(input);
    this.#lastId += 1;
    const fault: ActiveFault = {
      id: this.#lastId,
      spec,
      path: pattern(spec.path),
      random: seededRandom(spec.seed),
      matched: 0,
      applied: 0,
      replica: spec.kind === "stale-reads" ? new Replica(this.database, this.clock.now) : undefined,
    };
    this.#active.push(fault);
    return status(fault);
  }

  list(): FaultStatus[] {
    return this.#active.map(status);
  }

  /** Removes one fault, or all of them. */
  remove(id?: number): void {
    const isRemoved = (fault: ActiveFault) => id === undefined || fault.id === id;
    for (const fault of this.#active.filter(isRemoved)) fault.replica?.close();
    this.#active = this.#active.filter((fault) => !isRemoved(fault));
  }

  middleware() {
    return createMiddleware<Env>(async (c, next) => {
      const applying = this.#active.filter((fault) => applies(fault, c.req.method, c.req.path));
      c.set(
        "faults",
        applying.map((fault) => fault.spec.kind),
      );
      const actions = applying.map((fault) => {
        const exchange: Exchange = {
          now: this.clock.now,
          wait: (ms) => this.clock.wait(ms),
          readStale: (ms) => fault.replica && c.set("store", fault.replica.storeOf(ms)),
          shiftPage: (by) => c.set("pageShift", by),
        };
        return { behaviour: behaviours[fault.spec.kind] as Behaviour<Fault>, spec: fault.spec, exchange };
      });

      for (const { behaviour, spec, exchange } of actions) await behaviour.before?.(spec, exchange);
      await next();
      for (const { behaviour, spec, exchange } of actions) {
        if (behaviour.after !== undefined) c.res = await behaviour.after(spec, c.res, exchange);
      }
    });
  }
}

/** Counts the request and decides whether the fault applies to it. */
function applies(fault: ActiveFault, method: string, path: string): boolean {
  const { spec } = fault;
  if (spec.method !== "*" && spec.method !== method) return false;
  if (!fault.path.test(path)) return false;
  fault.matched += 1;
  if (fault.matched <= spec.skip) return false;
  const times = spec.times ?? (spec.probability === undefined ? 1 : "always");
  if (times !== "always" && fault.applied >= times) return false;
  if (spec.probability !== undefined && fault.random() >= spec.probability) return false;
  fault.applied += 1;
  return true;
}

function status({ id, spec, matched, applied }: ActiveFault): FaultStatus {
  return { ...spec, id, matched, applied };
}

function pattern(path: string): RegExp {
  const parts = path.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Mulberry32, a small generator: the same numbers for the same seed on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
