import type { FaultInput } from "gcore-reseller-sandbox";
import { Agent } from "undici";
import type { Clock } from "../../provider/api/clock";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import type { Definition } from "../../provider/engine/define";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { Session } from "../../provider/engine/session";
import { dynamicProvider } from "../../provider/pulumi/dynamic-provider";
import { clientUser } from "../../provider/resources/client-user";
import { startApi } from "./api";

/**
 * The provider inside the test's process: the same lifecycle and transport as in the provider's process, against a sandbox,
 * both on a fake clock that passes without waiting.
 */

/** Pseudo-random numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/**
 * A clock that passes without waiting: as soon as no request is in flight and all callers sleep, it advances to the time at
 * which the first sleep ends. Its random numbers depend on the seed only.
 */
export function fakeClock(seed = 1) {
  const sleepers: { at: number; wake: () => void }[] = [];
  const slept: number[] = [];
  let time = Date.parse("2026-06-01T00:00:00Z");
  let requests = 0;
  let ticking = false;

  /** Waits some turns of the event loop, so that every pending continuation has run. */
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
    sleep: (ms, signal) => {
      slept.push(ms);
      const { promise, resolve: wake, reject } = Promise.withResolvers<void>();
      // Whole milliseconds, as of a real clock.
      sleepers.push({ at: time + Math.ceil(ms), wake });
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
      void tick();
      return promise;
    },
    random: seededRandom(seed),
  };
  /** Dispatcher that counts the requests in flight for the clock. */
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

/** The ID of the resource that manages an account's first user. */
export const idOf = (account: { client: number; users: { id: number }[] } | undefined) =>
  `${account?.client}/${account?.users[0]?.id}`;

export async function startWorld(settings: Record<string, string> = {}, clock = fakeClock()) {
  const api = await startApi({ now: clock.now });
  const logged: string[] = [];
  const config = (key: string) => settings[key.replace("gcore-reseller:", "")];
  const open = (environment: Record<string, string> = api.env) =>
    openApi(readSettings(config, environment), {
      clock,
      dispatcher: clock.dispatcher,
      log: (line) => logged.push(line),
    });
  /** Starts a provider process, which shares no memory with the previous one. Returns the verbs of a kind in it. */
  const process = (environment?: Record<string, string>) => {
    const opened = open(environment);
    const session = new Session(() => opened);
    return <I extends object, O extends object>(definition: Definition<I, O>) =>
      dynamicProvider(bindLifecycle(definition, session), definition.secrets);
  };
  /** The verbs of ClientUser in a new provider process. */
  const start = (environment?: Record<string, string>) => process(environment)(clientUser);
  return {
    api,
    clock,
    logged,
    open,
    process,
    start,
    fault: (fault: FaultInput) => api.sandbox.faults.add(fault),
    /** The inputs of the resource `name`, as the engine passes them to the provider. */
    declare: (name: string, more: Declared = {}): Declared => ({
      email: `${name}@acme.example`,
      password: "pass-W0rd-of-acme",
      company: `${name} Ltd`,
      customId: `pulumi:shop/prod/${name}`,
      origin: `pulumi:shop/prod/${name}`,
      __provider: "the serialized provider",
      ...more,
    }),
  };
}
