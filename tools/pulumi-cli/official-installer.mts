// node official-installer.mts VERSION ROOT: installs the CLI into ROOT/bin with Pulumi's Automation API.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";

const [version = "", root = ""] = process.argv.slice(2);
try {
  await PulumiCommand.install({ version: new SemVer(version), root });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
