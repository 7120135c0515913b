import { createServer as createEngine, type ServerHttp2Session } from "node:http2";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { engineSignal } from "../../provider/pulumi/engine-watch";

/** The signal that ends with the engine, against servers in its place. */

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the engine closes the connection and still answers: watched again, until it ends", async () => {
  const sessions: ServerHttp2Session[] = [];
  const engine = createEngine();
  engine.on("session", (session) => sessions.push(session));
  const signal = engineSignal(await listening(engine));
  await vi.waitFor(() => expect(sessions).toHaveLength(1));
  await sleep(100);
  sessions[0]?.close();
  await vi.waitFor(() => expect(sessions).toHaveLength(2));
  await sleep(100);
  expect(signal.aborted).toBe(false);
  engine.close();
  sessions[1]?.destroy();
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
});

test("another program has the engine's address: ended, after one connection", async () => {
  let connections = 0;
  const other = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const signal = engineSignal(await listening(other));
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
  expect(connections).toBe(1);
});
