import { createMiddleware } from "hono/factory";
import { type Behaviour, behaviours, type Exchange, type Fault, type FaultInput, FaultSpec } from "./fault-kinds";
import type { Env } from "./http";
import type { Sandbox } from "./sandbox";
import { Replica } from "./store/replica";

/** A fault in place: what was asked for, and what has come of it. */
export type FaultStatus = Fault & { id: number; matched: number; struck: number };

type Installed = {
  id: number;
  spec: Fault;
  path: RegExp;
  random: () => number;
  matched: number;
  struck: number;
  /** What stale reads read. */
  replica: Replica | undefined;
};

/** The faults in place; all that strike a request act on it, in the order they were put in place. */
export class Faults {
  #installed: Installed[] = [];
  #lastId = 0;

  constructor(readonly sandbox: Sandbox) {}

  add(input: FaultInput): FaultStatus {
    const spec = FaultSpec.parse(input);
    this.#lastId += 1;
    const fault: Installed = {
      id: this.#lastId,
      spec,
      path: pattern(spec.path),
      random: seededRandom(spec.seed),
      matched: 0,
      struck: 0,
      replica: spec.kind === "stale-reads" ? new Replica(this.sandbox.store.database, this.sandbox.now) : undefined,
    };
    this.#installed.push(fault);
    return status(fault);
  }

  list(): FaultStatus[] {
    return this.#installed.map(status);
  }

  /** Removes one fault, or all. */
  remove(id?: number): void {
    const leaving = (fault: Installed) => id === undefined || fault.id === id;
    for (const fault of this.#installed.filter(leaving)) fault.replica?.close();
    this.#installed = this.#installed.filter((fault) => !leaving(fault));
  }

  middleware() {
    return createMiddleware<Env>(async (c, next) => {
      const striking = this.#installed.filter((fault) => strikes(fault, c.req.method, c.req.path));
      c.set(
        "faults",
        striking.map((fault) => fault.spec.kind),
      );
      const acts = striking.map((fault) => {
        const exchange: Exchange = {
          now: this.sandbox.now,
          wait: (ms) => this.sandbox.wait(ms),
          readStale: (ms) => fault.replica && c.set("store", fault.replica.storeOf(ms)),
          shiftPage: (by) => c.set("pageShift", by),
        };
        return { behaviour: behaviours[fault.spec.kind] as Behaviour<Fault>, spec: fault.spec, exchange };
      });

      for (const { behaviour, spec, exchange } of acts) await behaviour.before?.(spec, exchange);
      await next();
      for (const { behaviour, spec, exchange } of acts) {
        if (behaviour.after !== undefined) c.res = await behaviour.after(spec, c.res, exchange);
      }
    });
  }
}

/** Counts the request, and decides. */
function strikes(fault: Installed, method: string, path: string): boolean {
  const { spec } = fault;
  if (spec.method !== "*" && spec.method !== method) return false;
  if (!fault.path.test(path)) return false;
  fault.matched += 1;
  if (fault.matched <= spec.skip) return false;
  const times = spec.times ?? (spec.probability === undefined ? 1 : "always");
  if (times !== "always" && fault.struck >= times) return false;
  if (spec.probability !== undefined && fault.random() >= spec.probability) return false;
  fault.struck += 1;
  return true;
}

function status({ id, spec, matched, struck }: Installed): FaultStatus {
  return { ...spec, id, matched, struck };
}

function pattern(path: string): RegExp {
  const parts = path.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Mulberry32: small, and the same numbers for the same seed everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
