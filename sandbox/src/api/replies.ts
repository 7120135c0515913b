import { brotliCompressSync, gzipSync } from "node:zlib";
import { createMiddleware } from "hono/factory";
import type { Env } from "../env";
import { Refusal } from "../http";
import type { Assumptions } from "./assumptions";

const idNames = [
  "id",
  "client",
  "client_id",
  "user_id",
  "reseller",
  "resellers",
  "seller",
  "owner",
  "currentUser",
  "feature_id",
  "free_feature_id",
  "paid_feature_id",
];
const notFoundBodies = {
  empty: undefined,
  json: { detail: "Not found." },
  html: "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>",
};

/** Gives replies the shape that Gcore is assumed to give them. */
export const shapeReplies = createMiddleware<Env>(async (c, next) => {
  await next();
  const assumptions = c.get("assumptions");
  if (c.res.status === 404 && !c.get("unknownRoute")) {
    c.res = new Refusal(404, notFoundBodies[assumptions.notFoundBody]).toResponse();
  }
  const change = valueChange(assumptions);
  if (change === undefined || !isJson(c.res)) return;
  const { status, headers } = c.res;
  c.res = new Response(JSON.stringify(JSON.parse(await c.res.text(), change)), { status, headers });
});

/** Compresses replies as Gcore is assumed to do. */
export const compressReplies = createMiddleware<Env>(async (c, next) => {
  await next();
  const { compression } = c.get("assumptions");
  // A reply that promises its length is a truncated one.
  if (compression === "none" || c.res.body === null || c.res.headers.has("content-length")) return;
  const { status, headers } = c.res;
  const body = await c.res.arrayBuffer();
  c.res = new Response(compression === "gzip" ? gzipSync(body) : brotliCompressSync(body), { status, headers });
  c.res.headers.set("content-encoding", compression);
});

/** What happens to the values of a reply; undefined if nothing does. */
function valueChange(assumptions: Assumptions): ((name: string, value: unknown) => unknown) | undefined {
  const { omitUserReseller, omitClientResellers, omitCount, idsAsText } = assumptions;
  if (!(omitUserReseller || omitClientResellers || omitCount || idsAsText)) return undefined;
  const omitted = { reseller: omitUserReseller, resellers: omitClientResellers, count: omitCount };
  return (name, value) => {
    if (Object.hasOwn(omitted, name) && omitted[name as keyof typeof omitted]) return undefined;
    return idsAsText && idNames.includes(name) && typeof value === "number" ? String(value) : value;
  };
}

function isJson(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("application/json") === true;
}
