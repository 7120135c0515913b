import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** A package that is published, and what its packed form must be. */
export interface PublishedPackage {
  name: string;
  /** From the root of the repository. */
  folder: string;
  /** Paths that belong into it, besides package.json, README.md and LICENSE. */
  files: RegExp;
  dependencies: string[];
  /** Largest size in bytes, and why it was raised last. */
  maxSize: { packed: number; unpacked: number; reason: string };
}

/** In the order of publication: what others depend on comes first. */
export const packages: PublishedPackage[] = [
  {
    name: "pulumi-gcore-reseller",
    folder: ".",
    files: /^(dist\/provider\/.+\.(js|d\.ts)|docs\/.+\.md|CHANGELOG\.md)$/,
    dependencies: ["undici", "zod"],
    maxSize: { packed: 200_000, unpacked: 800_000, reason: "first release" },
  },
  {
    name: "gcore-reseller-sandbox",
    folder: "sandbox",
    files: /^(dist\/.+\.(js|d\.ts)|assets\/page\.(css|js)|bin\/gcore-reseller-sandbox\.js|CHANGELOG\.md)$/,
    dependencies: ["@hono/node-server", "hono", "htmx.org", "zod"],
    maxSize: { packed: 100_000, unpacked: 400_000, reason: "first release" },
  },
  {
    name: "gcore-reseller",
    folder: "cli",
    files: /^(dist\/.+\.(js|d\.ts)|bin\/gcore-reseller\.js|CHANGELOG\.md)$/,
    dependencies: ["@pulumi/pulumi", "commander", "csv-stringify", "pulumi-gcore-reseller", "yaml"],
    maxSize: { packed: 30_000, unpacked: 100_000, reason: "first release" },
  },
];

/** The parts of a package.json that the checks read. */
export interface Manifest {
  name: string;
  version: string;
  license: string;
  exports: Record<string, unknown>;
  types?: string;
  bin?: Record<string, string>;
  engines: { node: string };
  dependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  repository: unknown;
  homepage: unknown;
  bugs: unknown;
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** What a program can import from a package: its name and its subpaths. */
export function entryPointsOf({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => path !== "./package.json" && exports["."] !== undefined)
    .map((path) => join(name, path));
}
