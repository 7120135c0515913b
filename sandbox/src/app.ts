import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { api } from "./api";
import type { Sessions } from "./api/authentication";
import { compressReplies } from "./api/replies";
import type { Clock } from "./clock";
import { clientOfPath } from "./control/client-of-path";
import type { Faults } from "./control/faults";
import type { RateLimiter } from "./control/rate-limiter";
import type { RequestLog } from "./control/request-log";
import { controlRoutes } from "./control/routes";
import type { Env } from "./env";
import { Dropped, Refusal, readBody } from "./http";
import { pageRoutes } from "./page/routes";
import type { Store } from "./store";
import type { Control, Settings } from "./types";

/** The parts that the app is made of. */
export type AppParts = {
  control: Control;
  settings: Settings;
  clock: Clock;
  store: Store;
  sessions: Sessions;
  log: RequestLog;
  limiter: RateLimiter;
  faults: Faults;
};

/** The API as one function from request to response. It rejects where a connection is dropped, as `fetch` does. */
export function createApp(parts: AppParts): Hono<Env> {
  const app = new Hono<Env>();

  app.use(readBody);
  app.route("/_sandbox", controlRoutes(parts.control));
  app.route("/", pageRoutes(parts));

  app.use(logged(parts));
  app.use(compressReplies);
  app.use(limited(parts));
  app.use(settled(parts));
  app.use(parts.faults.middleware());
  app.route(
    "/iam",
    api(() => parts.settings.apiKeys, parts.sessions),
  );

  app.notFound((c) => {
    c.set("unknownRoute", true);
    return c.json({ message: `No such call: ${c.req.method} ${c.req.path}` }, 404);
  });
  app.onError((error, c) => {
    if (error instanceof Refusal) return error.toResponse();
    if (error instanceof Dropped) throw error;
    return c.json({ message: `The sandbox failed: ${error.message}` }, 500);
  });
  return app;
}

/** Sets the variables of a request, and logs how it ended. */
function logged({ clock, store, log, settings }: AppParts) {
  return createMiddleware<Env>(async (c, next) => {
    const start = performance.now();
    const time = new Date(clock.now()).toISOString();
    c.set("store", store);
    c.set("assumptions", settings.assumptions);
    c.set("pageShift", 0);
    c.set("unknownQuery", []);
    c.set("unknownRoute", false);
    c.set("faults", []);
    // Before the call, and without it: a fault may keep the call from being handled, and close the store meanwhile.
    c.set("client", clientOfPath(c.req.path, store.database));
    let status: number | null = null;
    try {
      await next();
      status = c.res.status;
    } finally {
      const faults = c.get("faults");
      const client = c.get("client");
      log.add({
        time,
        method: c.req.method,
        path: c.req.path,
        query: [...new URL(c.req.url).searchParams.keys()],
        ...(client === undefined ? {} : { client }),
        status,
        ms: Math.round(performance.now() - start),
        unknown: c.get("unknownRoute"),
        unknownQuery: c.get("unknownQuery"),
        ...(faults.length === 0 ? {} : { fault: faults.join(",") }),
      });
    }
  });
}

/** Services change their status by the clock: what is due by now has happened before the request. */
function settled({ store, settings }: AppParts) {
  return createMiddleware<Env>((_, next) => {
    store.services.settle(settings.assumptions);
    return next();
  });
}

function limited({ clock, settings, limiter }: AppParts) {
  return createMiddleware<Env>(async (c, next) => {
    await clock.wait(settings.latencyMs);
    const headers = limiter.refusal();
    if (headers !== undefined) return c.json({ message: "Request was throttled." }, 429, headers);
    return next();
  });
}
