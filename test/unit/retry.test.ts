import { describe, expect, test } from "vitest";
import {
  ifFound,
  NetworkError,
  NotFoundError,
  outcomeUnknown,
  RateLimitedError,
  ServerError,
  UnreadableReplyError,
  ValidationError,
} from "../../provider/api/errors";
import { backoff, pauseAfter, retryAfter, retryDelay, surelyNotExecuted } from "../../provider/api/retry";

const call = { method: "GET", path: "/iam/clients/1" };
const now = Date.parse("2026-01-01T00:00:00Z");
const get = { idempotent: true, failures: 1, maxRetries: 5, random: 0 };
const post = { ...get, idempotent: false };

describe("which failures are retried", () => {
  test("idempotent call: retried after connection errors and 5xx", () => {
    expect(retryDelay(new NetworkError(call, "ECONNRESET", true), get)).toBe(250);
    expect(retryDelay(new ServerError(call, 503), get)).toBe(250);
  });

  test("POST: retried only when surely not executed", () => {
    expect(retryDelay(new NetworkError(call, "ECONNREFUSED", false), post)).toBe(250);
    expect(retryDelay(new NetworkError(call, "ECONNRESET", true), post)).toBeUndefined();
    expect(retryDelay(new ServerError(call, 502), post)).toBeUndefined();
  });

  test("refusals and bugs: never retried; other failures: at most maxRetries times", () => {
    expect(retryDelay(new NotFoundError(call, 404, "gone"), get)).toBeUndefined();
    expect(retryDelay(new ValidationError(call, 400, {}), get)).toBeUndefined();
    expect(retryDelay(new TypeError("bug"), get)).toBeUndefined();
    const reset = new NetworkError(call, "ECONNRESET", true);
    expect(retryDelay(reset, { ...get, failures: 5 })).toBeDefined();
    expect(retryDelay(reset, { ...get, failures: 6 })).toBeUndefined();
  });
});

test("503 with Retry-After: whole seconds in the message, rounded up", () => {
  expect(new ServerError(call, 503, { retryAfterMs: 1_001 }).message).toMatch(/ Retry-After is 2 s\.$/);
});

test("no reply: what the user reads", () => {
  const advice = "Check the network, any proxy (HTTPS_PROXY, HTTP_PROXY) and the base URL (baseUrl or GCORE_BASE_URL).";
  const message = (maybeExecuted: boolean) => new NetworkError(call, "ECONNRESET", maybeExecuted).message;
  expect(message(true)).toBe(`GET /iam/clients/1: no reply (ECONNRESET). ${advice}`);
  expect(message(false)).toBe(`GET /iam/clients/1: no connection (ECONNRESET). ${advice}`);
});

test("503 with Retry-After: exactly as long, at least the first backoff, over five minutes gives up", () => {
  const delay = (retryAfterMs: number) => retryDelay(new ServerError(call, 503, { retryAfterMs }), get);
  expect([0, 7_000, 300_000, 301_000].map(delay)).toEqual([250, 7_000, 300_000, undefined]);
});

test("408: a POST is of unknown outcome; 425: a POST was surely not executed", () => {
  const timedOut = new ServerError(call, 408);
  const tooEarly = new ServerError(call, 425, { maybeExecuted: false });
  expect([outcomeUnknown(timedOut), surelyNotExecuted(timedOut), retryDelay(timedOut, post)]).toEqual([
    true,
    false,
    undefined,
  ]);
  expect([outcomeUnknown(tooEarly), surelyNotExecuted(tooEarly), retryDelay(tooEarly, post)]).toEqual([
    false,
    true,
    250,
  ]);
});

test("2xx that cannot be read: of unknown outcome; a refusal is not", () => {
  expect(outcomeUnknown(new UnreadableReplyError(call, 200, "the reply is not JSON."))).toBe(true);
  expect(outcomeUnknown(new ValidationError(call, 400, {}))).toBe(false);
});

test("only a 404 means that there is no result", async () => {
  const notFound = new NotFoundError(call, 404, "gone");
  const failed = new ServerError(call, 404);
  expect(await ifFound(Promise.resolve(7))).toBe(7);
  expect(await ifFound(Promise.reject(notFound))).toBeUndefined();
  await expect(ifFound(Promise.reject(failed))).rejects.toBe(failed);
});

test("a failure that a repetition cannot mend: not retried", () => {
  const cure = { advice: "Set NODE_EXTRA_CA_CERTS.", isPermanent: true };
  expect(retryDelay(new NetworkError(call, "SELF_SIGNED_CERT_IN_CHAIN", false, cure), get)).toBeUndefined();
});

describe("the pause after 429", () => {
  const first = { pauses: 1, pausedMs: 0, random: 0 };
  const pause = (retryAfterMs: number | undefined, at = {}) =>
    pauseAfter(new RateLimitedError(call, 429, retryAfterMs), { ...first, ...at });

  test("Retry-After: exactly as long", () => {
    expect(pause(2000)).toBe(2000);
    expect(pause(2000, { pauses: 5 })).toBe(2000);
  });

  test("no usable Retry-After: grows from pause to pause", () => {
    expect([1, 2, 3].map((pauses) => pause(undefined, { pauses }))).toEqual([250, 500, 1000]);
  });

  test("Retry-After of 0: the first backoff", () => {
    expect(pause(0)).toBe(250);
  });

  test("over five minutes, or ten minutes in total: gives up", () => {
    expect(pause(300_000)).toBe(300_000);
    expect(pause(301_000)).toBeUndefined();
    expect(pause(60_000, { pausedMs: 540_000 })).toBe(60_000);
    expect(pause(60_000, { pausedMs: 541_000 })).toBeUndefined();
  });
});

test("backoff doubles, is capped, and its upper half is random", () => {
  expect([1, 2, 3, 4].map((attempt) => backoff(attempt, 0))).toEqual([250, 500, 1000, 2000]);
  expect(backoff(1, 0.999)).toBe(500);
  expect(backoff(50, 0.999)).toBeLessThanOrEqual(30_000);
});

test.each([
  ["7", 7000],
  [" 0 ", 0],
  ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
  ["Wed, 31 Dec 2025 23:59:59 GMT", 0],
  ["soon", undefined],
  ["5 s", undefined],
  ["about 5", undefined],
  ["-5", undefined],
  ["1.5", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(retryAfter(header, now)).toBe(ms);
});
