import { createSandbox, type SandboxOptions } from "gcore-reseller-sandbox";
import { afterEach } from "vitest";

export const reseller = "apikey 1234$sandbox-reseller-key";
export const otherReseller = "apikey 5678$sandbox-second-key";
export const password = "correct horse";

export type Fetch = (request: Request) => Promise<Response>;

/**
 * Calls an API as the first reseller, or with the given `Authorization`, and the control API with its header; a string
 * body is sent unchanged.
 */
export function caller(fetch: Fetch, url = "http://127.0.0.1") {
  async function send(method: string, path: string, body?: unknown, authorization: string | null = reseller) {
    const headers = new Headers();
    if (authorization !== null) headers.set("authorization", authorization);
    if (body !== undefined) headers.set("content-type", "application/json");
    if (path.startsWith("/_sandbox")) headers.set("x-sandbox-control", "1");
    const payload = typeof body === "string" ? body : JSON.stringify(body);
    return fetch(new Request(url + path, { method, headers, ...(body === undefined ? {} : { body: payload }) }));
  }

  async function call(method: string, path: string, body?: unknown, authorization?: string | null) {
    const response = await send(method, path, body, authorization);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  /** Creates an account. Returns the user's id, the account's id and the user's authorization. */
  async function account(email: string, more: object = {}, authorization = reseller) {
    const created = await call("POST", "/iam/users", { email, password, company: "Acme", ...more }, authorization);
    if (created.status !== 201) throw new Error(`no account: ${created.status} ${JSON.stringify(created.body)}`);
    const { id, client }: { id: number; client: number } = created.body;
    const token = await call("GET", `/iam/auth/jwt/users/${id}/token`, undefined, authorization);
    return { id, client, user: `Bearer ${token.body.access}` };
  }

  return { send, call, account };
}

/** A sandbox without a port, closed after the test. */
export function sandboxOfTest(options?: SandboxOptions) {
  const sandbox = createSandbox(options);
  opened.push(sandbox);
  return { sandbox, ...caller(sandbox.fetch) };
}

const opened: { close(): unknown }[] = [];

export function closeAfterTest(closable: { close(): unknown }) {
  opened.push(closable);
}

afterEach(async () => {
  for (const closable of opened.splice(0)) await closable.close();
});
