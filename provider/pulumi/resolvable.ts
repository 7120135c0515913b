import { createRequire, findPackageJSON } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The module that Pulumi's provider process loads, by this package's name. */
export const RUNTIME = "pulumi-gcore-reseller/runtime";

let isResolvable = false;

/**
 * Pulumi's provider process loads this package from the folder in which `pulumi` runs the program. Only a program that the
 * CLI started knows that folder: an inline program may run elsewhere, and one with mocks has no provider process.
 * @throws if the package is not installed there, with the package.json that lacks it.
 */
export function assertResolvable(folder = process.cwd()): void {
  if (isResolvable || !isStartedByCli()) return;
  try {
    createRequire(join(folder, "index.js")).resolve(RUNTIME);
    isResolvable = true;
  } catch {
    const packageFile = findPackageJSON(pathToFileURL(`${folder}/`)) ?? join(folder, "package.json");
    throw new Error(
      `pulumi-gcore-reseller cannot be loaded from ${folder}, where Pulumi runs its provider: add it to the ` +
        `dependencies in ${packageFile} and install.`,
    );
  }
}

const isStartedByCli = () => /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(require.main?.filename ?? "");
