// This package with one setting of the CLI for many accounts each, and with those together that help.
import type { Contender } from "./contender.mts";
import { oursSkipCheckpoints, ours as plain } from "./ours.mts";
import { pulumiContender } from "./pulumi.mts";

const variant = (title: string, env: Record<string, string>, backendQuery = "") =>
  pulumiContender({ title, program: "ours.ts", env, backendQuery });

/** The settings that help, as environment variables of the CLI and as query of the backend's URL. */
export const together = {
  env: { PULUMI_SKIP_CHECKPOINTS: "true", GOGC: "400" },
  backendQuery: "?metadata=skip",
};

export const settings: Record<string, () => Promise<Contender>> = {
  plain,
  "metadata-skip": () => variant("?metadata=skip", {}, "?metadata=skip"),
  zstd: () => variant("PULUMI_DIY_BACKEND_ZSTD", { PULUMI_DIY_BACKEND_ZSTD: "true" }),
  gogc: () => variant("GOGC=400", { GOGC: "400" }),
  "skip-checkpoints": oursSkipCheckpoints,
  all: () => variant("skipped checkpoints, metadata=skip, GOGC=400", together.env, together.backendQuery),
};
