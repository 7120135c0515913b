// This package, as users have it.
import { pulumiContender } from "./pulumi.mts";

export const ours = () => pulumiContender({ title: "pulumi-gcore-reseller", program: "ours.cjs" });

/** Without a write of the whole state at each step; the CLI takes the setting only where experiments are allowed. */
export const oursSkipCheckpoints = () =>
  pulumiContender({
    title: "the same, PULUMI_SKIP_CHECKPOINTS",
    program: "ours.cjs",
    env: { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" },
  });
