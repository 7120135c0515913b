import { defineConfig } from "vitest/config";

/** The tests of `npm run test:pipelines` and `npm run test:backends`, which need Go and more. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "pipelines", include: ["test/pipelines/**/*.test.ts"], testTimeout: 600_000 } },
      {
        test: {
          name: "backends",
          include: ["test/backends/**/*.test.ts"],
          globalSetup: ["test/support/find-pulumi.ts", "test/backends/setup.ts"],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
