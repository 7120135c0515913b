import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgresql } from "./postgresql";
import { startS3 } from "./s3";
import type { Backend } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** What the CLI needs to use a backend, by the backend's name. */
    backends: Record<string, Pick<Backend, "env" | "secret">>;
  }
}

async function startFile(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), "gcore-state-"));
  return {
    env: { PULUMI_BACKEND_URL: `file://${folder}` },
    stop: async () => rmSync(folder, { recursive: true }),
  };
}

/** Starts the servers. One that is not to be had is left out, with a line that says so; in CI it is an error. */
export default async function setup({ provide }: TestProject) {
  const backends: Record<string, Backend> = {};
  const stop = async () => {
    for (const backend of Object.values(backends)) await backend.stop();
  };
  for (const [name, start] of Object.entries({ file: startFile, PostgreSQL: startPostgresql, S3: startS3 })) {
    try {
      backends[name] = await start();
    } catch (error) {
      if (process.env.CI) await stop();
      if (process.env.CI) throw new Error(`${name}: ${error}`);
      console.warn(`left out: ${name}: ${error}`);
    }
  }
  provide(
    "backends",
    Object.fromEntries(
      Object.entries(backends).map(([name, { env, secret }]) => [name, { env, ...(secret && { secret }) }]),
    ),
  );
  return stop;
}
