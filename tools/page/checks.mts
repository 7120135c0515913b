// What a browser must find on the sandbox's page. Each check gets a page of its own, and a sandbox of its own.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { type Example, fill, startExample } from "./example.mts";

export interface Check {
  /** Where the page is checked; 1280 pixels wide, light and with JavaScript by default. */
  settings?: { width?: number; colorScheme?: "light" | "dark"; javaScriptEnabled?: boolean };
  /** The browser logs requests that fail. */
  logsErrors?: boolean;
  run(page: Page, example: Example): Promise<void>;
}

const live = (page: Page) => page.getByText("Live", { exact: true }).waitFor();
const appears = (page: Page, text: string) => page.getByRole("heading", { name: text }).waitFor();
const disappears = (page: Page, text: string) =>
  page.getByRole("heading", { name: text }).waitFor({ state: "detached" });

/** Waits until the page shows these client accounts, or so many. */
async function shows(page: Page, expected: string[] | number): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const names = await page.locator("article h3").allTextContents();
    const found = typeof expected === "number" ? names.length : names;
    if (isDeepStrictEqual(found, expected) || Date.now() > end) return assert.deepEqual(found, expected);
    await setTimeout(50);
  }
}

async function checkAccessibility(page: Page): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  assert.deepEqual(found, []);
  assert.ok(passes.length > 15, `axe-core checked ${passes.length} rules only`);
  const isWider = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  assert.ok(!isWider, "the page is wider than the screen");
}

const accessibility = (settings: Check["settings"] & object): Check => ({
  settings,
  run: async (page, example) => {
    await fill(example);
    await page.goto(example.url);
    // What can be opened is checked open.
    await page.locator("summary").first().click();
    await checkAccessibility(page);
  },
});

export const checks: Record<string, Check> = {
  "accounts and calls appear while requests come in": {
    run: async (page, { url, call, create }) => {
      await page.goto(url);
      await page.getByText("No client accounts yet").waitFor();
      await live(page);
      for (const name of ["Acme", "Globex", "Initech"]) {
        await create(name, `it@${name.toLowerCase()}.example`);
        await appears(page, name);
      }
      await shows(page, ["Initech", "Globex", "Acme"]);
      await call("PATCH", "/iam/clients/50001", { companyName: "Acme Ltd" });
      await appears(page, "Acme Ltd");
      await call("PATCH", "/_sandbox/clients/50001", { services: { CDN: "active" } });
      await page.locator("#account-50001 .chips").getByText("CDN active").waitFor();
      assert.equal(await page.locator("#calls li").first().locator(".method").textContent(), "PATCH");
      await call("POST", "/_sandbox/reset");
      await page.getByText("No client accounts yet").waitFor();
    },
  },

  "a file that loads late does not keep it from being live": {
    run: async (page, { url }) => {
      await page.route("**/hx-sse.js", async (route) => {
        await setTimeout(500);
        await route.continue();
      });
      await page.goto(url);
      await live(page);
    },
  },

  "the filter acts while it is typed, and stays in the address": {
    run: async (page, example) => {
      await fill(example);
      await page.goto(example.url);
      await live(page);
      await page.getByRole("searchbox").pressSequentially("globex");
      await disappears(page, "Acme Ltd");
      await shows(page, ["Globex Corporation"]);
      assert.match(page.url(), /\?filter=globex$/);
      await example.create("Globex Two", "two@globex.example");
      await example.create("Hooli", "it@hooli.example");
      await appears(page, "Globex Two");
      await shows(page, ["Globex Two", "Globex Corporation"]);
      await page.reload();
      assert.equal(await page.getByRole("searchbox").inputValue(), "globex");
      await shows(page, ["Globex Two", "Globex Corporation"]);
      await page.locator("#account-50002").getByRole("link", { name: "50002" }).click();
      await shows(page, ["Globex Corporation"]);
    },
  },

  "the keyboard reaches everything, and a change takes neither focus nor what is open": {
    run: async (page, example) => {
      await fill(example);
      await page.goto(example.url);
      await live(page);
      await page.keyboard.press("/");
      await page.keyboard.type("acme");
      await disappears(page, "Initech GmbH");
      await page.keyboard.press("Escape");
      await appears(page, "Initech GmbH");
      const focused = async () => (await page.locator(":focus").textContent()) ?? "";
      await page.keyboard.press("Tab");
      assert.match(await focused(), /^Client accounts/);
      for (let presses = 0; (await focused()) !== "All fields"; presses++) {
        assert.ok(presses < 20, "the Tab key does not reach the fields");
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("Enter");
      const fields = page.locator("details[open]").getByText("signup_process");
      await fields.waitFor();
      await example.create("Hooli", "it@hooli.example");
      await appears(page, "Hooli");
      assert.equal(await focused(), "All fields");
      assert.ok(await fields.isVisible(), "an update closed the fields");
    },
  },

  "says that it is not connected, and goes on when the sandbox is back": {
    logsErrors: true,
    run: async (page, { url, close }) => {
      await page.goto(url);
      await live(page);
      await close();
      await page.getByText("Not connected").waitFor();
      const again = await startExample({ port: Number(new URL(url).port) });
      await again.create("Acme", "it@acme.example");
      await live(page);
      await appears(page, "Acme");
      await again.close();
    },
  },

  "without JavaScript the page and its filter work": {
    settings: { javaScriptEnabled: false },
    run: async (page, example) => {
      await fill(example);
      await page.goto(example.url);
      await page.getByRole("searchbox").fill("initech");
      await page.getByRole("button", { name: "Filter" }).click();
      await shows(page, ["Initech GmbH"]);
    },
  },

  "a thousand accounts: shown in part, and the rest on demand": {
    run: async (page, { url, sandbox }) => {
      sandbox.seed(1000);
      await page.goto(url);
      await shows(page, 50);
      await page.getByRole("link", { name: "Show 200 more" }).click();
      await shows(page, 250);
      await live(page);
      sandbox.updateClient(51000, { companyName: "Changed" });
      await appears(page, "Changed");
      await shows(page, 250);
    },
  },

  "axe-core finds nothing, in light": accessibility({ colorScheme: "light" }),
  "axe-core finds nothing, in dark": accessibility({ colorScheme: "dark" }),
  "axe-core finds nothing, on a phone": accessibility({ width: 360 }),
  "axe-core finds nothing, on a phone in dark": accessibility({ width: 360, colorScheme: "dark" }),
  "axe-core finds nothing on an empty page": {
    run: async (page, { url }) => {
      await page.goto(url);
      await checkAccessibility(page);
    },
  },
};
