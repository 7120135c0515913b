import { createServer } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Fetch, type Sandbox, type SandboxOptions, startSandbox } from "gcore-reseller-sandbox";
import { expect, onTestFinished } from "vitest";
import { contractFetch } from "./contract";

/** A sandbox on a port. Every exchange is checked against the contract and recorded for the test. */

export const apiKey = "1234$sandbox-reseller-key";

export interface Exchange {
  /** `"POST /iam/users"` */
  call: string;
  query: Record<string, string>;
  body: unknown;
  status: number;
  authorization: string | null;
}

/** Calls that may change something. */
export const changes = (calls: readonly string[]) => calls.filter((call) => !call.startsWith("GET "));

export type TestApi = Awaited<ReturnType<typeof startApi>>;

export async function startApi(options: SandboxOptions = {}) {
  const seen: Exchange[] = [];
  const headers: { userAgent: string | null; accept: string | null; contentType: string | null }[] = [];
  let watch: ((nth: number) => unknown) | undefined;
  let nth = 0;
  let handle: Fetch;
  const record: Fetch = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.clone().text();
    const exchange: Exchange = {
      call: `${request.method} ${pathname}`,
      query: Object.fromEntries(searchParams),
      body: text ? JSON.parse(text) : undefined,
      status: 0,
      authorization: request.headers.get("authorization"),
    };
    if (!pathname.startsWith("/_sandbox")) seen.push(exchange);
    const header = (name: string) => request.headers.get(name);
    headers.push({ userAgent: header("user-agent"), accept: header("accept"), contentType: header("content-type") });
    await watch?.(nth++);
    const response = await handle(request);
    exchange.status = response.status;
    return response;
  };
  const checked = contractFetch(record);
  const { sandbox, url, close } = await startSandbox({
    ...options,
    wrap: (fetch) => {
      handle = fetch;
      return (request) => (breaksContract(sandbox) ? record(request) : checked.fetch(request));
    },
  });
  onTestFinished(async () => {
    await close();
    expect(checked.violations).toEqual([]);
    expect(sandbox.requests().filter((request) => request.unknown || request.unknownQuery.length > 0)).toEqual([]);
  });

  const send = async (method: string, path: string, body?: unknown, authorization = `apikey ${apiKey}`) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization, "content-type": "application/json" };
    const response = await handle(new Request(url + path, { method, headers, ...init }));
    const text = await textOf(response);
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  };
  return {
    url,
    sandbox,
    /** Calls `watcher` before each request is handled, with the number of the request, from 0. Its promise is waited for. */
    onRequest: (watcher: typeof watch) => {
      watch = watcher;
      nth = 0;
    },
    /** The environment variables of a pipeline. */
    env: { GCORE_API_KEY: apiKey, GCORE_BASE_URL: url },
    seen,
    headers,
    /** The calls since the last `calls()`, in order. */
    calls: () => seen.splice(0).map(({ call }) => call),
    /** A call outside Pulumi, with the reseller's key. */
    send,
    /** The same with the user's own token. */
    sendAsUser: async (userId: unknown, method: string, path: string, body?: unknown) => {
      const { body: token } = await send("GET", `/iam/auth/jwt/users/${userId}/token`);
      return send(method, path, body, `Bearer ${token.access}`);
    },
    client: async (id: unknown) => (await send("GET", `/iam/clients/${id}`)).body,
    /** Email addresses of all users of all accounts. */
    emails: () => sandbox.accounts().flatMap((account) => account.users.map((user) => user.email)),
  };
}

/** Faults break the contract on purpose, and so do some assumptions; compressed replies cannot be checked. */
function breaksContract({ faults, assumptions }: Sandbox): boolean {
  const { compression, duplicateEmailStatus, idsAsText, omitUserReseller, resellerChangesServices } = assumptions;
  const isPlain = compression === "none" && !idsAsText && !omitUserReseller;
  const inContract = isPlain && duplicateEmailStatus === 400 && resellerChangesServices;
  return faults.list().length > 0 || !inContract;
}

async function textOf(response: Response): Promise<string> {
  const body = await response.arrayBuffer();
  const encoding = response.headers.get("content-encoding");
  if (encoding === null) return new TextDecoder().decode(body);
  return (encoding === "gzip" ? gunzipSync : brotliDecompressSync)(body).toString();
}

/** Starts a server that is not Gcore's API and gives every request the same reply. Returns its URL. */
export async function answeringAlways(status: number, headers: Record<string, string>, body = ""): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}`;
}
