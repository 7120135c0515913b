import { defineConfig } from "vitest/config";

/** The tests of `npm run test:mutants`: those of the provider that run inside one process, and only in small cases. */
export default defineConfig({
  test: {
    include: ["test/{unit,contract,faults}/**/*.test.ts"],
    // These run no code of provider/engine or provider/api in this process: they read files, start other processes, or set
    // the SDK's mocks.
    exclude: [
      "test/unit/{bench,cli,commands,coverage,coverage-contract,declarations,doc-examples,doc-links,docs}.test.ts",
      "test/unit/{fleet-files,fleet-program,functions-mocks,node-version,policy,policy-pack,pulumi-cli}.test.ts",
      "test/unit/{resource-class,serialization,start-up,types,words}.test.ts",
      "test/contract/sandbox.test.ts",
    ],
    // Each mutant runs many test files: loading the modules once halves its time.
    isolate: false,
    env: { MAX_CASE_SIZE: "250" },
    testTimeout: 60_000,
  },
});
