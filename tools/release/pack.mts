import { join } from "node:path";
import { type PublishedPackage, packages, root } from "./packages.mts";
import { run } from "./run.mts";

/** A package as users get it. */
export interface PackedPackage extends PublishedPackage {
  tarball: string;
  paths: string[];
  /** Bytes of the tarball. */
  size: number;
  /** Bytes of the files. */
  unpackedSize: number;
}

/** Packs all packages, as they are built, into a folder. */
export async function packAll(folder: string): Promise<PackedPackage[]> {
  const options = ["--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", folder];
  const folders = packages.map((one) => `./${one.folder}`);
  const packed: NpmPacked[] = JSON.parse(await run(root, "npm", ["pack", ...options, ...folders]));
  return packages.map((one, i) => {
    const { filename, files, size, unpackedSize } = packed[i] as NpmPacked;
    return { ...one, tarball: join(folder, filename), paths: files.map(({ path }) => path), size, unpackedSize };
  });
}

/** A package in the JSON that `npm pack` prints. */
interface NpmPacked {
  filename: string;
  files: { path: string }[];
  size: number;
  unpackedSize: number;
}
