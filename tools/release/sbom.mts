import type { PackedPackage } from "./pack.mts";
import { manifestOf } from "./packages.mts";
import { writeFiles } from "./projects.mts";
import { run } from "./run.mts";

/** The parts of a CycloneDX document that are read here. */
interface Sbom {
  components: { name: string; externalReferences: { url: string }[] }[];
}

/**
 * The CycloneDX document of a package: all that a user installs with it.
 * @param folder - an empty folder with the package's name, which npm takes from there
 */
export async function makeSbom(folder: string, { name, ...one }: PackedPackage, packed: PackedPackage[]) {
  const { version, license, dependencies } = manifestOf(one.folder);
  for (const { name, tarball } of packed) if (name in dependencies) dependencies[name] = `file:${tarball}`;
  writeFiles(folder, { "package.json": { name, version, license, dependencies } });
  await run(folder, "npm", ["install", "--package-lock-only", "--prefer-offline", "--no-audit", "--loglevel=error"]);
  const options = ["--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "library"];
  const sbom: Sbom = JSON.parse(await run(folder, "npm", ["sbom", ...options]));
  const listed = sbom.components.map((component) => component.name);
  const missing = one.dependencies.filter((dependency) => !listed.includes(dependency));
  if (missing.length > 0) throw new Error(`it does not list ${missing.join(", ")}`);
  for (const component of sbom.components)
    component.externalReferences = component.externalReferences.filter(({ url }) => !url.startsWith("file:"));
  return JSON.stringify(sbom, null, 2);
}
