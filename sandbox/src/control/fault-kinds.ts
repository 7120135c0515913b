import { z } from "zod";
import { Dropped, Refusal, unauthorized } from "../http";

/** Which requests a fault applies to, and how often. */
const target = {
  /** An HTTP method, or "*". */
  method: z.string().toUpperCase().default("*"),
  /** A path, in which `*` matches any text. */
  path: z.string().default("/iam/*"),
  /** To how many requests the fault is applied: 1 by default, all when `probability` is given. */
  times: z.union([z.int().min(1), z.literal("always")]).optional(),
  /** How many matching requests pass before the first one that the fault is applied to. */
  skip: z.int().min(0).default(0),
  /** The probability that the fault is applied to a matching request, drawn from `seed`. */
  probability: z.number().gt(0).max(1).optional(),
  seed: z.int().default(1),
};

/** For faults of listings and single reads of clients. */
const reads = { method: z.literal("GET").default("GET"), path: z.string().default("/iam/clients*") };
const milliseconds = z.number().min(0);
const failure = {
  status: z.int().min(400).max(599).default(500),
  /** By default an HTML page for the statuses of a gateway (502, 503, 504), else JSON. */
  body: z.enum(["json", "html", "empty"]).optional(),
};

const shapes = {
  "drop-before": {},
  "drop-after": {},
  "status-before": failure,
  "status-after": failure,
  "truncated-json": {},
  "wrong-type": { as: z.enum(["object", "string"]).default("object") },
  unreadable: { body: z.string().default("") },
  "rate-limit": {
    retryAfter: z.enum(["seconds", "date", "absent", "garbage"]).default("seconds"),
    seconds: z.int().min(0).default(1),
  },
  delay: { ms: milliseconds, when: z.enum(["before", "after"]).default("before") },
  unauthorized: {},
  "stale-reads": { ...reads, ms: milliseconds },
  "shifted-page": { ...reads, path: z.string().default("/iam/clients"), by: z.int().default(1) },
} as const;

export type FaultKind = keyof typeof shapes;
export const faultKinds = Object.keys(shapes) as FaultKind[];

function schema<K extends FaultKind>(kind: K) {
  return z.strictObject({ kind: z.literal(kind), ...target, ...shapes[kind] });
}

export const FaultSpec = z.discriminatedUnion("kind", [
  schema("drop-before"),
  schema("drop-after"),
  schema("status-before"),
  schema("status-after"),
  schema("truncated-json"),
  schema("wrong-type"),
  schema("unreadable"),
  schema("rate-limit"),
  schema("delay"),
  schema("unauthorized"),
  schema("stale-reads"),
  schema("shifted-page"),
]);

/** A fault as it is added; options with a default may be left out. */
export type FaultInput = z.input<typeof FaultSpec>;
/** A fault with its defaults filled in. */
export type Fault = z.output<typeof FaultSpec>;
type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** What a fault may do to the request that it is applied to. */
export type Exchange = {
  now(): number;
  wait(ms: number): Promise<void>;
  /** The request reads the data as it was `ms` milliseconds ago. */
  readStale(ms: number): void;
  /** A page of the list of clients starts `by` items later. */
  shiftPage(by: number): void;
};

/** `before` runs before the handler and may throw instead of it; `after` replaces the handler's reply. */
export type Behaviour<F> = {
  before?(fault: F, exchange: Exchange): Promise<void> | void;
  after?(fault: F, response: Response, exchange: Exchange): Promise<Response> | Response;
};

export const behaviours: { [K in FaultKind]: Behaviour<FaultOf<K>> } = {
  "drop-before": { before: drop },
  "drop-after": { after: drop },
  "status-before": {
    before: (fault) => {
      throw failed(fault);
    },
  },
  "status-after": { after: (fault) => failed(fault).toResponse() },
  "truncated-json": { after: (_, response) => truncate(response) },
  "wrong-type": { after: (fault, response) => withWrongTypes(response, fault.as) },
  unreadable: { after: (fault, response) => new Response(fault.body, withoutLength(response)) },
  "rate-limit": {
    before: (fault, exchange) => {
      throw new Refusal(429, { message: "Request was throttled." }, retryAfter(fault, exchange.now()));
    },
  },
  delay: {
    before: (fault, exchange) => (fault.when === "before" ? exchange.wait(fault.ms) : undefined),
    after: async (fault, response, exchange) => {
      if (fault.when === "after") await exchange.wait(fault.ms);
      return response;
    },
  },
  unauthorized: {
    before: () => {
      throw unauthorized("Token is invalid or expired");
    },
  },
  "stale-reads": { before: (fault, exchange) => exchange.readStale(fault.ms) },
  "shifted-page": { before: (fault, exchange) => exchange.shiftPage(fault.by) },
};

function drop(): never {
  throw new Dropped();
}

function failed(fault: FaultOf<"status-before" | "status-after">): Refusal {
  const body = fault.body ?? ([502, 503, 504].includes(fault.status) ? "html" : "json");
  const content = {
    json: { message: "A fault of the sandbox." },
    html: `<html><body><h1>${fault.status}</h1></body></html>`,
    empty: undefined,
  };
  return new Refusal(fault.status, content[body]);
}

function retryAfter(fault: FaultOf<"rate-limit">, now: number): Record<string, string> {
  const date = new Date(Math.ceil(now / 1000 + fault.seconds) * 1000).toUTCString();
  const texts = { seconds: String(fault.seconds), date, absent: undefined, garbage: "in a while" };
  const text = texts[fault.retryAfter];
  return text === undefined ? {} : { "Retry-After": text };
}

/** Content-Length promises the whole body; half of it is sent, then the connection ends. */
async function truncate(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === 0) throw new Dropped();
  const { status, headers } = withoutLength(response);
  headers.set("content-length", String(bytes.length));
  headers.set("connection", "close");
  return new Response(bytes.subarray(0, bytes.length / 2), { status, headers });
}

async function withWrongTypes(response: Response, as: "object" | "string"): Promise<Response> {
  const text = await response.text();
  const body = text === "" ? text : JSON.stringify(wrongTypes(JSON.parse(text), as));
  return new Response(body, withoutLength(response));
}

/** Every value of an object, or of each object of a list, gets a type that the contract does not allow. */
function wrongTypes(value: unknown, as: "object" | "string"): unknown {
  if (Array.isArray(value)) return value.map((item) => wrongTypes(item, as));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    as === "object" ? { value: inner } : `${inner} `,
  ]);
  return Object.fromEntries(entries);
}

function withoutLength({ status, headers }: Response): { status: number; headers: Headers } {
  const kept = new Headers(headers);
  kept.delete("content-length");
  return { status, headers: kept };
}
