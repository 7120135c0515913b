import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { Clock } from "../clock";
import type { Env } from "../env";
import { forbidden } from "../http";
import { ACCOUNTS_SHOWN, readContent, type Source } from "./content";
import { changeEvents } from "./events";
import { Page } from "./page";

const own = join(__dirname, "../../assets");
const assets = {
  "page.css": { file: join(own, "page.css"), type: "text/css" },
  "page.js": { file: join(own, "page.js"), type: "text/javascript" },
  "htmx.js": { file: require.resolve("htmx.org/dist/htmx.min.js"), type: "text/javascript" },
  "hx-sse.js": { file: require.resolve("htmx.org/dist/ext/hx-sse.min.js"), type: "text/javascript" },
};

/** A name that another host can give itself, to read the page from a browser (DNS rebinding), is none of these. */
const hosts = ["127.0.0.1", "localhost", "[::1]"];

const checkHost = createMiddleware<Env>(async (c, next) => {
  if (!hosts.includes(new URL(c.req.url).hostname)) throw forbidden(`The page is served at ${hosts.join(", ")} only.`);
  await next();
});

/** The page loads nothing from elsewhere, and runs no script that is not a file of the sandbox. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["data:"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  strictTransportSecurity: false,
});

const noCache = createMiddleware<Env>(async (c, next) => {
  await next();
  c.header("cache-control", "no-store");
});

/** The page at `/` and its files under `/_page`. It reads the sandbox and changes nothing; its requests are not logged. */
export function pageRoutes(parts: Source & { clock: Clock }): Hono<Env> {
  const routes = new Hono<Env>();
  for (const path of ["/", "/_page/*"]) routes.use(path, checkHost, headers, noCache);

  routes.get("/", (c) => {
    const show = Number(c.req.query("show"));
    const query = {
      filter: c.req.query("filter") ?? "",
      show: show > ACCOUNTS_SHOWN ? Math.floor(show) : ACCOUNTS_SHOWN,
    };
    return c.html(<Page content={readContent(parts, query)} url={new URL(c.req.url).origin} />);
  });

  routes.get("/_page/events", (c) =>
    changeEvents(c, parts.clock, (listener) => {
      const stops = [parts.store.database.onWrite(listener), parts.log.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    }),
  );

  for (const [name, { file, type }] of Object.entries(assets)) {
    routes.get(`/_page/${name}`, (c) => c.body(readFileSync(file), 200, { "content-type": `${type}; charset=utf-8` }));
  }
  return routes;
}
