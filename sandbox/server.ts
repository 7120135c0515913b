import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Sandbox, type SandboxOptions } from "./sandbox";

export type RunningSandbox = {
  url: string;
  sandbox: Sandbox;
  fetch: Sandbox["fetch"];
  /** Ends open connections too. */
  close(): Promise<void>;
};

/** Opens a sandbox on a port of this machine, and of this machine only. Port 0 takes any that is free. */
export async function startSandbox({
  port = 0,
  ...options
}: SandboxOptions & { port?: number | undefined } = {}): Promise<RunningSandbox> {
  const sandbox = new Sandbox(options);
  const listener = getRequestListener(
    async (request, { outgoing }) => {
      try {
        return await sandbox.fetch(request);
      } catch {
        outgoing.destroy();
        return RESPONSE_ALREADY_SENT;
      }
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer(listener);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  } catch (error) {
    sandbox.close();
    throw error;
  }
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    sandbox.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, sandbox, fetch: sandbox.fetch, close };
}
