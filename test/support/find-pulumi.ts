import { findPulumi } from "../../tools/pulumi-cli/find.mts";

/** Finds the CLI before the tests: it may have to be built first, which takes longer than a test's timeout. */
export default async function setup() {
  await findPulumi();
}
