import { z } from "zod";

/**
 * The provider's settings: the source of each, its valid values, and the error for an invalid one.
 * Imports nothing of this package, so that any file may import it.
 */

const PACKAGE = "gcore-reseller";

const seconds = z.coerce.number().positive().max(3600);

const schema = z.object({
  apiKey: z
    .string("is missing")
    .min(1, "is empty")
    .regex(
      /^[!#-&(-_a-~]*$/,
      "contains spaces, quotes, line breaks or non-ASCII characters: use the key alone, such as 1234$abcdef",
    ),
  baseUrl: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).default("https://api.gcore.com"),
  // A boolean from an explicit Provider, text from the other sources.
  allowInsecureHttp: z.union([z.boolean(), z.stringbool()]).default(false),
  requestTimeoutSeconds: seconds.default(30),
  recoveryTimeoutSeconds: seconds.default(60),
  recoveryWindowMinutes: z.coerce.number().min(0).max(10_080).default(60),
  maxRetries: z.coerce.number().int().min(0).max(50).default(5),
  requestsPerSecond: z.coerce.number().positive().max(10_000).optional(),
});

/** All settings, with defaults applied. Durations are in the unit of the name. */
export type Settings = z.output<typeof schema>;
type SettingName = keyof Settings;

/** The names of all settings, as stack config (`gcore-reseller:<name>`) and `Provider` spell them. */
export const settingNames = Object.keys(schema.shape) as SettingName[];

/** Key of a setting in stack config: `gcore-reseller:apiKey`. */
export const configKey = (name: string) => `${PACKAGE}:${name}`;

/** Config key that marks an explicit `Provider`, which never uses the environment: its accounts belong to its own reseller. */
export const explicitProviderKey = configKey("explicitProvider");

/** Environment variable of a setting. The names of the key and the URL are those of Gcore's own SDKs. */
export function environmentVariable(name: SettingName): string {
  if (name === "apiKey") return "GCORE_API_KEY";
  if (name === "baseUrl") return "GCORE_BASE_URL";
  return `GCORE_RESELLER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A setting is missing or invalid. The message names the setting and its sources, never its value. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads and validates all settings.
 *
 * An explicit `Provider` uses its own arguments only. Otherwise the environment comes before stack config: config is frozen in state
 * until the next `up`, so a key rotated in the environment works for refresh and destroy too.
 *
 * @throws {SettingsError} that names every missing or invalid setting.
 */
export function readSettings(
  config: (key: string) => string | undefined,
  environment: Record<string, string | undefined>,
): Settings {
  const explicit = config(explicitProviderKey) !== undefined;
  const given = (name: SettingName) =>
    (explicit ? undefined : environment[environmentVariable(name)] || undefined) ?? config(configKey(name));

  const parsed = schema.safeParse(Object.fromEntries(settingNames.map((name) => [name, given(name)])));
  const problems = parsed.success
    ? insecureUrl(parsed.data).map((problem) => describe("baseUrl", problem, explicit))
    : parsed.error.issues.map((issue) => describe(issue.path[0] as SettingName, issue.message, explicit));
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems.join("\n"));
  return { ...parsed.data, baseUrl: parsed.data.baseUrl.replace(/\/+$/, "") };
}

function describe(name: SettingName, problem: string, explicit: boolean): string {
  const source = explicit ? `the Provider's ${name}` : `${environmentVariable(name)} (or ${configKey(name)})`;
  return `${source}: ${problem}`;
}

/** The key is sent in a header, so plain http is limited to this machine. */
function insecureUrl({ baseUrl, allowInsecureHttp }: Settings): string[] {
  const { protocol, hostname, username } = new URL(baseUrl);
  if (username) return ["must not contain credentials"];
  const local = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (protocol === "https:" || local || allowInsecureHttp) return [];
  return [`is plain http to another machine: use https, or allow it with allowInsecureHttp`];
}
