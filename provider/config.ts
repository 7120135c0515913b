import { z } from "zod";

/**
 * The provider's settings: the source of each, its valid values, and the error for an invalid one.
 * Imports nothing of this package, so that any file may import it.
 */

/** The namespace of the settings in stack config. */
export const PACKAGE = "gcore-reseller";

/** A number: as it is from an explicit Provider, as text in plain decimal digits from the other sources. */
function decimal(range: string, isInRange: (value: number) => boolean) {
  const error = `must be ${range}, in plain decimal digits`;
  const text = z
    .string()
    .regex(/^\d+(\.\d+)?$/, error)
    .transform(Number);
  return z.union([z.number(), text], error).refine((value) => value >= 0 && isInRange(value), error);
}

const seconds = decimal("a number above 0 and at most 3600", (value) => value > 0 && value <= 3600);

const schema = z.object({
  apiKey: z
    .string("is missing")
    .regex(
      /^[!#-&(-_a-~]*$/,
      "contains spaces, quotes, line breaks or non-ASCII characters: use the key alone, such as 1234$abcdef or 42_abcdef",
    ),
  baseUrl: z
    .url({ protocol: /^https?$/, error: "must be an http(s) URL" })
    .regex(/^[^?#]*$/, "must not contain ? or #")
    .default("https://api.gcore.com"),
  // A boolean from an explicit Provider, text from the other sources.
  allowInsecureHttp: z.union([z.boolean(), z.stringbool()], "must be true or false").default(false),
  requestTimeoutSeconds: seconds.default(30),
  recoveryTimeoutSeconds: seconds.default(60),
  activationTimeoutSeconds: seconds.default(1200),
  recoveryWindowMinutes: decimal("a number from 0 to 10080", (value) => value <= 10_080).default(0),
  maxRetries: decimal("a whole number from 0 to 50", (value) => Number.isInteger(value) && value <= 50).default(5),
  requestsPerSecond: decimal("a number above 0 and at most 10000", (value) => value > 0 && value <= 10_000).optional(),
  listSeller: decimal(
    "the ID of a seller, a whole number above 0",
    (value) => value > 0 && Number.isSafeInteger(value),
  ).optional(),
});

/** Where a setting was found: stack config, the environment, or the arguments of an explicit `Provider`. */
export type SettingSource = "config" | "environment" | "provider";

/** All settings, with defaults applied. Durations are in the unit of the name. */
export interface Settings extends z.output<typeof schema> {
  apiKeySource: SettingSource;
}
type SettingName = keyof typeof schema.shape;

/** The names of all settings, as stack config (`gcore-reseller:<name>`) and `Provider` spell them. */
export const settingNames = Object.keys(schema.shape) as SettingName[];

/** Key of a setting in stack config: `gcore-reseller:apiKey`. */
export const configKey = (name: string) => `${PACKAGE}:${name}`;

/** Config key that marks an explicit `Provider`. It never uses the environment: its accounts belong to its own reseller. */
export const explicitProviderKey = configKey("explicitProvider");

/** What is wrong with a name that is no setting; undefined for a setting. `spell`: the name as the user writes it. */
export function nameProblem(name: string, spell = (setting: string) => setting): string | undefined {
  if (settingNames.some((setting) => setting === name)) return undefined;
  // `pulumi config set gcore-reseller:apiKey=<key>` makes the value a part of the name, so only the first word is shown.
  const shown = name.replace(/[^\w-].*/s, "…");
  return `${spell(shown)} is no setting; there are ${settingNames.join(", ")}.`;
}

/** Environment variable of a setting. The names of the key and the URL are those of Gcore's own SDKs. */
export function environmentVariable(name: SettingName): string {
  if (name === "apiKey") return "GCORE_API_KEY";
  if (name === "baseUrl") return "GCORE_BASE_URL";
  return `GCORE_RESELLER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A setting is missing or invalid. The message names the setting and its source, never its value. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads and validates all settings. An empty text counts as not set.
 *
 * An explicit `Provider` uses its own arguments only. Otherwise stack config comes before the environment, so that a key
 * left in a shell never sends a stack's accounts to another reseller. For the same reason the key and the URL must come
 * from one source.
 *
 * @throws {SettingsError} that names every missing or invalid setting.
 */
export function readSettings(
  config: (key: string) => string | undefined,
  environment: Record<string, string | undefined>,
): Settings {
  const isExplicit = config(explicitProviderKey) !== undefined;
  const given = Object.fromEntries(
    settingNames.map((name) => {
      const fromConfig = config(configKey(name));
      if (isSet(fromConfig)) return [name, { value: fromConfig, source: isExplicit ? "provider" : "config" }];
      const fromEnvironment = isExplicit ? undefined : environment[environmentVariable(name)];
      return [name, isSet(fromEnvironment) ? { value: fromEnvironment, source: "environment" } : undefined];
    }),
  ) as Record<SettingName, { value: string; source: SettingSource } | undefined>;

  const sourceOf = (name: SettingName) => given[name]?.source ?? (isExplicit ? "provider" : undefined);
  const parsed = schema.safeParse(Object.fromEntries(settingNames.map((name) => [name, given[name]?.value])));
  const problems = parsed.success
    ? urlProblems(parsed.data).map((problem) => `${label("baseUrl", sourceOf("baseUrl"))}: ${problem}`)
    : parsed.error.issues.map(({ path, message }) => {
        const name = path[0] as SettingName;
        return `${label(name, sourceOf(name))}: ${message}`;
      });
  const [keySource, urlSource] = [given.apiKey?.source, given.baseUrl?.source];
  if (keySource && urlSource && keySource !== urlSource) {
    problems.push(
      `the API key is from ${label("apiKey", keySource)} and the URL from ${label("baseUrl", urlSource)}: set both in ` +
        "stack config or both in the environment",
    );
  }
  if (!parsed.success || !keySource || problems.length > 0) throw new SettingsError(problems.join("\n"));
  return { ...parsed.data, baseUrl: parsed.data.baseUrl.replace(/\/+$/, ""), apiKeySource: keySource };
}

const isSet = (value: string | undefined) => value !== undefined && value !== "";

/** A setting as the user set it, or could set it when `source` is undefined. */
function label(name: SettingName, source: SettingSource | undefined): string {
  if (source === "provider") return `the Provider's ${name}`;
  const [inConfig, inEnvironment] = [`${configKey(name)} (stack config)`, `${environmentVariable(name)} (environment)`];
  if (source === undefined) return `${inConfig} or ${inEnvironment}`;
  return source === "config" ? inConfig : inEnvironment;
}

/** Whether a URL's host is this machine. */
export const isLoopback = (hostname: string) =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** The key is sent in a header, so plain http is limited to this machine. */
function urlProblems({ baseUrl, allowInsecureHttp }: z.output<typeof schema>): string[] {
  const { protocol, hostname, username } = new URL(baseUrl);
  if (username) return ["must not contain credentials"];
  if (protocol === "https:" || isLoopback(hostname) || allowInsecureHttp) return [];
  return ["is plain http to another machine: use https, or allow it with allowInsecureHttp"];
}
