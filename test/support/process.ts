import { Agent } from "undici";
import type { FaultInput } from "../../dist/sandbox";
import type { Clock } from "../../provider/api/clock";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { clientUser } from "../../provider/resources/client-user";
import { startApi } from "./api";

/**
 * The provider's process without the process: the same lifecycle and transport, on a clock that does not make anybody
 * wait, against a sandbox on the same clock.
 */

/** Chance that a seed repeats: numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/**
 * A clock that nobody waits for: as soon as no request is under way and everybody sleeps, it is the time at which the
 * first one wakes. Chance is what the seed makes it.
 */
export function fakeClock(seed = 1) {
  const sleepers: { at: number; wake: () => void }[] = [];
  const slept: number[] = [];
  let time = Date.parse("2026-06-01T00:00:00Z");
  let requests = 0;
  let ticking = false;

  /** Some turns of the event loop, so that whoever can go on has gone on. */
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const tick = async () => {
    if (ticking) return;
    ticking = true;
    while (sleepers.length > 0) {
      await settled();
      if (requests > 0) continue;
      sleepers.sort((a, b) => a.at - b.at);
      const first = sleepers.shift();
      time = Math.max(time, first?.at ?? time);
      first?.wake();
    }
    ticking = false;
  };
  const clock: Clock = {
    now: () => time,
    sleep: (ms) => {
      slept.push(ms);
      // Whole milliseconds, as real clocks tell them.
      const over = new Promise<void>((wake) => sleepers.push({ at: time + Math.ceil(ms), wake }));
      void tick();
      return over;
    },
    random: seededRandom(seed),
  };
  /** Connections on which the clock sees what is under way. */
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    requests++;
    const done = () => {
      requests--;
    };
    return dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => {
        done();
        handler.onResponseEnd?.(...args);
      },
      onResponseError: (...args) => {
        done();
        handler.onResponseError?.(...args);
      },
    });
  });
  return { ...clock, slept, dispatcher };
}

export type Declared = Record<string, unknown>;

export async function startWorld(settings: Record<string, string> = {}, clock = fakeClock()) {
  const api = await startApi({ now: clock.now });
  const told: string[] = [];
  const config = (key: string) => settings[key.replace("gcore-reseller:", "")];
  const open = (environment: Record<string, string> = api.env) =>
    openApi(readSettings(config, environment), {
      clock,
      dispatcher: clock.dispatcher,
      tell: (line) => told.push(line),
    });
  /** Each call is a new provider process: nothing is remembered from the last one. */
  const start = (environment?: Record<string, string>) => {
    const session = open(environment);
    return bindLifecycle(clientUser, () => session);
  };
  return {
    api,
    clock,
    told,
    open,
    start,
    fault: (fault: FaultInput) => api.sandbox.faults.add(fault),
    /** What a stack would put into the declaration of the resource `name`. */
    declare: (name: string, more: Declared = {}): Declared => ({
      email: `${name}@acme.example`,
      password: "pass-W0rd-of-acme",
      company: `${name} Ltd`,
      customId: `pulumi:shop/prod/${name}`,
      __provider: "the serialized provider",
      ...more,
    }),
  };
}
