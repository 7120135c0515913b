import { connect } from "node:http2";

/**
 * A signal that ends with the engine, also when the engine is killed: a provider that lives on would go on creating accounts
 * that no state records. Pulumi starts the plugin through a shell that survives the engine, so the parent process says
 * nothing; the engine's own address does.
 * @param address of the engine, as Pulumi passes it to the plugin: `127.0.0.1:40123`.
 */
export function engineSignal(address: string): AbortSignal {
  const controller = new AbortController();
  watch(address, () => controller.abort(new Error("the Pulumi engine has ended")));
  return controller.signal;
}

function watch(address: string, end: () => void): void {
  const session = connect(`http://${address}`);
  session.unref();
  let isEngine = false;
  // Its first message: another program that has got the engine's port accepts a connection, but does not speak HTTP/2.
  session.on("remoteSettings", () => {
    isEngine = true;
  });
  // The reason of a lost connection does not matter; "close" follows.
  session.on("error", () => {});
  // An engine that still answers has only closed this connection.
  session.on("close", () => (isEngine ? watch(address, end) : end()));
}
