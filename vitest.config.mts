import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The engine's tests run real CLIs, so they get time, and no more of them at once than the machine has cores. */
const slow = {
  globalSetup: "test/support/find-pulumi.ts",
  testTimeout: 600_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
  // vitest wants a group of their own for another number of workers.
  sequence: { groupOrder: 1 },
};

/** Begins with the files that take minutes: at the end, all other workers would wait for them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(takesMinutes), ...sorted.filter((file) => !takesMinutes(file))];
  }
}
const takesMinutes = ({ moduleId }: TestSpecification) => /every-fault|soak|ownership|gitops/.test(moduleId);

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: "unit", include: ["test/{unit,sandbox}/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "contract", include: ["test/contract/**/*.test.ts"] } },
      // No test of these changes what a module holds (mocks do), so modules are loaded once for all files.
      { test: { name: "faults", include: ["test/faults/**/*.test.ts"], testTimeout: 60_000, isolate: false } },
      { test: { name: "engine", include: ["test/{engine,soak}/**/*.test.ts"], ...slow } },
    ],
  },
});
