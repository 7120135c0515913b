// What the tests and the screenshots of the sandbox's page show.
import { type RunningSandbox, type SandboxOptions, startSandbox } from "gcore-reseller-sandbox";

export interface Example extends RunningSandbox {
  /** Calls the API as the first reseller, or the control API. */
  call(method: string, path: string, body?: unknown): Promise<void>;
  /** Creates a client account with its user. */
  create(company: string, email: string, more?: object): Promise<void>;
}

export async function startExample(options?: SandboxOptions & { port?: number }): Promise<Example> {
  const running = await startSandbox(options);
  const [key] = Object.keys(running.sandbox.apiKeys);
  const headers = { authorization: `apikey ${key}`, "content-type": "application/json", "x-sandbox-control": "1" };
  const call: Example["call"] = async (method, path, body) => {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    // A fault may drop the connection.
    await fetch(running.url + path, init).catch(() => undefined);
  };
  const create: Example["create"] = (company, email, more = {}) =>
    call("POST", "/iam/users", { email, company, password: "correct horse", ...more });
  return { ...running, call, create };
}

/** Accounts with services in each status, features, a seller, calls that fail, and a fault. */
export async function fill({ call, create, sandbox }: Example): Promise<void> {
  const mark = (name: string) => `pulumi:fleet/prod/${name}`;
  await create("Acme Ltd", "it@acme.example", {
    name: "Ada Byron",
    phone: "+352 621 123 456",
    custom_id: mark("acme"),
  });
  await create("Globex Corporation", "ops@globex.example", { seller: 11, lang: "de", custom_id: mark("globex") });
  await create("Initech GmbH", "admin@initech.example", { seller: 12, country_code: "LU", custom_id: "crm-4711" });
  sandbox.updateClient(50001, { services: { CDN: "active", STORAGE: "trial" }, features: { 61: true, 62: true } });
  sandbox.updateService(500011, { enabled: true, options: { max_resources: "25" } });
  sandbox.updateService(500012, { enabled: true });
  sandbox.updateClient(50002, { services: { CDN: "paused", DNS: "trialend", STREAMING: "activating" } });
  sandbox.updateUser(8002, { two_fa: true, activated: false });
  await call("GET", "/iam/clients?custom_id=crm-4711&limit=1");
  await call("PATCH", "/iam/clients/50002", { companyName: "Globex Corporation", seller: 99 });
  await call("GET", "/iam/clients/50001/services");
  await call("PUT", "/iam/clients/50001/services/500014", { status: "trial", enabled: true });
  sandbox.faults.add({ kind: "status-before", status: 502 });
  await call("POST", "/iam/users", { email: "it@umbrella.example", company: "Umbrella", password: "correct horse" });
  sandbox.faults.add({ kind: "drop-after" });
  await create("Umbrella AG", "it@umbrella.example", { is_test: true, custom_id: mark("umbrella") });
  await call("GET", "/iam/users/8003");
}
