// The pictures of docs/sandbox.md.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { fill, startExample } from "./example.mts";

const folder = join(import.meta.dirname, "../../docs/images");

export async function takeScreenshots(browser: Browser): Promise<void> {
  // A clock that advances with each reading, so that the times are the same in each run.
  let now = Date.parse("2026-05-04T09:41:00Z");
  const example = await startExample({ now: () => (now += 37) });
  await fill(example);
  const shots = [
    { name: "sandbox-light", colorScheme: "light", viewport: { width: 1280, height: 760 } },
    { name: "sandbox-dark", colorScheme: "dark", viewport: { width: 1280, height: 760 } },
    { name: "sandbox-phone", colorScheme: "light", viewport: { width: 390, height: 780 } },
  ] as const;
  for (const { name, ...settings } of shots) {
    const page = await browser.newPage(settings);
    await page.goto(example.url);
    await page.getByText("Live", { exact: true }).waitFor();
    if (name === "sandbox-dark") await page.locator("#account-50001 summary").click();
    const devTools = await page.context().newCDPSession(page);
    // A third of a PNG's size.
    const { data } = await devTools.send("Page.captureScreenshot", { format: "webp", quality: 90 });
    await writeFile(join(folder, `${name}.webp`), Buffer.from(data, "base64"));
    await page.close();
  }
  await example.close();
}
