import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Sandbox } from "./sandbox";
import type { Fetch, SandboxOptions } from "./types";

export type RunningSandbox = {
  url: string;
  sandbox: Sandbox;
  fetch: Fetch;
  /** Stops the server; open connections are ended too. */
  close(): Promise<void>;
};

/** Starts a sandbox that listens on 127.0.0.1 only. Port 0, the default, is any free port. */
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
