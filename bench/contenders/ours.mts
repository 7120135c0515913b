// This package, as users have it.
import { pulumiContender } from "./pulumi.mts";

export const ours = () => pulumiContender({ title: "pulumi-gcore-reseller", program: "ours.ts" });

/** With PULUMI_SKIP_CHECKPOINTS the state is written once, at the end, and not at each step. */
export const oursSkipCheckpoints = () =>
  pulumiContender({
    title: "the same, PULUMI_SKIP_CHECKPOINTS",
    program: "ours.ts",
    env: { PULUMI_SKIP_CHECKPOINTS: "true" },
  });

/** Each account with three active services: four resources an account. */
export const oursServices = () =>
  pulumiContender({ title: "the same, 3 services an account", program: "services.ts", maxUsers: 500 });
