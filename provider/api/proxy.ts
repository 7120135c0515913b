import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback, type Settings, SettingsError } from "../config";

type Environment = Record<string, string | undefined>;

/** The value of a variable; lower case comes first. An empty text counts as not set. */
const variableOf = (environment: Environment, name: string) =>
  environment[name.toLowerCase()] || environment[name] || undefined;

/**
 * The proxy that leads to the API, unless `NO_PROXY` names the host: that of `HTTPS_PROXY` for an https URL, of `HTTP_PROXY`
 * for http. As with Pulumi's own connections, this machine is never reached through a proxy.
 */
export function proxyOf(
  { baseUrl }: Settings,
  environment: Environment,
): { variable: string; url: string } | undefined {
  const { protocol, hostname } = new URL(baseUrl);
  const variable = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = variableOf(environment, variable);
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  // Like other tools, accept a proxy without a scheme.
  return { variable, url: /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}` };
}

/**
 * Connections to the API: direct, or through the proxy of {@link proxyOf}.
 * @throws {SettingsError} when the proxy's URL is invalid. Its value, which may contain a password, is not repeated.
 */
export function createDispatcher(settings: Settings, environment: Environment = process.env): Dispatcher {
  const { requestTimeoutSeconds } = settings;
  const options = { keepAliveTimeout: 10_000, connectTimeout: Math.ceil(requestTimeoutSeconds * 1000) };
  const proxy = proxyOf(settings, environment);
  if (proxy === undefined) return new Agent(options);
  const { variable, url } = proxy;
  const noProxy = variableOf(environment, "NO_PROXY") ?? "";
  try {
    return new EnvHttpProxyAgent({ ...options, httpProxy: url, httpsProxy: url, noProxy });
  } catch {
    throw new SettingsError(`${variable} (environment): must be the URL of a proxy, such as http://proxy.example:3128`);
  }
}
