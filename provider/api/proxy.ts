import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback, type Settings, SettingsError } from "../config";

/**
 * Connections to the API: direct, or through the proxy that `HTTPS_PROXY` (for an https URL) or `HTTP_PROXY` (for http)
 * names, unless `NO_PROXY` names the host. Lower case variables count too, and come first. As with Pulumi's own
 * connections, this machine is never reached through a proxy.
 * @throws {SettingsError} when the proxy's URL is invalid. Its value, which may contain a password, is not repeated.
 */
export function createDispatcher(
  { baseUrl, requestTimeoutSeconds }: Settings,
  environment: Record<string, string | undefined> = process.env,
): Dispatcher {
  const options = { keepAliveTimeout: 10_000, connectTimeout: Math.ceil(requestTimeoutSeconds * 1000) };
  const { protocol, hostname } = new URL(baseUrl);
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = variable(name);
  if (proxy === undefined || isLoopback(hostname)) return new Agent(options);
  // Like other tools, accept a proxy without a scheme.
  const uri = /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  try {
    return new EnvHttpProxyAgent({ ...options, httpProxy: uri, httpsProxy: uri, noProxy: variable("NO_PROXY") ?? "" });
  } catch {
    throw new SettingsError(`${name} (environment): must be the URL of a proxy, such as http://proxy.example:3128`);
  }
}
