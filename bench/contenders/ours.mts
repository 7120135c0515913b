// This package, as users have it.
import { pulumiContender } from "./pulumi.mts";

export const ours = () => pulumiContender({ title: "pulumi-gcore-reseller", program: "ours.ts" });

/** With PULUMI_SKIP_CHECKPOINTS the state is written once, at the end, and not at each step. */
const skipCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true" };

export const oursSkipCheckpoints = () =>
  pulumiContender({ title: "the same, PULUMI_SKIP_CHECKPOINTS", program: "ours.ts", env: skipCheckpoints });

/** Each account with three active services: four resources an account. Writing 2,000 of them at each step takes half an hour. */
export const oursServices = () =>
  pulumiContender({
    title: "and 3 services an account",
    program: "services.ts",
    env: skipCheckpoints,
    maxUsers: 500,
  });
