// What a packed package contains. Each check throws an error that says what is wrong.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedPackage } from "./pack.mts";
import { manifestOf, root } from "./packages.mts";

const IN_EVERY_PACKAGE = ["package.json", "README.md", "LICENSE"];

export function checkPaths({ paths, files }: Pick<PackedPackage, "paths" | "files">): void {
  const missing = IN_EVERY_PACKAGE.filter((path) => !paths.includes(path));
  if (missing.length > 0) throw new Error(`it has no ${missing}`);
  const surplus = paths.filter(
    (path) =>
      !IN_EVERY_PACKAGE.includes(path) && (!files.test(path) || /(^|\/)(test|tools|bench)\/|\.test\./.test(path)),
  );
  if (surplus.length > 0) throw new Error(`these files do not belong into it: ${surplus.join(", ")}`);
}

export function checkDependencies({ folder, dependencies }: PackedPackage): void {
  const declared = Object.keys(manifestOf(folder).dependencies).sort();
  if (declared.join() !== dependencies.toSorted().join()) throw new Error(`it depends on ${declared.join(", ")}`);
}

export function checkSize({ size, unpackedSize, maxSize }: Pick<PackedPackage, "size" | "unpackedSize" | "maxSize">) {
  const sizes = `${size} bytes packed, ${unpackedSize} unpacked`;
  if (size > maxSize.packed || unpackedSize > maxSize.unpacked)
    throw new Error(
      `${sizes}, and at most ${maxSize.packed} and ${maxSize.unpacked} are allowed. ` +
        "Make it smaller, or raise maxSize in tools/release/packages.mts with the reason",
    );
}

/** No file has a secret or a path of this machine. */
export function checkSecrets({ paths }: Pick<PackedPackage, "paths">, unpacked: string): void {
  const secret = /-----BEGIN [A-Z ]*PRIVATE KEY|\d+\$[0-9a-f]{32,}|pul-[0-9a-f]{40}/;
  const found = paths.filter((path) => {
    const content = readFileSync(join(unpacked, path), "utf8");
    return secret.test(content) || content.includes(root);
  });
  if (found.length > 0) throw new Error(`there is a secret, or a path of this machine, in ${found.join(", ")}`);
}
