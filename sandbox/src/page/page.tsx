import { raw } from "hono/html";
import { Accounts } from "./accounts";
import { Calls } from "./calls";
import type { Content } from "./content";
import { Resellers, Sellers } from "./sellers";

const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  // What the user opened stays open.
  morphIgnore: ["data-htmx-powered", "open"],
  sse: { reconnectMaxDelay: 3000 },
});
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%23ff4c00'/><path d='M4 5h8M4 8h8M4 11h5' stroke='white' stroke-width='1.6' stroke-linecap='round'/></svg>";

/** The whole page. Without JavaScript it is complete: the filter is a form, and a reload shows what is new. */
export function Page({ content, url }: { content: Content; url: string }) {
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="htmx-config" content={htmxConfig} />
          <title>Gcore reseller sandbox</title>
          <link rel="icon" href={icon} />
          <link rel="stylesheet" href="/_page/page.css" />
          {/* Not deferred: htmx then starts when the document is complete, which is after its extension was loaded. */}
          <script src="/_page/htmx.js"></script>
          <script src="/_page/hx-sse.js"></script>
          <script src="/_page/page.js" defer></script>
        </head>
        <body>
          <Header content={content} />
          <main id="content">
            <Counts content={content} />
            <div class="columns">
              <div>
                <Accounts accounts={content.accounts} query={content.query} url={url} />
                <Sellers sellers={content.sellers} />
                <Resellers resellers={content.resellers} />
              </div>
              <Calls calls={content.calls} />
            </div>
          </main>
        </body>
      </html>
    </>
  );
}

/** Outside of what is replaced, so that the filter keeps its focus and the events their connection. */
function Header({ content: { query } }: { content: Content }) {
  return (
    <header>
      <h1>
        <a href="/">Gcore reseller sandbox</a>
      </h1>
      <search>
        <form
          id="filter-form"
          action="/"
          hx-get="/"
          hx-include="#show"
          hx-trigger="sandbox-changed from:#live, input delay:120ms, submit"
          hx-target="#content"
          hx-select="#content"
          hx-swap="outerMorph"
          hx-sync="this:replace"
          hx-replace-url="true"
        >
          <label for="filter">Filter</label>
          <input
            id="filter"
            type="search"
            name="filter"
            value={query.filter}
            placeholder="company, email, id, service, path, status"
            autocomplete="off"
            spellcheck={false}
          />
          <noscript>
            <button type="submit">Filter</button>
          </noscript>
        </form>
      </search>
      <p id="live" role="status" hx-sse:connect="/_page/events"></p>
    </header>
  );
}

function Counts({ content: { accounts, calls, sellers, resellers } }: { content: Content }) {
  const entries = [
    ["accounts", "Client accounts", accounts.total],
    ["calls", "Calls", calls.total],
    ["sellers", "Sellers", sellers.total],
    ["resellers", "Resellers", resellers.length],
  ] as const;
  return (
    <nav aria-label="Sections">
      {entries.map(([id, name, count]) => (
        <a href={`#${id}`}>
          {name} <b>{count.toLocaleString("en")}</b>
        </a>
      ))}
    </nav>
  );
}
