import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { DecoratorHandler, type Dispatcher, request } from "undici";
import { BASE_URL, type Call, NetworkError } from "./errors";

/** One HTTP exchange: a request is sent and its reply read, or it is known whether the request was sent. */

/** A larger body is not read: no reply of the API is near that size. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A request as it is sent. */
export interface Outgoing {
  url: string;
  method: Dispatcher.HttpMethod;
  query: Record<string, string | number>;
  headers: Record<string, string>;
  body: string | null;
  /** Time for connecting, sending and reading together. */
  timeoutMs: number;
}

/** A reply as it is received. */
export interface Reply {
  status: number;
  /** A header; the first one where it is repeated. */
  header(name: string): string | undefined;
  /** The decoded text; undefined when the body cannot be read. */
  body: string | undefined;
  /** Why the body cannot be read, as the end of a sentence about the reply. */
  bodyProblem?: string;
}

/** Sends one request. @throws {NetworkError} when no reply was received. */
export async function exchange(call: Call, outgoing: Outgoing, dispatcher: Dispatcher): Promise<Reply> {
  const { url, timeoutMs, ...options } = outgoing;
  let isSent = false;
  // undici calls `onRequestStart` when there is a connection and before the first byte is written.
  const observed = dispatcher.compose((dispatch) => (dispatchOptions, handler) => {
    const start = new StartHandler(handler, () => {
      isSent = true;
    });
    return dispatch(dispatchOptions, start);
  });
  try {
    const response = await request(url, {
      ...options,
      signal: AbortSignal.timeout(timeoutMs),
      // The signal is the only deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
      dispatcher: observed,
    });
    const header = (name: string) => [response.headers[name]].flat()[0];
    return { status: response.statusCode, header, ...(await readBody(response, header("content-encoding"))) };
  } catch (error) {
    throw networkError(call, error as Failure, isSent);
  }
}

class StartHandler extends DecoratorHandler {
  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly onStart: () => void,
  ) {
    super(handler);
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.onStart();
    this.handler.onRequestStart?.(controller, context);
  }
}

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
};

/** Value of the `accept-encoding` header. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

async function readBody(
  { body }: Dispatcher.ResponseData,
  encodings = "",
): Promise<Pick<Reply, "body" | "bodyProblem">> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  let bytes: Buffer = Buffer.concat(chunks);
  for (const encoding of encodings
    .toLowerCase()
    .split(",")
    .reverse()
    .map((name) => name.trim())) {
    if (encoding === "" || encoding === "identity" || bytes.length === 0) continue;
    const decode = Object.hasOwn(decoders, encoding) && decoders[encoding as keyof typeof decoders];
    if (!decode) return { body: undefined, bodyProblem: "has an unknown content-encoding" };
    try {
      bytes = await decode(bytes, { maxOutputLength: MAX_BODY_BYTES });
    } catch (error) {
      if ((error as Failure).code === "ERR_BUFFER_TOO_LARGE") return TOO_LARGE;
      return { body: undefined, bodyProblem: `has the content-encoding ${encoding}, but cannot be decoded` };
    }
  }
  return { body: new TextDecoder().decode(bytes) };
}

const TOO_LARGE = { body: undefined, bodyProblem: `is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB` };

type Failure = Error & { code?: string | number };

const TIMEOUT = /^(TimeoutError|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
/** The proxy's answer to CONNECT, or to a plain http request without valid credentials: nothing reached the API. */
const REFUSED_BY_PROXY = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/;
const UNTRUSTED = /^(UNABLE_TO_(GET_ISSUER|VERIFY).*|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*|CERT_UNTRUSTED|INVALID_CA)$/;
const BAD_CERTIFICATE = /^(CERT_.*|ERR_TLS_CERT_.*|HOSTNAME_MISMATCH)$/;

function networkError({ method, path }: Call, { code, name, message }: Failure, isSent: boolean): NetworkError {
  const call = { method, path };
  // The code of a DOMException is a number.
  const known = typeof code === "string" ? code : name;
  const proxyStatus = REFUSED_BY_PROXY.exec(message)?.slice(1).find(Boolean);
  if (proxyStatus !== undefined) {
    const advice =
      "Check the proxy in HTTPS_PROXY or HTTP_PROXY and its credentials, or name the API's host in NO_PROXY.";
    return new NetworkError(call, `the proxy answered ${proxyStatus}`, false, {
      advice,
      isPermanent: Number(proxyStatus) < 500,
    });
  }
  if (UNTRUSTED.test(known)) {
    const advice =
      "The server's certificate is not trusted. If a company's proxy or gateway signs it, set NODE_EXTRA_CA_CERTS to the " +
      "file with the certificate of its authority.";
    return new NetworkError(call, known, isSent, { advice, isPermanent: true });
  }
  if (BAD_CERTIFICATE.test(known)) {
    const advice = `The server's certificate is not valid. Check ${BASE_URL} and the clock of this machine.`;
    return new NetworkError(call, known, isSent, { advice, isPermanent: true });
  }
  return new NetworkError(call, TIMEOUT.test(known) ? "timed out" : known, isSent);
}
