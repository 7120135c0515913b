// Debian's packages, for tests that need more than Node.js.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Installs packages. Returns false where that is not possible: there is no apt-get, or this process does not run as root. */
export function aptInstall(...packages: string[]): boolean {
  if (!existsSync("/usr/bin/apt-get") || !isRoot()) return false;
  console.log(`apt-get install ${packages.join(" ")}`);
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
  return true;
}
