// Chromium for the tests of the sandbox's page: CHROMIUM_PATH, one of the machine, or Debian's package.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { aptInstall, isRoot } from "../apt.mts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];
const files = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const WAY_OUT = "Install Chromium or Chrome, or set CHROMIUM_PATH to its file.";

/** A headless browser with an empty profile, which sends no requests of its own. */
export function launchChromium(): Promise<Browser> {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const args = [...quiet, "--disable-component-update", "--disable-sync", ...(isRoot() ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath: findChromium() ?? installChromium(), args });
}

function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = "" } = process.env;
  if (CHROMIUM_PATH !== undefined) {
    if (existsSync(CHROMIUM_PATH)) return CHROMIUM_PATH;
    throw new Error(`CHROMIUM_PATH is ${CHROMIUM_PATH}, where there is no file. ${WAY_OUT}`);
  }
  const onPath = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return [...onPath, ...files].find((file) => existsSync(file));
}

function installChromium(): string {
  if (!aptInstall("chromium", "fonts-dejavu-core")) throw new Error(`There is no Chromium. ${WAY_OUT}`);
  const installed = findChromium();
  if (installed === undefined) throw new Error(`apt-get installed no Chromium. ${WAY_OUT}`);
  return installed;
}
