import { describe, expect, test } from "vitest";
import { environmentVariable, nameProblem, readSettings, settingNames } from "../../provider/config";

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
    "GCORE_RESELLER_ACTIVATION_TIMEOUT_SECONDS",
    "GCORE_RESELLER_RECOVERY_WINDOW_MINUTES",
    "GCORE_RESELLER_MAX_RETRIES",
    "GCORE_RESELLER_REQUESTS_PER_SECOND",
    "GCORE_RESELLER_LIST_SELLER",
  ]);
});

test("defaults", () => {
  expect(settings({}, { GCORE_API_KEY: "1234$abc" })).toEqual({
    apiKey: "1234$abc",
    baseUrl: "https://api.gcore.com",
    allowInsecureHttp: false,
    requestTimeoutSeconds: 30,
    recoveryTimeoutSeconds: 60,
    activationTimeoutSeconds: 1200,
    recoveryWindowMinutes: 0,
    maxRetries: 5,
    apiKeySource: "environment",
  });
});

describe("source of a setting", () => {
  const config = { "gcore-reseller:apiKey": "1$config", "gcore-reseller:baseUrl": "https://config.example/" };
  const environment = { GCORE_API_KEY: "2$environment", GCORE_BASE_URL: "https://environment.example" };

  test("stack config before the environment, so that a key left in a shell is not used", () => {
    expect(settings(config, environment)).toMatchObject({
      apiKey: "1$config",
      apiKeySource: "config",
      baseUrl: "https://config.example",
    });
    expect(settings({}, environment)).toMatchObject({
      apiKey: "2$environment",
      apiKeySource: "environment",
      baseUrl: "https://environment.example",
    });
  });

  const [{ "gcore-reseller:apiKey": key, "gcore-reseller:baseUrl": url }, { GCORE_API_KEY, GCORE_BASE_URL }] = [
    config,
    environment,
  ];
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["key from config, URL from the environment", { "gcore-reseller:apiKey": key }, { GCORE_BASE_URL }],
    ["the same with a key in the environment too", { "gcore-reseller:apiKey": key }, { GCORE_API_KEY, GCORE_BASE_URL }],
    ["key from the environment, URL from config", { "gcore-reseller:baseUrl": url }, { GCORE_API_KEY }],
    [
      "the same with a URL in the environment too",
      { "gcore-reseller:baseUrl": url },
      { GCORE_API_KEY, GCORE_BASE_URL },
    ],
  ])("%s: refused, naming both", (_situation, inConfig, inEnvironment) => {
    const text = problem(inConfig, inEnvironment) ?? "";
    const [keySource, urlSource] =
      "gcore-reseller:apiKey" in inConfig
        ? ["gcore-reseller:apiKey", "GCORE_BASE_URL"]
        : ["GCORE_API_KEY", "gcore-reseller:baseUrl"];
    expect(text).toContain(keySource);
    expect(text).toContain(urlSource);
    expect(text).not.toMatch(/1\$config|2\$environment|example/);
  });

  test("a key alone with the default URL: accepted from either source", () => {
    const expected = { baseUrl: "https://api.gcore.com" };
    expect(settings({ "gcore-reseller:apiKey": key })).toMatchObject({ ...expected, apiKeySource: "config" });
    expect(settings({}, { GCORE_API_KEY })).toMatchObject({ ...expected, apiKeySource: "environment" });
  });

  test("other settings may come from another source than the key", () => {
    const environment = { GCORE_API_KEY, GCORE_RESELLER_MAX_RETRIES: "7", GCORE_RESELLER_REQUESTS_PER_SECOND: "9" };
    expect(settings({ "gcore-reseller:maxRetries": "3" }, environment)).toMatchObject({
      maxRetries: 3,
      requestsPerSecond: 9,
    });
  });

  test("an empty text counts as not set, in every source", () => {
    const empty = { "gcore-reseller:apiKey": "", "gcore-reseller:baseUrl": "", "gcore-reseller:maxRetries": "" };
    expect(settings(empty, environment)).toMatchObject({ apiKey: "2$environment", maxRetries: 5 });
    expect(settings(config, { GCORE_API_KEY: "", GCORE_BASE_URL: "" })).toMatchObject({ apiKey: "1$config" });
    expect(problem({ "gcore-reseller:explicitProvider": "true", ...empty }, environment)).toBe(
      "the Provider's apiKey: is missing",
    );
  });

  test("explicit Provider: its own arguments only", () => {
    const explicit = { "gcore-reseller:explicitProvider": "true", "gcore-reseller:apiKey": "3$explicit" };
    expect(settings(explicit, environment)).toMatchObject({
      apiKey: "3$explicit",
      apiKeySource: "provider",
      baseUrl: "https://api.gcore.com",
    });
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
    expect(problem({})).toBe("gcore-reseller:apiKey (stack config) or GCORE_API_KEY (environment): is missing");
  });

  test.each(["1234$abcdef", "42_a1b2c3d4"])("but not the key %s", (GCORE_API_KEY) => {
    expect(settings({}, { GCORE_API_KEY }).apiKey).toBe(GCORE_API_KEY);
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
    ["https://api.gcore.com/?secret", /\? or #/],
    ["https://api.gcore.com?", /\? or #/],
    ["https://api.gcore.com/#", /\? or #/],
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
      "gcore-reseller:maxRetries": "51",
      "gcore-reseller:requestTimeoutSeconds": "3600.5",
      "gcore-reseller:requestsPerSecond": "0",
      "gcore-reseller:listSeller": "7.5",
    });
    for (const name of ["maxRetries", "requestTimeoutSeconds", "requestsPerSecond", "listSeller"])
      expect(text).toContain(name);
    expect(text?.split("\n")).toHaveLength(4);
  });

  test.each(["0x10", " 5 ", "5 ", "1e1", "+5", "-1", "5.", ".5", "٥", "soon", "NaN", "Infinity"])(
    "the number %j: only plain decimal digits are accepted",
    (value) => {
      expect(problem({}, { GCORE_API_KEY: "1$x", GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: value })).toMatch(
        /^GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS \(environment\): must be .*plain decimal digits$/,
      );
    },
  );

  test.each([
    ["0.25", { requestTimeoutSeconds: 0.25 }],
    ["3600", { requestTimeoutSeconds: 3600 }],
    ["007", { requestTimeoutSeconds: 7 }],
  ])("but not the number %s", (value, expected) => {
    expect(settings({}, { GCORE_API_KEY: "1$x", GCORE_RESELLER_REQUEST_TIMEOUT_SECONDS: value })).toMatchObject(
      expected,
    );
  });

  test("explicit Provider: numbers arrive as numbers, and their range is checked too", () => {
    const explicit = (maxRetries: unknown) => ({
      "gcore-reseller:explicitProvider": "true",
      "gcore-reseller:apiKey": "1$x",
      "gcore-reseller:maxRetries": maxRetries,
    });
    expect(settings(explicit(3) as Record<string, string>).maxRetries).toBe(3);
    expect(problem(explicit(-1) as Record<string, string>)).toMatch(
      /^the Provider's maxRetries: must be a whole number/,
    );
  });

  test("a fraction for a whole number: refused", () => {
    expect(problem({}, { GCORE_API_KEY: "1$x", GCORE_RESELLER_MAX_RETRIES: "1.5" })).toMatch(/a whole number/);
  });
});

describe("a name that is no setting", () => {
  test.each(["requestPerSecond", "apikey", "region", "toString", "explicitProvider"])(
    "%j: the settings are named",
    (name) => {
      expect(nameProblem(name)).toBe(
        `${name} is no setting; there are apiKey, baseUrl, allowInsecureHttp, requestTimeoutSeconds, recoveryTimeoutSeconds, ` +
          "activationTimeoutSeconds, recoveryWindowMinutes, maxRetries, requestsPerSecond, listSeller.",
      );
    },
  );

  test("the settings themselves: no problem", () => {
    expect(settingNames.map((name) => nameProblem(name))).toEqual(settingNames.map(() => undefined));
  });

  test("text after the first word, which may be a value: left out", () => {
    const names = ["apiKey=1234$abcdef", "1234$abcdef", "region: a\nb"];
    const shown = names.map((name) => nameProblem(name)?.split(" is no setting")[0]);
    expect(shown).toEqual(["apiKey…", "1234…", "region…"]);
  });
});
