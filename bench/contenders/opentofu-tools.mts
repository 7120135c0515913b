// OpenTofu and restapi, built from their Go modules once and kept in the user's cache folder.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildCommand, cached, executableSuffix, type GoCommand, go } from "../../tools/go-modules.mts";

export const tofuVersion = "1.11.4";
export const restapiVersion = "1.20.0";

const tofuModule: GoCommand = {
  path: `github.com/opentofu/opentofu@v${tofuVersion}`,
  sum: "h1:jAHLQdTSQBujKfQYLHcJ8LOygkrNQARrTf5EdoWW1Es=",
  command: "./cmd/tofu",
  flags: "-s -w -X github.com/opentofu/opentofu/version.dev=no",
};
const restapiModule: GoCommand = {
  path: `github.com/Mastercard/terraform-provider-restapi@v${restapiVersion}`,
  sum: "h1:z4kPtDZgG1HmLsawE4SzP1PxPyz2hAHxwkrHMuRvFrA=",
  command: ".",
  flags: "-s -w",
};

export interface OpenTofu {
  tofu: string;
  /** Folder with providers, in the layout of OpenTofu's `filesystem_mirror`. */
  mirror: string;
}

/** The cached tools, or a new build. Throws with the reason when neither is possible. */
export async function findOpenTofu(): Promise<OpenTofu> {
  const folder = await cached(`opentofu-v${tofuVersion}-restapi-v${restapiVersion}`, build);
  return { tofu: join(folder, `tofu${executableSuffix}`), mirror: join(folder, "mirror") };
}

async function build(folder: string): Promise<void> {
  const [os, arch] = (await go(folder, "env", "GOOS", "GOARCH")).trim().split(/\s+/);
  const provider = join(folder, "mirror/registry.opentofu.org/mastercard/restapi", restapiVersion, `${os}_${arch}`);
  await mkdir(provider, { recursive: true });
  const executable = join(provider, `terraform-provider-restapi_v${restapiVersion}${executableSuffix}`);
  await buildCommand(restapiModule, executable);
  await buildCommand(tofuModule, join(folder, `tofu${executableSuffix}`));
}
