import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Servers and proxies on this machine that end with the test. */

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Opens a server on a free port of 127.0.0.1, and returns the port. */
export async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

/** An HTTP server whose requests are counted. */
export async function startServer(handler: Handler) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    handler(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, requests };
}

/** A TCP server that hands each connection to `handler`. */
export async function startTcpServer(handler: (socket: Socket) => void) {
  const connections: Socket[] = [];
  const port = await listen(
    createTcpServer((socket) => {
      connections.push(socket);
      handler(socket);
    }),
  );
  return { port, connections };
}

/**
 * A proxy for plain http and for tunnels, whatever host is requested: all lead to `port` of this machine. `answer`, when
 * given, is the status that it refuses everything with.
 */
export async function startProxy(port: number, answer?: number) {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const record = (incoming: IncomingMessage) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    authorizations.push(incoming.headers["proxy-authorization"]);
  };
  const server = createServer((incoming, response) => {
    record(incoming);
    if (answer !== undefined) return void response.writeHead(answer, { "content-type": "text/html" }).end("<p>no</p>");
    const { pathname, search } = new URL(incoming.url ?? "");
    const options = { port, host: "127.0.0.1", method: incoming.method, path: pathname + search };
    const forwarded = request({ ...options, headers: incoming.headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 0, reply.headers);
      reply.pipe(response);
    });
    incoming.pipe(forwarded);
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    record(incoming);
    if (answer !== undefined) return void socket.end(`HTTP/1.1 ${answer} Refused\r\ncontent-length: 0\r\n\r\n`);
    const target = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
  });
  return { port: await listen(server), requests, authorizations };
}

/** A certificate for `host` that no authority has signed, as a company's own; `file` is what NODE_EXTRA_CA_CERTS takes. */
export function selfSignedCertificate(host: string) {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [keyFile, file] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host},IP:127.0.0.1`];
  const options = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...options, ...subject, "-keyout", keyFile, "-out", file], { stdio: "ignore" });
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}

type Fetch = (request: Request) => Promise<Response>;
type World = { api: { sandbox: { fetch: Fetch } } };

/** Makes a sandbox return at most `max` accounts a page, however many are requested. */
export function capPages({ api: { sandbox } }: World, max: number) {
  const { fetch } = sandbox;
  const capped: Fetch = (request) => {
    const url = new URL(request.url);
    const limit = Number(url.searchParams.get("limit"));
    if (url.pathname !== "/iam/clients" || limit <= max) return fetch(request);
    url.searchParams.set("limit", String(max));
    return fetch(new Request(url, { headers: request.headers }));
  };
  Object.assign(sandbox, { fetch: capped });
}

/** Keeps requests of a method from being handled until `release`; `arrived` resolves with the first. */
export function holdBack({ api: { sandbox } }: World, method: string) {
  const { fetch } = sandbox;
  const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held: Fetch = async (request) => {
    if (request.method === method) {
      arrived.resolve();
      await released.promise;
    }
    return fetch(request);
  };
  Object.assign(sandbox, { fetch: held });
  return { arrived: arrived.promise, release: released.resolve };
}
