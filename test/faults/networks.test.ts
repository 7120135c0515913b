import { execFile } from "node:child_process";
import type { OutgoingHttpHeaders } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Agent, type Dispatcher } from "undici";
import { describe, expect, test } from "vitest";
import { getClient, updateClient } from "../../provider/api/clients";
import { createDispatcher } from "../../provider/api/proxy";
import { openApi } from "../../provider/api/transport";
import { createUser } from "../../provider/api/users";
import { readSettings } from "../../provider/config";
import { listen, selfSignedCertificate, startProxy, startServer, startTcpServer } from "../support/network";
import { fakeClock, startWorld } from "../support/process";

/** Real networks: proxies, certificates, gateways, compression, and replies that are not the API's. */

const acme = { email: "it@acme.example", password: "pass-W0rd-of-acme", company: "Acme" };
const apiKey = "1234$sandbox-reseller-key";
const client = { id: 7, companyName: "Acme", users: [{ id: 8, email: acme.email }] };

/** An API at `baseUrl` whose pauses are only recorded, with the connections of the environment. */
function open(
  baseUrl: string,
  environment: Record<string, string> = {},
  settings: Record<string, string> = {},
  dispatcher?: Dispatcher,
) {
  const values: Record<string, string> = { apiKey, baseUrl, allowInsecureHttp: "true", maxRetries: "2", ...settings };
  const read = readSettings((key) => values[key.replace("gcore-reseller:", "")], {});
  const slept: number[] = [];
  const clock = { ...fakeClock(), sleep: async (ms: number) => void slept.push(ms) };
  return { api: openApi(read, { clock, dispatcher: dispatcher ?? createDispatcher(read, environment) }), slept };
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error) => error,
  );

/** 0.0.0.0 leads to this machine, but is not a loopback name, so that a proxy applies to it. */
const withoutLoopback = (url: string) => url.replace("127.0.0.1", "0.0.0.0");

describe("a proxy", () => {
  const startApi = async () => (await startWorld()).api;
  const portOf = (url: string) => Number(new URL(url).port);

  test.each(["HTTP_PROXY", "http_proxy"])("%s: plain http goes through it, with its credentials", async (name) => {
    const sandbox = await startApi();
    const proxy = await startProxy(portOf(sandbox.url));
    const { api } = open("http://gcore.example", { [name]: `http://me:p%40ss@127.0.0.1:${proxy.port}` });
    expect(await createUser(api, acme)).toMatchObject({ client: 50001 });
    expect(proxy.requests).toEqual(["POST http://gcore.example/iam/users"]);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
    expect(sandbox.seen).toMatchObject([{ authorization: `apikey ${apiKey}` }]);
  });

  test("without a scheme: accepted", async () => {
    const sandbox = await startApi();
    const proxy = await startProxy(portOf(sandbox.url));
    const { api } = open("http://gcore.example", { HTTP_PROXY: `127.0.0.1:${proxy.port}` });
    await createUser(api, acme);
    expect(proxy.requests).toHaveLength(1);
  });

  test.each([
    ["NO_PROXY", { NO_PROXY: "example.org, 0.0.0.0" }],
    ["no_proxy", { no_proxy: "*" }],
  ])("%s: the host is reached directly", async (_name, noProxy) => {
    const sandbox = await startApi();
    const proxy = await startProxy(portOf(sandbox.url));
    const url = withoutLoopback(sandbox.url);
    const environment = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
    await createUser(open(url, { ...environment, ...noProxy }).api, acme);
    expect(proxy.requests).toEqual([]);
    await createUser(open(url, environment).api, { ...acme, email: "it@globex.example" });
    expect(proxy.requests).toEqual([`POST ${url}/iam/users`]);
  });

  test("http_proxy and HTTP_PROXY: the lower case one counts, unless it is empty", async () => {
    const sandbox = await startApi();
    const [lower, upper] = [await startProxy(portOf(sandbox.url)), await startProxy(portOf(sandbox.url))];
    const HTTP_PROXY = `http://127.0.0.1:${upper.port}`;
    const create = (http_proxy: string, email: string) =>
      createUser(open("http://gcore.example", { http_proxy, HTTP_PROXY }).api, { ...acme, email });
    await create(`http://127.0.0.1:${lower.port}`, "a@a.example");
    await create("", "b@b.example");
    expect([lower.requests, upper.requests]).toEqual(Array(2).fill(["POST http://gcore.example/iam/users"]));
  });

  test("empty variables: the host is reached directly", async () => {
    const sandbox = await startApi();
    await createUser(open(withoutLoopback(sandbox.url), { HTTP_PROXY: "", http_proxy: "" }).api, acme);
    expect(sandbox.seen).toHaveLength(1);
  });

  test("this machine and the other protocol's proxy: never used", async () => {
    const sandbox = await startApi();
    const proxy = await startProxy(portOf(sandbox.url));
    const url = `http://127.0.0.1:${proxy.port}`;
    await createUser(open(sandbox.url, { HTTP_PROXY: url, HTTPS_PROXY: url }).api, acme);
    await createUser(open(withoutLoopback(sandbox.url), { HTTPS_PROXY: url }).api, { ...acme, email: "b@b.example" });
    expect(proxy.requests).toEqual([]);
  });

  test("a tunnel for https, signed by a company's authority: works with HTTPS_PROXY and NODE_EXTRA_CA_CERTS", async () => {
    const certificate = selfSignedCertificate("gcore.example");
    const seen: unknown[] = [];
    const server = createTlsServer(certificate, (request, response) => {
      seen.push(request.headers.authorization);
      response.setHeader("content-type", "application/json").end(JSON.stringify(client));
    });
    const proxy = await startProxy(await listen(server));
    const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;

    const error = await failure(getClient(open("https://gcore.example", { HTTPS_PROXY }).api, 7));
    expect(error.message).toMatch(/NODE_EXTRA_CA_CERTS/);
    expect(seen).toEqual([]);

    const dist = resolve("dist/provider");
    const program = `
      const { openApi } = require("${dist}/api/transport.js");
      const { readSettings } = require("${dist}/config.js");
      require("${dist}/api/clients.js").getClient(openApi(readSettings(() => undefined, process.env)), 7)
        .then((client) => console.log(client.companyName), (error) => console.log(error.message));`;
    const env = {
      GCORE_API_KEY: apiKey,
      GCORE_BASE_URL: "https://gcore.example",
      HTTPS_PROXY,
      NODE_EXTRA_CA_CERTS: certificate.file,
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["-e", program], { env });
    expect([stdout, stderr]).toEqual(["Acme\n", ""]);
    expect(seen).toEqual([`apikey ${apiKey}`]);
    expect(proxy.requests).toContain("CONNECT gcore.example:443");
  });

  test.each([
    [403, 1],
    [407, 1],
    [500, 3],
    [502, 3],
  ])("CONNECT refused with %i: surely not sent, %i attempts", async (status, attempts) => {
    const proxy = await startProxy(0, status);
    const HTTPS_PROXY = `http://me:hunter22@127.0.0.1:${proxy.port}`;
    const error = await failure(createUser(open("https://gcore.example", { HTTPS_PROXY }).api, acme));
    expect(error).toMatchObject({ name: "NetworkError", code: `the proxy answered ${status}`, maybeExecuted: false });
    expect(error.message).toBe(
      `POST /iam/users: no connection (the proxy answered ${status}). Check the proxy in HTTPS_PROXY or HTTP_PROXY and its ` +
        "credentials, or name the API's host in NO_PROXY.",
    );
    expect(proxy.requests).toEqual(Array(attempts).fill("CONNECT gcore.example:443"));
  });

  test("plain http without credentials, 407: surely not executed, named", async () => {
    const proxy = await startProxy(0, 407);
    const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    const error = await failure(createUser(open("http://gcore.example", { HTTP_PROXY }).api, acme));
    expect(error).toMatchObject({ code: "the proxy answered 407", maybeExecuted: false });
    expect(proxy.requests).toHaveLength(1);
  });

  test("that cannot be reached: surely not sent, so a POST is repeated", async () => {
    const { port } = await startTcpServer((socket) => socket.destroy());
    const error = await failure(
      createUser(open("https://gcore.example", { HTTPS_PROXY: `http://127.0.0.1:${port}` }).api, acme),
    );
    expect(error).toMatchObject({ name: "NetworkError", maybeExecuted: false });
  });

  test.each(["ftp://me:hunter22@proxy.example", "http://me:hunter22@:x"])(
    "the invalid URL %s: named, not repeated",
    (url) => {
      const opened = () => open("https://gcore.example", { HTTPS_PROXY: url });
      expect(opened).toThrow(/^HTTPS_PROXY \(environment\): must be the URL of a proxy/);
      expect(opened).not.toThrow(/hunter22/);
    },
  );
});

describe("TLS", () => {
  test("a certificate that is not trusted: not sent, not repeated, NODE_EXTRA_CA_CERTS named", async () => {
    const requests: unknown[] = [];
    const port = await listen(createTlsServer(selfSignedCertificate("localhost"), (request) => requests.push(request)));
    const { api, slept } = open(`https://127.0.0.1:${port}`);
    const error = await failure(createUser(api, acme));
    expect(error).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT", maybeExecuted: false });
    expect(error.message).toBe(
      "POST /iam/users: no connection (DEPTH_ZERO_SELF_SIGNED_CERT). The server's certificate is not trusted. If a " +
        "company's proxy or gateway signs it, set NODE_EXTRA_CA_CERTS to the file with the certificate of its authority.",
    );
    expect([requests, slept]).toEqual([[], []]);
  });

  test("a trusted certificate of another host: not sent, not repeated, named", async () => {
    const certificate = selfSignedCertificate("gcore.example");
    const requests: unknown[] = [];
    const port = await listen(createTlsServer(certificate, (request) => requests.push(request)));
    const { api, slept } = open(`https://localhost:${port}`, {}, {}, new Agent({ connect: { ca: certificate.cert } }));
    const error = await failure(createUser(api, acme));
    expect(error).toMatchObject({ maybeExecuted: false });
    expect(error.message).toBe(
      "POST /iam/users: no connection (ERR_TLS_CERT_ALTNAME_INVALID). The server's certificate is not valid. Check " +
        "the base URL (baseUrl or GCORE_BASE_URL) and the clock of this machine.",
    );
    expect([requests, slept]).toEqual([[], []]);
  });

  test("a handshake that ends early: not sent, so a POST is repeated", async () => {
    const { port, connections } = await startTcpServer((socket) => socket.once("data", () => socket.destroy()));
    const error = await failure(createUser(open(`https://127.0.0.1:${port}`).api, acme));
    expect(error).toMatchObject({ name: "NetworkError", maybeExecuted: false });
    expect(connections).toHaveLength(3);
  });

  test("a handshake without an answer: requestTimeoutSeconds includes it, and a POST is repeated", async () => {
    const { port, connections } = await startTcpServer(() => {});
    const settings = { requestTimeoutSeconds: "0.1", maxRetries: "1" };
    const error = await failure(createUser(open(`https://127.0.0.1:${port}`, {}, settings).api, acme));
    expect(error).toMatchObject({ code: "timed out", maybeExecuted: false });
    expect(error.message).toMatch(/no connection \(timed out\)/);
    expect(connections).toHaveLength(2);
  });
});

test("requestTimeoutSeconds is the only deadline: those of undici are off", async () => {
  const { url } = await startServer((_request, response) => response.end(JSON.stringify(client)));
  const timeouts: unknown[] = [];
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    timeouts.push([options.headersTimeout, options.bodyTimeout]);
    return dispatch(options, handler);
  });
  const settings = readSettings(() => undefined, { GCORE_API_KEY: apiKey, GCORE_BASE_URL: url });
  await getClient(openApi(settings, { dispatcher }), 7);
  expect(timeouts).toEqual([[0, 0]]);
});

describe("content-encoding", () => {
  const json = Buffer.from(JSON.stringify(client));
  test.each([
    ["gzip", gzipSync(json)],
    ["x-gzip", gzipSync(json)],
    ["GZip", gzipSync(json)],
    ["br", brotliCompressSync(json)],
    ["deflate", deflateSync(json)],
    ["identity", json],
    ["br, gzip", gzipSync(brotliCompressSync(json))],
    ["", json],
  ])("%j: read", async (encoding, body) => {
    const { url } = await startServer((_request, response) =>
      response.writeHead(200, encoding ? { "content-encoding": encoding } : {}).end(body),
    );
    expect(await getClient(open(url).api, 7)).toEqual(client);
  });

  test("is requested", async () => {
    const accepted: unknown[] = [];
    const { url } = await startServer((request, response) => {
      accepted.push(request.headers["accept-encoding"]);
      response.end(JSON.stringify(client));
    });
    await getClient(open(url).api, 7);
    expect(accepted).toEqual(["gzip, deflate, br"]);
  });

  test("refusals and empty replies are read too", async () => {
    const { url } = await startServer((request, response) => {
      const body = request.method === "GET" ? gzipSync('{"errors":{"email":["Taken."]}}') : "";
      response.writeHead(request.method === "GET" ? 400 : 204, { "content-encoding": "gzip" }).end(body);
    });
    const { api } = open(url);
    await expect(getClient(api, 7)).rejects.toMatchObject({ fields: { email: ["Taken."] } });
    await updateClient(api, 7, { companyName: "Acme" });
  });

  test.each([
    ["an unknown encoding", "compress", json, /has an unknown content-encoding/],
    ["the name of a property of every object", "constructor", json, /has an unknown content-encoding/],
    ["a broken body", "gzip", json, /has the content-encoding gzip, but cannot be decoded/],
    ["a truncated body", "gzip", gzipSync(json).subarray(0, -9), /gzip, but cannot be decoded/],
  ])("%s: an executed POST of unknown result, named", async (_situation, encoding, body, text) => {
    const { url, requests } = await startServer((_request, response) =>
      response.writeHead(201, { "content-encoding": encoding }).end(body),
    );
    const error = await failure(createUser(open(url).api, acme));
    expect(error).toMatchObject({ name: "UnreadableReplyError", message: expect.stringMatching(text) });
    expect(requests).toHaveLength(1);
  });

  test("a 404 that cannot be decoded: not the API's", async () => {
    const { url } = await startServer((_request, response) =>
      response.writeHead(404, { "content-encoding": "compress" }).end("?"),
    );
    await expect(getClient(open(url).api, 7)).rejects.toMatchObject({ name: "ServerError", status: 404 });
  });
});

describe("a reply larger than 16 MiB: cut off, and an error", () => {
  const MiB = 1024 * 1024;
  test("as it is sent", async () => {
    let sent = 0;
    const { url } = await startServer((_request, response) => {
      const write = () => {
        while (!response.destroyed && sent < 200 * MiB) {
          sent += MiB;
          if (!response.write(Buffer.alloc(MiB, " "))) return void response.once("drain", write);
        }
        response.end();
      };
      write();
    });
    await expect(getClient(open(url).api, 7)).rejects.toThrow(/the reply is larger than 16 MiB/);
    expect(sent).toBeLessThan(60 * MiB);
  });

  test("after decompression", async () => {
    const bomb = gzipSync(Buffer.alloc(17 * MiB, " "));
    const { url } = await startServer((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    await expect(getClient(open(url).api, 7)).rejects.toThrow(/the reply is larger than 16 MiB/);
  });

  test.each<[string, OutgoingHttpHeaders, (body: string) => string | Buffer]>([
    ["as it is sent", {}, (body) => body],
    ["after decompression", { "content-encoding": "gzip" }, (body) => gzipSync(body)],
  ])("exactly 16 MiB, %s: read", async (_when, headers, compress) => {
    const body = JSON.stringify(client).padEnd(16 * MiB);
    const { url } = await startServer((_request, response) => response.writeHead(200, headers).end(compress(body)));
    expect(await getClient(open(url).api, 7)).toEqual(client);
  });
});

describe("replies of gateways", () => {
  const html = "<html><head><title>Page not found</title></head><body>it@acme.example</body></html>";

  test.each([
    [
      "an HTML page",
      html,
      /not from the Gcore API \(Page not found\)\. Check the base URL \(baseUrl or GCORE_BASE_URL\)/,
    ],
    ["a text", "404 page not found\n", /not from the Gcore API \(404 page not found\)\./],
  ])("404 with %s: a server error of unknown outcome, never NotFound", async (_what, body, text) => {
    const { url, requests } = await startServer((_request, response) => response.writeHead(404).end(body));
    const { api } = open(url);
    await expect(getClient(api, 7)).rejects.toMatchObject({
      name: "ServerError",
      message: expect.stringMatching(text),
    });
    expect(requests).toHaveLength(3);
    await expect(createUser(api, acme)).rejects.toMatchObject({ name: "ServerError", maybeExecuted: true });
    expect(requests).toHaveLength(4);
  });

  test("404 as a page at refresh and destroy: an error, nothing is reported as gone", async () => {
    const world = await startWorld();
    const { id, outs } = await world.start().create(world.declare("acme"));
    world.fault({ kind: "status-before", status: 404, body: "html", times: "always" });
    await expect(world.start().read(id, outs)).rejects.toThrow(/answered 404: the reply is not from the Gcore API/);
    await expect(world.start().delete(id, outs)).rejects.toThrow(/answered 404: the reply is not from the Gcore API/);
    expect(world.api.emails()).toHaveLength(1);
  });

  test("5xx: the page's title in the error", async () => {
    const { url } = await startServer((_request, response) => response.writeHead(502).end(html));
    await expect(getClient(open(url).api, 7)).rejects.toThrow(/answered 502: the API failed: Page not found\.$/);
  });

  test.each([
    ["https://login.example/sso?token=secret#secret", "https://login.example/sso"],
    ["https://me:secret@login.example/", "https://login.example/"],
    ["/v2/iam?token=secret", "/v2/iam"],
  ])("redirect to %s: not followed, named without its query", async (location, target) => {
    const { url, requests } = await startServer((_request, response) => response.writeHead(302, { location }).end());
    const error = await failure(createUser(open(url).api, acme));
    expect(error.message).toContain(`answered 302: a redirect to ${target.startsWith("/") ? url + target : target},`);
    expect(error.message).not.toContain("secret");
    expect(requests).toHaveLength(1);
  });

  test("Retry-After as a date: relative to the reply's own Date, whatever our clock says", async () => {
    const headers = { date: "Thu, 01 Jan 2015 00:00:00 GMT", "retry-after": "Thu, 01 Jan 2015 00:00:07 GMT" };
    const { url } = await startServer((_request, response) => response.writeHead(503, headers).end());
    const { api, slept } = open(url);
    await failure(getClient(api, 7));
    expect(slept).toEqual([7000, 7000]);
  });

  test("503 with Retry-After above five minutes: gives up at once, and says so", async () => {
    const { url, requests } = await startServer((_request, response) =>
      response.writeHead(503, { "retry-after": "301" }).end(),
    );
    await expect(getClient(open(url).api, 7)).rejects.toThrow(/answered 503: .* Retry-After is 301 s\./);
    expect(requests).toHaveLength(1);
  });
});

describe("408 and 425", () => {
  test.each([
    [
      "425: surely not executed, so the POST is sent again",
      "status-before",
      425,
      ["POST /iam/users", "POST /iam/users"],
    ],
    [
      "408 before it was handled: looked up, then sent again",
      "status-before",
      408,
      ["POST /iam/users", "GET /iam/clients", "POST /iam/users"],
    ],
    [
      "408 after it was handled: looked up and taken back",
      "status-after",
      408,
      ["POST /iam/users", "GET /iam/clients"],
    ],
  ] as const)("%s", async (_what, kind, status, expected) => {
    const world = await startWorld({ recoveryTimeoutSeconds: "0.1" });
    world.fault({ kind, status, method: "POST", path: "/iam/users" });
    await world.start().create(world.declare("acme"));
    const calls = world.api.calls();
    // The account is looked for until the deadline: how often is not the point here.
    expect(calls.filter((call, i) => call !== calls[i - 1] || call.startsWith("POST"))).toEqual(expected);
    expect(world.api.emails()).toEqual(["acme@acme.example"]);
  });

  test.each([408, 425])("%i to a read: repeated", async (status) => {
    const world = await startWorld();
    world.api.sandbox.seed(1);
    world.fault({ kind: "status-before", status });
    expect(await getClient(world.open(), 50001)).toMatchObject({ id: 50001 });
  });
});

test("a look-up that meets a 429: recoveryTimeoutSeconds still holds", async () => {
  const world = await startWorld({ recoveryTimeoutSeconds: "10" });
  world.fault({ kind: "drop-before", method: "POST" });
  world.fault({ kind: "rate-limit", retryAfter: "seconds", seconds: 60, method: "GET", times: "always" });
  const started = world.clock.now();
  await expect(world.start().create(world.declare("acme"))).rejects.toThrow(/outcome is unknown.*too many requests/);
  expect(world.clock.now() - started).toBeLessThanOrEqual(10_000);
  expect(world.api.calls().filter((call) => call === "POST /iam/users")).toHaveLength(1);
});
