import { describe, expect, test } from "vitest";
import { environmentVariable, readSettings, settingNames } from "../../provider/config";

const settings = (config: Record<string, string>, environment: Record<string, string> = {}) =>
  readSettings((key) => config[key], environment);
const problem = (config: Record<string, string>, environment: Record<string, string> = {}) => {
  try {
    settings(config, environment);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

test("environment variable of each setting", () => {
  expect(settingNames.map(environmentVariable)).toEqual([
    "GCORE_API_KEY",
    "GCORE_BASE_URL",
    "GCORE_RESELLER_ALLOW_INSECURE_HTTP",
    "GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS",
    "GCORE_RESELLER_RECOVERY_TIMEOUT_SECONDS",
    "GCORE_RESELLER_RECOVERY_WINDOW_MINUTES",
    "GCORE_RESELLER_MAX_RETRIES",
    "GCORE_RESELLER_REQUESTS_PER_SECOND",
  ]);
});

test("defaults", () => {
  expect(settings({}, { GCORE_API_KEY: "1234$abc" })).toEqual({
    apiKey: "1234$abc",
    baseUrl: "https://api.gcore.com",
    allowInsecureHttp: false,
    requestTimeoutSeconds: 30,
    recoveryTimeoutSeconds: 60,
    recoveryWindowMinutes: 60,
    maxRetries: 5,
  });
});

describe("source of a setting", () => {
  const config = { "gcore-reseller:apiKey": "1$config", "gcore-reseller:baseUrl": "https://config.example/" };
  const environment = { GCORE_API_KEY: "2$environment", GCORE_BASE_URL: "https://environment.example" };

  test("environment before stack config, so that a rotated key works at once", () => {
    expect(settings(config, environment)).toMatchObject({
      apiKey: "2$environment",
      baseUrl: "https://environment.example",
    });
    expect(settings(config)).toMatchObject({ apiKey: "1$config", baseUrl: "https://config.example" });
  });

  test("explicit Provider: its own arguments only", () => {
    const explicit = { "gcore-reseller:explicitProvider": "true", "gcore-reseller:apiKey": "3$explicit" };
    expect(settings(explicit, environment)).toMatchObject({ apiKey: "3$explicit", baseUrl: "https://api.gcore.com" });
    expect(problem({ "gcore-reseller:explicitProvider": "true" }, environment)).toBe(
      "the Provider's apiKey: is missing",
    );
    expect(problem({ ...explicit, "gcore-reseller:baseUrl": "http://gcore.example" })).toMatch(
      /^the Provider's baseUrl: is plain http/,
    );
  });
});

describe("invalid settings, refused before any request", () => {
  test("no key: names both sources", () => {
    expect(problem({})).toMatch(/GCORE_API_KEY.*gcore-reseller:apiKey/);
  });

  test.each(["12 34", "'1234$x'", '"1234$x"', "1234$x\n", "12`34", "\u20181234$x\u2019", "1234\u2026"])(
    "the key %j, without repeating it",
    (apiKey) => {
      const text = problem({}, { GCORE_API_KEY: apiKey }) ?? "";
      expect(text).toMatch(/GCORE_API_KEY.*spaces, quotes, line breaks/);
      expect(text).not.toContain(apiKey);
    },
  );

  test.each([
    ["http://api.gcore.com", /plain http/],
    ["http://127.0.0.1.evil.example", /plain http/],
    ["ftp://api.gcore.com", /http\(s\) URL/],
    ["api.gcore.com", /http\(s\) URL/],
    ["https://me:secret@api.gcore.com", /credentials/],
  ])("the base URL %s", (GCORE_BASE_URL, expected) => {
    const text = problem({}, { GCORE_API_KEY: "1$x", GCORE_BASE_URL });
    expect(text).toMatch(expected);
    expect(text).toMatch(/GCORE_BASE_URL/);
    expect(text).not.toContain("secret");
  });

  test.each(["http://127.0.0.1:8080", "http://localhost:80", "http://[::1]:1"])("but not %s", (GCORE_BASE_URL) => {
    expect(settings({}, { GCORE_API_KEY: "1$x", GCORE_BASE_URL }).baseUrl).toBe(GCORE_BASE_URL);
  });

  test("plain http to another machine: only with allowInsecureHttp", () => {
    const environment = {
      GCORE_API_KEY: "1$x",
      GCORE_BASE_URL: "http://gcore.intern",
      GCORE_RESELLER_ALLOW_INSECURE_HTTP: "true",
    };
    expect(settings({}, environment).baseUrl).toBe("http://gcore.intern");
  });

  test("numbers out of range: all reported together", () => {
    const text = problem({
      "gcore-reseller:apiKey": "1$x",
      "gcore-reseller:maxRetries": "-1",
      "gcore-reseller:requestTimeoutSeconds": "soon",
      "gcore-reseller:requestsPerSecond": "0",
    });
    for (const name of ["maxRetries", "requestTimeoutSeconds", "requestsPerSecond"]) expect(text).toContain(name);
    expect(text?.split("\n")).toHaveLength(3);
  });
});
