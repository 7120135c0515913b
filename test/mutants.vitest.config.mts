import { defineConfig } from "vitest/config";

/** The tests of `npm run test:mutants`: those of the provider that run inside one process, and only in small cases. */
export default defineConfig({
  test: {
    include: ["test/{unit,contract,faults}/**/*.test.ts"],
    // These run no code of provider/engine or provider/api: they read files, or start other processes.
    exclude: [
      "test/unit/{bench,commands,coverage,declarations,pulumi-cli,serialization,words}.test.ts",
      "test/contract/sandbox.test.ts",
    ],
    env: { MAX_CASE_SIZE: "250" },
    testTimeout: 60_000,
  },
});
