import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { aptInstall, isRoot } from "../../tools/apt.mts";
import { type Backend, startServer } from "./server";

const password = "first-password-of-postgresql";

/** PostgreSQL with its data in a new folder: one that is installed, or Debian's package. */
export async function startPostgresql(): Promise<Backend> {
  const bin = findPrograms() ?? installPrograms();
  const folder = mkdtempSync(join(tmpdir(), "gcore-postgresql-"));
  const [data, passwordFile] = [join(folder, "data"), join(folder, "password")];
  writeFileSync(passwordFile, password);
  // PostgreSQL refuses to run as root.
  const account = isRoot() ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  for (const path of [folder, passwordFile]) if (account.uid) chownSync(path, account.uid, account.gid);
  const initdb = ["--pgdata", data, "--username=pulumi", "--pwfile", passwordFile, "--auth=scram-sha-256", "--no-sync"];
  execFileSync(join(bin, "initdb"), initdb, { cwd: folder, stdio: "pipe", ...account });
  const server = await startServer(
    join(bin, "postgres"),
    (port) => ["-D", data, "-p", `${port}`, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    (port) => spawnSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${port}`]).status === 0,
    { cwd: folder, ...account },
  );
  return {
    env: {
      PULUMI_BACKEND_URL: `postgres://pulumi@127.0.0.1:${server.port}/postgres?sslmode=disable`,
      PGPASSWORD: password,
    },
    secret: password,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function findPrograms(): string | undefined {
  // Debian has them outside PATH, by version.
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...globSync("/usr/lib/postgresql/*/bin")];
  return folders.find((folder) => ["initdb", "postgres", "pg_isready"].every((name) => existsSync(join(folder, name))));
}

function installPrograms(): string {
  if (!aptInstall("postgresql")) throw new Error("there is no PostgreSQL: install it, with initdb on PATH");
  const installed = findPrograms();
  if (installed === undefined) throw new Error("apt-get installed no PostgreSQL");
  return installed;
}

/** The user that Debian's package adds. */
const idOf = (flag: "-u" | "-g") => Number(execFileSync("id", [flag, "postgres"]));
