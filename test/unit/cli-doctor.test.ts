import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AssumptionChanges, startSandbox } from "gcore-reseller-sandbox";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { asText, examine } from "../../cli/src/doctor";
import { answeringAlways, apiKey, changes, startApi, type TestApi } from "../support/api";
import { codeBlocks, root, textOf } from "../support/markdown";
import { startProxy } from "../support/network";

/** The command `gcore-reseller doctor`, run as its users do, against a sandbox. */

const bin = join(root, "cli/bin/gcore-reseller.js");
const docs = textOf("docs/assumptions.md");

interface Finding {
  check: string;
  verdict: string;
  text: string;
}

/** What no output may contain: parts of keys, addresses, names, companies, phone numbers and customIds that Gcore shows. */
const PERSONAL = /sandbox-(reseller|second)-key|[\w.+-]+@|\bseed|globex|anna|berg|\+49|crm-/i;

async function run(args: string[], env: Record<string, string>) {
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GCORE_|_proxy$/i.test(name)));
  const cache = join(root, "node_modules/.cache/node-compile");
  const child = spawn(process.execPath, [bin, "doctor", ...args], {
    cwd: tmpdir(),
    env: { ...plain, NODE_COMPILE_CACHE: cache, ...env },
  });
  const result = { code: null as number | null, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => (result[stream] += text));
  [result.code] = await new Promise<[number | null]>((done) => child.on("close", (code) => done([code])));
  expect(result.stdout + result.stderr).not.toMatch(PERSONAL);
  return result;
}

/** The findings of `doctor --json`, by check, and the exit code. */
async function examined(env: Record<string, string>) {
  const { code, stdout, stderr } = await run(["--json"], env);
  expect(stderr).toBe("");
  const { isOk, findings } = JSON.parse(stdout) as { isOk: boolean; findings: Finding[] };
  expect(isOk).toBe(code === 0);
  expect(findings.filter(({ text }) => /[\r\n]/.test(text))).toEqual([]);
  return { code, findings, of: (check: string) => findings.filter((finding) => finding.check === check) };
}

/** The same in this process, which takes less time than a command. */
async function inProcess(env: Record<string, string>) {
  for (const [name, value] of Object.entries({ GCORE_RESELLER_MAX_RETRIES: "0", ...env })) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const findings = await examine((line) => expect.unreachable(line));
  expect(asText(findings)).not.toMatch(PERSONAL);
  return { findings, of: (check: string) => findings.filter((finding) => finding.check === check) };
}

/** What is not well, by check. */
const problems = (findings: Finding[]) =>
  Object.fromEntries(
    findings.flatMap(({ check, verdict, text }) => (verdict === "ok" ? [] : [[check, [verdict, text]]])),
  );

/** Three accounts, a seller, features and services in use: all that the doctor looks at is there. */
async function fill(api: Pick<TestApi, "sandbox" | "send">): Promise<void> {
  api.sandbox.seed(3);
  const seller = { email: "anna@reseller.example", full_name: "Anna Berg", phone: "+49" };
  const { body } = await api.send("POST", "/iam/admin/sellers", seller);
  await api.send("PATCH", "/iam/clients/50001", { companyName: "Globex", custom_id: "crm-1", seller: body.id });
  api.sandbox.updateClient(50_001, { services: { CDN: "active", DNS: "trial" }, features: { "61": true, "62": true } });
}

async function start(assumptions: AssumptionChanges = {}) {
  const api = await startApi({ assumptions });
  await fill(api);
  api.calls();
  onTestFinished(() => expect(changes(api.seen.map(({ call }) => call))).toEqual([]));
  return api;
}

const otherKey = { GCORE_API_KEY: "5678$sandbox-second-key" };

test("all is well: exit code 0, GET requests only, and the output that the docs show", async () => {
  const api = await start();
  const { code, stdout, stderr } = await run([], api.env);
  expect([code, stderr]).toEqual([0, ""]);
  const calls = api.calls();
  expect(calls.filter((call) => !call.startsWith("GET /iam/"))).toEqual([]);
  expect(calls.length).toBeLessThanOrEqual(20);
  const [shown] = codeBlocks(docs, "text");
  expect(stdout.replace(api.url, "https://api.gcore.com")).toBe(shown?.code);
});

test("--json: the same findings, and each check has a row in the docs", async () => {
  const api = await start();
  const { findings } = await examined(api.env);
  expect(findings.map(({ verdict }) => verdict)).toEqual(findings.map(() => "ok"));
  const rows = docs.split("\n").filter((line) => /^\| \*?`\w+`/.test(line) && !line.includes("| none: "));
  const documented = rows.map((row) => /`(\w+)`/.exec(row)?.[1] ?? "");
  const verdicts = ["ok", "differs", "wrong", "unknown"];
  expect(findings.map(({ check }) => check).toSorted()).toEqual(
    documented.filter((name) => !verdicts.includes(name)).toSorted(),
  );
});

describe("key, URL and reseller: one line each, and exit code 1", () => {
  test("a wrong key: nothing is asked after it", async () => {
    const api = await start();
    const { code, findings } = await examined({ ...api.env, GCORE_API_KEY: "1234$wrong" });
    expect(code).toBe(1);
    expect(problems(findings)).toEqual({
      key: ["wrong", expect.stringMatching(/answered 401: the API key is not accepted\. Check GCORE_API_KEY\.$/)],
    });
    expect(api.calls()).toEqual(["GET /iam/clients"]);
  });

  test("a key whose end the shell has taken for a variable: says so", async () => {
    const api = await start();
    const { of } = await examined({ ...api.env, GCORE_API_KEY: "1234" });
    expect(of("key")[0]?.text).toContain("put the key in single quotes");
  });

  test("no key, or one with a blank: the setting is named, and nothing is sent", async () => {
    const api = await start();
    for (const [key, text] of [
      ["", "GCORE_API_KEY (environment): is missing"],
      ["1234$a b", "GCORE_API_KEY (environment): contains spaces"],
    ] as const) {
      const { code, findings } = await examined({ ...api.env, GCORE_API_KEY: key });
      expect([code, findings]).toEqual([1, [expect.objectContaining({ check: "settings", verdict: "wrong" })]]);
      expect(findings[0]?.text).toContain(text);
    }
    expect(api.calls()).toEqual([]);
  });

  test("the key of another reseller, which has no account: says so, and what needs no account is still read", async () => {
    const api = await start();
    const { code, of, findings } = await examined({ ...api.env, ...otherKey });
    expect(code).toBe(1);
    expect(of("reseller")).toMatchObject([
      { verdict: "wrong", text: expect.stringContaining("has no client account") },
    ]);
    expect(of("rights")).toMatchObject([{ verdict: "unknown" }]);
    expect(findings.filter(({ verdict }) => verdict === "wrong")).toHaveLength(1);
    expect(of("sellerEmailFilter")).toMatchObject([{ verdict: "ok" }]);
  });

  test("no network: a closed port", async () => {
    const env = { GCORE_API_KEY: apiKey, GCORE_BASE_URL: "http://127.0.0.1:9" };
    const { code, findings } = await examined(env);
    expect(code).toBe(1);
    expect(problems(findings)).toEqual({
      connection: [
        "wrong",
        expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:9, directly: .*no connection \(ECONNREFUSED\)\. .*GCORE_BASE_URL/,
        ),
      ],
    });
  });

  test.each([404, 502])("a page of a gateway, %i: its text is not shown", async (status) => {
    const api = await start();
    api.sandbox.faults.add({ kind: "status-before", status, body: "html", times: "always" });
    const { code, findings } = await examined(api.env);
    expect(code).toBe(1);
    expect(problems(findings)).toEqual({
      connection: ["wrong", expect.stringMatching(new RegExp(`answered ${status}\\. Check GCORE_BASE_URL`))],
    });
  });

  test.each(["{}", '"ok"', "null"])(
    "another server, which answers %s: not taken for a reseller without accounts",
    async (body) => {
      const { of, findings } = await inProcess({
        GCORE_API_KEY: apiKey,
        GCORE_BASE_URL: await answeringAlways(200, {}, body),
      });
      expect(of("connection")[0]?.text).toMatch(
        /answered 200: the reply is no list of accounts\. Check GCORE_BASE_URL/,
      );
      expect(Object.keys(problems(findings))).toEqual(["connection"]);
    },
  );

  test("the proxy of HTTP_PROXY: the requests go through it, and the line names the variable", async () => {
    const api = await start();
    const { port, requests } = await startProxy(Number(new URL(api.url).port));
    const settings = { GCORE_BASE_URL: "http://gcore.test", GCORE_RESELLER_ALLOW_INSECURE_HTTP: "true" };
    const { code, of } = await examined({ ...api.env, ...settings, HTTP_PROXY: `http://127.0.0.1:${port}` });
    expect(of("connection")[0]?.text).toBe(
      "http://gcore.test answers, by the proxy in HTTP_PROXY, unless NO_PROXY names the host",
    );
    expect(code).toBe(0);
    expect(requests.length).toBeGreaterThan(0);
  });

  test("several resellers, or none shown: what follows", async () => {
    const none = await start({ omitClientResellers: true, omitUserReseller: true });
    expect((await examined(none.env)).of("reseller")).toMatchObject([
      { verdict: "wrong", text: expect.stringContaining("no account shows its reseller") },
    ]);
    const several = await altered((client, n) => ({ ...client, resellers: n }));
    expect((await examined(several)).of("reseller")[0]?.text).toContain("several resellers, 0, 1, 2");
  });
});

describe("rights: a line for each that is missing", () => {
  test("403 for sellers and features: the API's text is not shown", async () => {
    const api = await start();
    for (const path of ["/iam/admin/sellers", "/iam/admin/feature"])
      api.sandbox.faults.add({ kind: "status-before", status: 403, method: "GET", path, times: "always" });
    const { code, of } = await examined(api.env);
    expect(code).toBe(1);
    expect(of("rights").map(({ text }) => text)).toEqual([
      "sellers cannot be read: GET /iam/admin/sellers answered 403. Use a key with this right, or do without: Seller and getSeller",
      "features cannot be read: GET /iam/admin/feature answered 403. Use a key with this right, or do without: getFeature",
    ]);
    expect(of("sellerDateJoined")).toMatchObject([
      { verdict: "unknown", text: "GET /iam/admin/sellers answered 403." },
    ]);
  });

  test("403 for accounts: nothing more is asked", async () => {
    const api = await start();
    api.sandbox.faults.add({ kind: "status-before", status: 403, path: "/iam/clients", times: "always" });
    expect(problems((await examined(api.env)).findings)).toEqual({
      rights: ["wrong", expect.stringMatching(/answered 403\. the key may not read accounts/i)],
    });
  });
});

describe("an assumption turned the other way: is reported", () => {
  test.each<[AssumptionChanges, "differs" | "wrong", RegExp]>([
    [{ maxPageSize: 2 }, "differs", /a page of 100 has 2 of 3 accounts/],
    [{ omitCount: true }, "differs", /no count/],
    [{ idsAsText: true }, "wrong", /IDs are not numbers/],
    [{ omitClientResellers: true }, "differs", /shown by 0 of 3 accounts/],
    [{ omitUserReseller: true }, "differs", /shown by 0 of 3 users/],
    [{ notFoundBody: "html" }, "wrong", /a page that is not the API's/],
    [{ sellerEmailFilter: "exactCase" }, "differs", /compares the case/],
    [{ sellerEmailFilter: "part" }, "differs", /finds parts/],
    [{ sellerDateJoined: "text" }, "differs", /not ISO 8601/],
    [{ allServicesExist: false }, "differs", /account 50001 has no service DDOS, CLOUD/],
    [{ listedEnabled: "available" }, "differs", /shows availability as enabled/],
    [{ listedEnabled: "service" }, "differs", /shows enabled alone as enabled/],
    [{ omitNewServices: true }, "differs", /leaves out new services/],
    [{ trialStart: "null" }, "differs", /no start/],
    [{ omitListedFeatures: true }, "differs", /list 0 of 2 features/],
  ])("%o", async (assumptions, verdict, text) => {
    const api = await start(assumptions);
    const [check = ""] = Object.keys(assumptions);
    // Enabled without being available: no call of the API makes it so.
    if (assumptions.listedEnabled === "service") api.sandbox.updateService(500_015, { enabled: true });
    const { of, findings } = await inProcess(api.env);
    expect(of(check)).toMatchObject([{ verdict, text: expect.stringMatching(text) }]);
    // Then no record can be read.
    const expected = assumptions.idsAsText ? ["rights", "rights", "rights"] : [];
    const others = findings.filter((finding) => finding.check !== check && finding.verdict === "wrong");
    expect(others.map((finding) => finding.check)).toEqual(expected);
  });

  test.each(["gzip", "br"] as const)("compressed by %s: read", async (compression) => {
    const api = await start({ compression });
    expect((await inProcess(api.env)).findings.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  });

  test.each<[string, Parameters<typeof altered>[0], Parameters<typeof altered>[1], string, RegExp]>([
    ["capabilities", (client) => ({ ...client, capabilities: [] }), undefined, "differs", /not the available products/],
    ["createdAtFilter", undefined, "created_at_gte", "wrong", /created_at_gte is ignored/],
    ["usersEmailFilter", undefined, "users_email", "differs", /finds others too/],
  ])("%s, which has no switch", async (check, change, ignored, verdict, text) => {
    const { of } = await inProcess(await altered(change, ignored));
    expect(of(check)).toMatchObject([{ verdict, text: expect.stringMatching(text) }]);
  });
});

/**
 * The environment for a sandbox that shows accounts in another way, or ignores a filter of their list, as no switch makes it.
 */
async function altered(change?: (client: Record<string, unknown>, n: number) => object, ignoredFilter?: string) {
  const running = await startSandbox({
    wrap: (fetch) => async (request) => {
      const url = new URL(request.url);
      if (ignoredFilter) url.searchParams.delete(ignoredFilter);
      const response = await fetch(new Request(url, request));
      const isList = url.pathname === "/iam/clients" && request.method === "GET";
      if (!isList || !change) return response;
      const page = (await response.json()) as { results: Record<string, unknown>[] };
      return Response.json({ ...page, results: page.results.map(change) });
    },
  });
  onTestFinished(() => running.close());
  const send = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { authorization: `apikey ${apiKey}`, "content-type": "application/json" };
    const reply = await fetch(running.url + path, { method, headers, ...init });
    return { status: reply.status, body: await reply.json() };
  };
  await fill({ sandbox: running.sandbox, send });
  return { GCORE_API_KEY: apiKey, GCORE_BASE_URL: running.url };
}
