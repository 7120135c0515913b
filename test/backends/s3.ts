import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCommand, cached, executableSuffix, type GoCommand } from "../../tools/go-modules.mts";
import { type Backend, startServer } from "./server";

const versitygw: GoCommand = {
  path: "github.com/versity/versitygw@v1.7.0",
  sum: "h1:Tyn9TOpUn6nTyYfb+e2uaz1prf5Uv44FLpy4RU/foJE=",
  command: "./cmd/versitygw",
  flags: "-s -w",
};
const [accessKey, secretKey] = ["sandbox-access-key", "sandbox-secret-key"];

/** An S3 server: VersityGW, which stores a bucket as a folder. Built with Go once. */
export async function startS3(): Promise<Backend> {
  const program = `versitygw${executableSuffix}`;
  const built = await cached("versitygw-v1.7.0", (folder) => buildCommand(versitygw, join(folder, program)));
  const folder = mkdtempSync(join(tmpdir(), "gcore-s3-"));
  const [buckets, metadata] = [join(folder, "buckets"), join(folder, "metadata")];
  for (const path of [join(buckets, "state"), metadata]) mkdirSync(path, { recursive: true });
  const server = await startServer(
    join(built, program),
    (port) => [
      "--port",
      `127.0.0.1:${port}`,
      "--health",
      "/health",
      "--quiet",
      "posix",
      "--sidecar",
      metadata,
      buckets,
    ],
    (port) =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { cwd: folder, env: { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey } },
  );
  const endpoint = encodeURIComponent(`http://127.0.0.1:${server.port}`);
  return {
    env: {
      PULUMI_BACKEND_URL: `s3://state?endpoint=${endpoint}&region=us-east-1&use_path_style=true`,
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
    },
    secret: secretKey,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
