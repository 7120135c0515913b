import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticate } from "./api/authentication";
import { availability } from "./api/availability";
import { clients } from "./api/clients";
import { auth } from "./api/jwt";
import { tokens } from "./api/tokens";
import { users } from "./api/users";
import { control } from "./control/routes";
import { Dropped, type Env, Refusal, readBody } from "./http";
import type { Sandbox } from "./sandbox";

/** The API as one function from request to response. It rejects where a connection is dropped, as `fetch` does. */
export function createApp(sandbox: Sandbox): Hono<Env> {
  const app = new Hono<Env>();

  app.use(readBody);
  app.route("/_sandbox", control(sandbox));

  app.use(logged(sandbox));
  app.use(limited(sandbox));
  app.use(sandbox.faults.middleware());
  app.use(
    "/iam/*",
    authenticate(() => sandbox.apiKeys, sandbox.sessions),
  );
  app.route("/iam", users(sandbox.sessions));
  app.route("/iam", auth(sandbox.sessions));
  app.route("/iam", clients);
  app.route("/iam", availability);
  app.route("/iam", tokens);

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
function logged(sandbox: Sandbox) {
  return createMiddleware<Env>(async (c, next) => {
    const start = performance.now();
    const time = new Date(sandbox.now()).toISOString();
    c.set("store", sandbox.store);
    c.set("pageShift", 0);
    c.set("unknownQuery", []);
    c.set("unknownRoute", false);
    c.set("faults", []);
    let status: number | null = null;
    try {
      await next();
      status = c.res.status;
    } finally {
      const faults = c.get("faults");
      sandbox.log.add({
        time,
        method: c.req.method,
        path: c.req.path,
        query: [...new URL(c.req.url).searchParams.keys()],
        status,
        ms: Math.round(performance.now() - start),
        unknown: c.get("unknownRoute"),
        unknownQuery: c.get("unknownQuery"),
        ...(faults.length === 0 ? {} : { fault: faults.join(",") }),
      });
    }
  });
}

function limited(sandbox: Sandbox) {
  return createMiddleware<Env>(async (c, next) => {
    await sandbox.wait(sandbox.latencyMs);
    const headers = sandbox.limiter.refusal();
    if (headers !== undefined) return c.json({ message: "Request was throttled." }, 429, headers);
    return next();
  });
}
