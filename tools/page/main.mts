// npm run test:page: opens the sandbox's page in a real headless Chromium, which it needs.
// npm run test:page -- --screenshots: makes the pictures in docs/images anew.
import type { Browser } from "playwright-core";
import { type Check, checks } from "./checks.mts";
import { launchChromium } from "./chromium.mts";
import { startExample } from "./example.mts";
import { takeScreenshots } from "./screenshots.mts";

const browser = await launchChromium();
try {
  if (process.argv[2] === "--screenshots") await takeScreenshots(browser);
  else await runChecks(browser);
} finally {
  await browser.close();
}

async function runChecks(browser: Browser): Promise<void> {
  const failures: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await run(browser, check);
    } catch (error) {
      failures.push(`FAILED: ${name}\n${error}`);
    }
  }
  const count = Object.keys(checks).length;
  console.log(failures.length > 0 ? failures.join("\n") : `${count} checks passed, and no request to another host`);
  process.exitCode = Number(failures.length > 0);
}

/** Fails too if the page sends a request to another host, or logs an error. */
async function run(browser: Browser, { settings = {}, logsErrors = false, run }: Check): Promise<void> {
  const { width = 1280, ...more } = settings;
  const example = await startExample();
  const context = await browser.newContext({ viewport: { width, height: 800 }, ...more });
  context.setDefaultTimeout(20_000);
  const problems: string[] = [];
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${example.url}/`) && !url.startsWith("data:")) problems.push(`a request to ${url}`);
  });
  context.on("weberror", (error) => problems.push(`an error of the page: ${error.error()}`));
  context.on("console", (message) => {
    if (message.type() === "error" && !logsErrors) problems.push(message.text());
  });
  try {
    await run(await context.newPage(), example);
    if (problems.length > 0) throw new Error(problems.join("\n"));
  } finally {
    await context.close();
    await example.close();
  }
}
