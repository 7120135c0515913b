import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { Assumptions } from "../api/assumptions";
import type { Env } from "../env";
import { check, forbidden, jsonBody, notFound, parseJson } from "../http";
import type { Control } from "../types";
import { FaultSpec } from "./fault-kinds";
import { ClientChanges, SellerChanges, ServiceChanges, UserChanges } from "./schemas";

/** A web page cannot send it to another origin without a preflight, which the sandbox never allows. */
const HEADER = "x-sandbox-control";

const Latency = z.strictObject({ ms: z.number().min(0) });
const RateLimit = z
  .strictObject({
    requestsPerSecond: z.number().positive(),
    burst: z.number().min(1).optional(),
    retryAfter: z.enum(["seconds", "absent"]).optional(),
  })
  .nullable();
const Seed = z.strictObject({ count: z.int().min(1).max(100_000), reseller: z.int().optional() });
const ApiKeys = z.record(z.string(), z.int());

/** The control API under `/_sandbox`, with which tests change the sandbox. No reply holds a password or a key. */
export function controlRoutes(sandbox: Control): Hono<Env> {
  const routes = new Hono<Env>();

  routes.use(
    createMiddleware<Env>(async (c, next) => {
      if (c.req.header(HEADER) !== "1") throw forbidden(`The control API needs the header ${HEADER}: 1`);
      await next();
    }),
  );

  routes.post("/reset", (c) => {
    sandbox.reset();
    return c.body(null, 204);
  });

  routes.get("/requests", (c) => c.json(sandbox.requests(Number(c.req.query("after") ?? 0))));
  routes.delete("/requests", (c) => {
    sandbox.clearRequests();
    return c.body(null, 204);
  });

  routes.put("/latency", (c) => {
    const latency = jsonBody(c, Latency);
    sandbox.setLatency(latency.ms);
    return c.json(latency);
  });
  routes.put("/rate-limit", (c) => {
    const limit = check(RateLimit, parseJson(c));
    sandbox.setRateLimit(limit);
    return c.json(limit);
  });
  routes.put("/api-keys", (c) => {
    const keys = jsonBody(c, ApiKeys);
    sandbox.setApiKeys(keys);
    return c.json({ resellers: [...new Set(Object.values(keys))].sort((a, b) => a - b) });
  });

  routes.get("/assumptions", (c) => c.json(sandbox.assumptions));
  routes.patch("/assumptions", (c) => {
    const changes = jsonBody(c, z.record(z.string(), z.unknown()));
    sandbox.setAssumptions(check(Assumptions, { ...sandbox.assumptions, ...changes }));
    return c.json(sandbox.assumptions);
  });

  routes.get("/faults", (c) => c.json(sandbox.faults.list()));
  routes.post("/faults", (c) => c.json(sandbox.faults.add(jsonBody(c, FaultSpec)), 201));
  routes.delete("/faults", (c) => {
    sandbox.faults.remove();
    return c.body(null, 204);
  });
  routes.delete("/faults/:id{[0-9]+}", (c) => {
    sandbox.faults.remove(Number(c.req.param("id")));
    return c.body(null, 204);
  });

  routes.get("/accounts", (c) => c.json(sandbox.accounts()));
  routes.post("/seed", (c) => {
    const { count, reseller } = jsonBody(c, Seed);
    const users = sandbox.seed(count, reseller);
    return c.json({ users, accounts: sandbox.accounts().slice(-count) }, 201);
  });
  routes.get("/sellers", (c) => c.json(sandbox.sellers()));
  routes.get("/services", (c) => c.json(sandbox.services()));
  routes.get("/features", (c) => c.json(sandbox.features()));

  const changed = <T>(path: string, schema: z.ZodType<T>, change: (id: number, changes: T) => object | undefined) =>
    routes.patch(`${path}/:id{[0-9]+}`, (c) => {
      const record = change(Number(c.req.param("id")), jsonBody(c, schema));
      if (record === undefined) throw notFound();
      return c.json(record);
    });
  changed("/users", UserChanges, (id, changes) => sandbox.updateUser(id, changes));
  changed("/clients", ClientChanges, (id, changes) => sandbox.updateClient(id, changes));
  changed("/sellers", SellerChanges, (id, changes) => sandbox.updateSeller(id, changes));
  changed("/services", ServiceChanges, (id, changes) => sandbox.updateService(id, changes));

  return routes;
}
