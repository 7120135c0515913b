import { request } from "node:http";
import { text } from "node:stream/consumers";
import { startSandbox } from "gcore-reseller-sandbox";
import { describe, expect, test } from "vitest";
import { caller, closeAfterTest, otherReseller, password, sandboxOfTest } from "./caller";

const evil = `<img src=x onerror="alert('1')">&`;

function sandboxWithPage(options?: Parameters<typeof sandboxOfTest>[0]) {
  const { sandbox, send, ...rest } = sandboxOfTest(options);
  const page = async (query = "") => (await send("GET", `/${query}`, undefined, null)).text();
  /** The elements of the page that have an id that begins so: what is shown, in the order in which it is shown. */
  const shown = async (kind: string, query = "") =>
    [...(await page(query)).matchAll(new RegExp(` id="${kind}-(\\d+)"`, "g"))].map(([, id]) => Number(id));
  return { sandbox, send, page, shown, ...rest };
}

describe("the page", () => {
  test("shows an account with all its fields, its users, services, features, seller and calls", async () => {
    const { call, account, page } = sandboxWithPage({ now: () => Date.parse("2026-05-01T10:00:00Z") });
    const more = { name: "Ada", phone: "+352 77", lang: "de", custom_id: "crm-7", seller: 11, country_code: "LU" };
    const { id, client } = await account("ada@example.com", more);
    await call("PATCH", `/_sandbox/clients/${client}`, {
      website: "acme.example",
      services: { CDN: "active", STORAGE: "trial" },
      features: { 61: true, 62: true },
    });
    await call("PATCH", `/_sandbox/services/${client}1`, { options: { max_resources: "77" } });
    await call("PATCH", `/_sandbox/users/${id}`, { two_fa: true, activated: false });
    await call("POST", "/_sandbox/faults", { kind: "drop-after", method: "PATCH" });
    await call("PATCH", `/iam/clients/${client}`, { name: "Countess" }).catch(() => undefined);
    const html = (await page()).replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    const fields = (await call("GET", `/iam/clients/${client}`)).body;
    for (const [field, value] of Object.entries({
      ...more,
      status: "active",
      created_at: "2026-05-01T10:00:00.000Z",
    })) {
      expect(html).toContain(`${field} ${field === "name" ? "Countess" : value} `);
    }
    for (const value of [fields.companyName, fields.bill_type, fields.signup_process, fields.client_type]) {
      expect(html).toContain(value);
    }
    expect(html).toContain(`ada@example.com ${id} · Ada · +352 77 · de · not activated · 2FA`);
    expect(html).toContain("CDN active");
    expect(html).toContain("STORAGE trial");
    expect(html).toContain("max_resources&quot;:&quot;77");
    expect(html).toContain("trialend 2026-05-15 10:00:00");
    expect(html).toContain("available: STREAMING, DNS not available: DDOS, CLOUD");
    expect(html).toContain("Custom CNAME free Origin shielding paid");
    expect(html).toContain("11 Seller 11 seller-11@sandbox.example");
    expect(html).toContain("3 calls");
    expect(html).toMatch(/PATCH \/iam\/clients\/50001 dropped 10:00:00\.000 · \d+ ms · Acme 50001 drop-after/);
    expect(html).toMatch(/POST \/iam\/users 201 .* Acme 50001/);
  });

  test("shows the accounts of all resellers, and the newest of what there is first", async () => {
    const { call, account, shown } = sandboxWithPage();
    await account("ada@example.com");
    await account("bob@example.com", {}, otherReseller);
    expect(await shown("account")).toEqual([50002, 50001]);
    expect(await shown("call")).toEqual([4, 3, 2, 1]);
    expect(await shown("seller")).toEqual([11, 12, 13, 21, 22]);
    await call("POST", "/_sandbox/seed", { count: 300 });
    expect(await shown("account")).toHaveLength(50);
    expect(await shown("account", "?show=250")).toHaveLength(250);
    expect(await shown("account", "?show=nonsense")).toHaveLength(50);
    for (let count = 0; count < 120; count++) await call("GET", "/iam/clients/50001");
    expect(await shown("call")).toEqual(Array.from({ length: 100 }, (_, index) => 124 - index));
  });

  test("without an account it says how one comes", async () => {
    const { page } = sandboxWithPage();
    expect(await page()).toContain("export GCORE_BASE_URL=&#39;http://127.0.0.1&#39;");
  });

  test.each([
    ["acme", [50001], [1, 2, 5]],
    ["ÉCOLE", [50002], [3, 4]],
    ["bob@EXAMPLE.com", [50002], [3, 4]],
    ["50001", [50001], [1, 2, 5]],
    ["cdn active", [50001], [1, 2, 5]],
    ["active école", [], []],
    ["seller-12", [50002], [3, 4]],
    ["crm-7 acme", [50001], [1, 2, 5]],
    ["post /iam/users", [], [1, 3]],
    ["services", [], [5]],
    ["%", [], []],
    ["' or 1=1", [], []],
    [" ", [50002, 50001], [1, 2, 3, 4, 5]],
    ["a ".repeat(5000), [50002, 50001], [1, 2, 3, 4, 5]],
  ])("the filter %j finds accounts and their calls, and calls", async (filter, accounts, calls) => {
    const { call, account, shown } = sandboxWithPage();
    const ada = await account("ada@example.com", { company: "Acme", custom_id: "CRM-7" });
    await account("bob@example.com", { company: "École", seller: 12 });
    await call("GET", `/iam/clients/${ada.client}/services`);
    await call("PATCH", `/_sandbox/clients/${ada.client}`, { services: { CDN: "active" } });
    const query = `?filter=${encodeURIComponent(filter)}`;
    expect(await shown("account", query)).toEqual(accounts);
    expect((await shown("call", query)).reverse()).toEqual(calls);
  });

  test("escapes whatever it shows", async () => {
    const { call, account, page } = sandboxWithPage();
    const { id, client } = await account("ada@example.com", { company: evil, name: evil, custom_id: evil });
    await call("PATCH", `/_sandbox/clients/${client}`, { website: "javascript:alert(1)", seller: 11 });
    await call("PATCH", "/_sandbox/sellers/11", { full_name: evil });
    await call("PATCH", `/_sandbox/users/${id}`, { name: evil, phone: evil });
    await call("PATCH", `/_sandbox/services/${client}1`, { options: { [evil]: evil } });
    await call("GET", `/iam/${encodeURIComponent(evil)}?${encodeURIComponent(evil)}=1`);
    const html = await page(`?filter=${encodeURIComponent(evil)}`);
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;");
    expect(html).not.toContain("<img");
    expect(html).not.toMatch(/href="javascript/);
  });

  test("holds no password, key or token, neither does the log", async () => {
    const { call, account, page, sandbox } = sandboxWithPage();
    const ada = await account("ada@example.com");
    const access = await call("POST", "/iam/auth/jwt/login", { username: "ada@example.com", password });
    const made = await call(
      "POST",
      `/iam/v2/clients/${ada.client}/tokens`,
      { name: "t", exp_date: null, client_user: {} },
      ada.user,
    );
    expect(made.status).toBe(200);
    await call("POST", "/_sandbox/seed", { count: 1 });
    await call("PUT", "/_sandbox/api-keys", { ...sandbox.apiKeys, "9$own-key": 3 });
    const hash = /"password":"([^"]+)"/.exec(sandbox.snapshot())?.[1];
    const signingKey = /"signing_key","value":"([^"]+)"/.exec(sandbox.snapshot())?.[1];
    const secrets = [password, "seed-password", "own-key", "sandbox-reseller-key", "1234$", ada.user.slice(7)];
    secrets.push(made.body.token, access.body.access, access.body.refresh, `${hash}`, `${signingKey}`);
    expect(secrets.every((secret) => secret.length > 4)).toBe(true);
    const shown = (await page()) + JSON.stringify(sandbox.requests());
    expect(shown).toContain("ada@example.com");
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });

  test("its requests are no calls: not logged, not limited, not delayed, and no fault acts on them", async () => {
    const { call, send, sandbox } = sandboxWithPage({ latencyMs: 3_600_000 });
    await call("PUT", "/_sandbox/rate-limit", { requestsPerSecond: 0.001, burst: 1 });
    await call("POST", "/_sandbox/faults", { kind: "drop-before", path: "*", times: "always" });
    sandbox.setAssumptions({ compression: "gzip" });
    const before = sandbox.snapshot();
    for (const path of ["/", "/?filter=x", "/_page/page.css", "/_page/page.js", "/_page/htmx.js", "/_page/hx-sse.js"]) {
      const reply = await send("GET", path, undefined, null);
      expect([path, reply.status, reply.headers.get("content-encoding")]).toEqual([path, 200, null]);
    }
    expect(sandbox.requests()).toEqual([]);
    expect(sandbox.faults.list()).toMatchObject([{ matched: 0, applied: 0 }]);
    expect(sandbox.snapshot()).toBe(before);
  });

  test("other methods and paths are calls as before: unknown", async () => {
    const { call, sandbox } = sandboxWithPage();
    expect((await call("POST", "/")).status).toBe(404);
    expect((await call("GET", "/_page/nothing")).status).toBe(404);
    expect(sandbox.requests()).toMatchObject([
      { path: "/", unknown: true },
      { path: "/_page/nothing", unknown: true },
    ]);
  });

  test("loads nothing from elsewhere, and may not be put into a frame", async () => {
    const { send } = sandboxWithPage();
    const reply = await send("GET", "/");
    const policy = reply.headers.get("content-security-policy");
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const links = [...(await reply.text()).matchAll(/ (?:href|src|action|hx-get)="([^"]*)"/g)].map(
      ([, link = ""]) => link,
    );
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((link) => !/^(\/(?!\/)|#|data:image\/svg)/.test(link))).toEqual([]);
  });
});

describe("a started sandbox", () => {
  async function started() {
    const running = await startSandbox();
    closeAfterTest(running);
    return { ...running, ...caller(fetch, running.url) };
  }

  /** A request as a browser sends it for which a name server says that `host` is 127.0.0.1. */
  function asHost(url: string, path: string, host: string): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(url + path, { headers: { host } }, async (reply) => {
        if (reply.headers["content-type"] === "text/event-stream") reply.destroy();
        resolve({ status: reply.statusCode, body: reply.destroyed ? "" : await text(reply) });
      });
      sent.on("error", reject).end();
    });
  }

  test("answers to its own names alone, so that no other site's name leads to the page", async () => {
    const { url, account } = await started();
    await account("ada@example.com");
    const { port } = new URL(url);
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      expect((await asHost(url, "/", `${name}:${port}`)).body).toContain("ada@example.com");
    }
    for (const name of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"]) {
      for (const path of ["/", "/_page/events", "/_page/page.js"]) {
        const reply = await asHost(url, path, `${name}:${port}`);
        expect([name, path, reply.status]).toEqual([name, path, 403]);
        expect(reply.body).not.toContain("ada@example.com");
      }
    }
  });

  test("sends an event at the start and after changes, and not one for each call", async () => {
    const { url, account, call } = await started();
    const reader = (await fetch(`${url}/_page/events`)).body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => (await reader?.read())?.value;
    expect(await next()).toBe("event: sandbox-changed\ndata: \n\n");
    await Promise.all(Array.from({ length: 40 }, (_, index) => account(`user-${index}@example.com`)));
    expect(await next()).toContain("sandbox-changed");
    let events = 1;
    const counted = (async () => {
      while ((await next()) !== undefined) events += 1;
    })();
    // A control call is a change too, and no call of the log.
    await call("PATCH", "/_sandbox/clients/50001", { name: "Ada" });
    await expect.poll(() => events, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(events).toBeLessThan(10);
    await reader?.cancel();
    await counted;
  });

  test("ends although a page is open", async () => {
    const { url, close } = await started();
    const reader = (await fetch(`${url}/_page/events`)).body?.getReader();
    await reader?.read();
    await close();
    await expect(reader?.read()).rejects.toThrow();
  });
});
