import { findPulumi } from "../../tools/pulumi-cli/find.mts";

/** The CLI may have to be built first, which takes longer than any test may. */
export default async function setup() {
  await findPulumi();
}
