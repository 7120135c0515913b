import { describe, expect, test } from "vitest";
import { canLogIn, getUserToken } from "../../provider/api/auth";
import { getClient, listClientsByEmail, updateClient } from "../../provider/api/clients";
import { freeFeatures, getFeature, paidFeatures } from "../../provider/api/features";
import { getSeller } from "../../provider/api/sellers";
import { getService } from "../../provider/api/services";
import { type Api, openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { startServer } from "../support/network";
import { fakeClock } from "../support/process";

/** What the user reads when a call fails, word by word. */

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string | string[]>;
}

/** An API whose server gives every request the same reply, and never repeats a call unless `maxRetries` says so. */
async function answering(
  { status, body = "", headers = {} }: Answer,
  apiKey = "1234$secret-of-the-key",
  maxRetries = 0,
) {
  const { url, requests } = await startServer((_request, response) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body)),
  );
  const environment = { GCORE_API_KEY: apiKey, GCORE_BASE_URL: url, GCORE_RESELLER_MAX_RETRIES: String(maxRetries) };
  const logged: string[] = [];
  const clock = { ...fakeClock(), random: () => 0 };
  const settings = readSettings(() => undefined, environment);
  const api = openApi(settings, { clock, log: (line) => logged.push(line) });
  return { api, url, requests, logged, clock };
}

const messageOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "no error",
    (error) => error.message,
  );

describe("a reply that is not 2xx", () => {
  const notFound = "not found, or owned by another reseller.";
  const notGcore = "Check the base URL (baseUrl or GCORE_BASE_URL), and any proxy or gateway on the way.";
  const tooMany = "too many requests. Set gcore-reseller:requestsPerSecond to stay below the limit.";

  test.each<[string, number, unknown, string]>([
    ["nothing", 400, "", "the request was refused without a reason."],
    ["a text", 400, { message: "No such country" }, "No such country."],
    ["a text with a full stop inside", 400, { message: "At most 3.5 is allowed" }, "At most 3.5 is allowed."],
    ["a sentence", 400, { message: "It is used." }, "It is used."],
    ["a question", 400, { message: "Is it used?" }, "Is it used?"],
    ["a text that is cut", 400, { message: "It is used by…" }, "It is used by…"],
    [
      "texts of fields",
      422,
      { errors: { email: ["Taken"], user: { company: ["Empty.", "Too short!"] } } },
      "email: Taken. user.company: Empty. Too short!",
    ],
    ["no text", 400, { status: "failed" }, "the request was refused without a reason."],
    ["nothing", 403, "", "this API key has no permission for the call."],
    ["a text", 403, { message: "CDN is in use" }, "CDN is in use."],
    ["nothing", 404, "", notFound],
    ["a text", 404, { message: "No such client" }, "No such client."],
    [
      "a page",
      404,
      "<title>Page 1.2 is lost.</title>",
      `the reply is not from the Gcore API (Page 1.2 is lost). ${notGcore}`,
    ],
    ["a page without a title", 404, "<p>No</p>", `the reply is not from the Gcore API. ${notGcore}`],
    ["nothing", 405, "", "unexpected status."],
    ["a text", 405, { detail: "Only POST" }, "Only POST."],
    ["nothing", 408, "", "the API failed; try again later."],
    ["a text", 408, { message: "Slow" }, "the API failed: Slow."],
    ["nothing", 409, "", "the request was refused without a reason."],
    ["texts of fields", 409, { email: ["Taken."] }, "email: Taken."],
    ["nothing", 425, "", "the API failed; try again later."],
    ["a text", 425, { message: "Too early" }, "the API failed: Too early."],
    ["nothing", 500, "", "the API failed; try again later."],
    ["a text", 500, { message: "Broken" }, "the API failed: Broken."],
    ["nothing", 300, "", "unexpected status."],
  ])("%s in a %i", async (_what, status, body, text) => {
    const { api } = await answering({ status, body });
    expect(await messageOf(getClient(api, 7))).toBe(`GET /iam/clients/7 answered ${status}: ${text}`);
  });

  test("429 with Retry-After of an hour", async () => {
    const { api } = await answering({ status: 429, headers: { "retry-after": "3600" } });
    expect(await messageOf(getClient(api, 7))).toBe(`GET /iam/clients/7 answered 429: ${tooMany}`);
  });

  test("a body that cannot be decoded", async () => {
    const { api } = await answering({ status: 400, body: "?", headers: { "content-encoding": "compress" } });
    expect(await messageOf(getClient(api, 7))).toBe(
      "GET /iam/clients/7 answered 400: the reply has an unknown content-encoding.",
    );
  });

  test.each([
    [
      302,
      "https://login.example/?token=x",
      "a redirect to https://login.example/, which is not followed. Check the base URL (baseUrl or GCORE_BASE_URL).",
    ],
    [302, "http://[", "unexpected status."],
    [405, "https://login.example/", "unexpected status."],
  ])("%i with the Location %s", async (status, location, text) => {
    const { api } = await answering({ status, headers: { location } });
    expect(await messageOf(getClient(api, 7))).toBe(`GET /iam/clients/7 answered ${status}: ${text}`);
  });
});

describe("401: what to check", () => {
  const lost = "It has no $: if your key looks like 1234$abcdef, the shell expanded $…; put the key in single quotes.";
  test.each([
    ["1234$secret", "the API key is not accepted. Check GCORE_API_KEY."],
    ["42_a1b2c3", "the API key is not accepted. Check GCORE_API_KEY."],
    ["1234", `the API key is not accepted. Check GCORE_API_KEY. ${lost}`],
    ["x42_a1b2c3", `the API key is not accepted. Check GCORE_API_KEY. ${lost}`],
  ])("the key %s", async (key, text) => {
    const { api } = await answering({ status: 401 }, key);
    expect(await messageOf(getClient(api, 7))).toBe(`GET /iam/clients/7 answered 401: ${text}`);
  });

  test.each([
    ["a user's token", "token", "the user's token is not accepted."],
    ["no authorization", null, "the login is not accepted."],
  ])("%s", async (_credential, bearer, text) => {
    const { api } = await answering({ status: 401 });
    expect(await messageOf(api.send({ method: "GET", path: "/iam", bearer }))).toBe(`GET /iam answered 401: ${text}`);
  });
});

test("secrets that the API repeats: the secret part of the key and the user's token, not the number of the key", async () => {
  const { api } = await answering(
    { status: 403, body: { message: "1234567890 with s3cret-part acts by token-of-anna" } },
    "1234567890$s3cret-part",
  );
  const call = { method: "GET", path: "/iam" } as const;
  expect(await messageOf(api.send({ ...call, bearer: "token-of-anna" }))).toBe(
    "GET /iam answered 403: 1234567890 with [secret] acts by [secret].",
  );
  expect(await messageOf(api.send(call))).toMatch("with [secret] acts by token-of-anna.");
});

describe("a 2xx that is not as documented", () => {
  const undocumented = (problem: string) => `the reply is not as documented (${problem}).`;

  test.each<[string, unknown, string]>([
    ["no body", "", "the reply is not JSON."],
    ["a page", "<p>Welcome</p>", "the reply is not JSON."],
    [
      "several problems",
      { id: "7", users: [{ id: "8" }] },
      undocumented("id: an ID as text, not as a number; users.0.id: an ID as text, not as a number"),
    ],
    ["another account", { id: 8, users: [] }, undocumented("id: is of another account")],
  ])("%s", async (_what, body, text) => {
    const { api } = await answering({ status: 200, body });
    expect(await messageOf(getClient(api, 7))).toBe(`GET /iam/clients/7 answered 200: ${text}`);
  });

  test.each(["an ID 7", "7 a", "7.5", "", 7.5, true])("the ID %j: no hint about an ID as text", async (id) => {
    const { api } = await answering({ status: 200, body: { id, users: [] } });
    expect(await messageOf(getClient(api, 7))).toMatch(/not as documented \(id: (?!an ID as text)/);
  });

  const activation = { id: 3, client_id: 7, feature_id: 5 };
  const service = { id: 3, name: "CDN", status: "active" };
  test.each<[string, (api: Api) => Promise<unknown>, object]>([
    ["feature", (api) => getFeature(api, 4), { id: 3, name: "WAF" }],
    ["service", (api) => getService(api, 7, 4), service],
    ["seller", (api) => getSeller(api, 4), { id: 3 }],
    ["activation", (api) => freeFeatures.get(api, 4), activation],
    ["activation", (api) => paidFeatures.get(api, 4), activation],
    ["activation", (api) => freeFeatures.enable(api, 8, 5), activation],
    ["activation", (api) => paidFeatures.enable(api, 7, 6), activation],
  ])("another %s than the one in question (%s)", async (kind, call, body) => {
    const { api } = await answering({ status: 200, body });
    expect(await messageOf(call(api))).toMatch(undocumented(`id: is of another ${kind}`));
  });

  test("an unreadable record of a list", async () => {
    const { api } = await answering({ status: 200, body: [{ id: 7, users: [{ id: "8" }] }] });
    expect(await messageOf(listClientsByEmail(api, "it@acme.example"))).toBe(
      "GET /iam/clients answered 200: a record is not as documented (users.0.id: an ID as text, not as a number).",
    );
  });

  test("a call whose reply is not used: any JSON and an empty body are accepted, a page is not", async () => {
    const rename = async (body: unknown) =>
      messageOf(updateClient((await answering({ status: 200, body })).api, 7, { companyName: "Acme" }));
    expect(await Promise.all([rename(""), rename({ any: 1 }), rename("<p>Welcome</p>")])).toEqual([
      "no error",
      "no error",
      "PATCH /iam/clients/7 answered 200: the reply is not JSON.",
    ]);
  });

  test("an empty token", async () => {
    const { api } = await answering({ status: 200, body: { access: "" } });
    expect(await messageOf(getUserToken(api, 8))).toMatch(/not as documented \(access: /);
  });
});

describe("waits before a repetition", () => {
  const call = { method: "GET", path: "/iam" } as const;

  test.each([
    ["3", ["GET /iam answered 503: the API failed; try again later. Retry-After is 3 s. Waiting 3 s."]],
    ["2", []],
  ])("Retry-After of %s s: logged from 3 s on", async (seconds, lines) => {
    const { api, logged } = await answering({ status: 503, headers: { "retry-after": seconds } }, undefined, 1);
    await messageOf(api.send(call));
    expect(logged).toEqual(lines);
  });

  test("Retry-After twice: the first one counts", async () => {
    const { api, clock } = await answering({ status: 503, headers: { "retry-after": ["7", "9"] } }, undefined, 1);
    await messageOf(api.send(call));
    expect(clock.slept).toEqual([7000]);
  });

  test.each([
    ["until the end of the wait: repeated", { until: 250 }, 2],
    ["until just before it: not repeated", { until: 249 }, 1],
    ["not to be retried", { isRetried: false }, 1],
  ])("a call %s", async (_what, { until, ...options }: { until?: number; isRetried?: boolean }, expected) => {
    const { api, requests, clock } = await answering({ status: 500 }, undefined, 1);
    const deadline = until === undefined ? {} : { until: clock.now() + until };
    expect(await messageOf(api.send({ ...call, ...options, ...deadline }))).toMatch("answered 500");
    expect(requests).toHaveLength(expected);
  });
});

describe("a login with email address and password", () => {
  test.each([
    [200, true, 1],
    [400, false, 1],
    [401, false, 1],
    [403, false, 1],
    [404, "NotFoundError", 1],
    [500, "ServerError", 2],
  ])("%i: %s, after %i requests", async (status, expected, count) => {
    const { api, requests } = await answering({ status, body: { access: "token" } }, undefined, 1);
    expect(await canLogIn(api, "it@acme.example", "pass-W0rd").catch((error) => error.name)).toBe(expected);
    expect(requests).toEqual(Array(count).fill("POST /iam/auth/jwt/login"));
  });
});
