import "./node-version";
import { z } from "zod";
import { proxyOf } from "./api/proxy";
import { mayLackSecret, openApi } from "./api/transport";
import { readSettings } from "./config";

/**
 * GET requests whose replies are returned as they are, for tools that compare Gcore's API with what this package assumes of
 * it. A program has the functions of the package.
 */
export interface Reader {
  /** URL of the API. */
  readonly baseUrl: string;
  /** The environment variable that names the proxy to the API; undefined without a proxy. */
  readonly proxy: string | undefined;
  /** Whether the key has a known form, `1234$abcdef` or `42_abcdef`. One that has none may have lost its end in a shell. */
  readonly isKnownKeyForm: boolean;
  /**
   * The JSON of the reply: `GET <path>`.
   * @throws with the reply's `status` and, for a 404 by the API itself, the `name` "NotFoundError".
   */
  get(path: string, query?: Record<string, string | number>): Promise<unknown>;
}

/**
 * Opens a {@link Reader} with the settings of the environment. Sends nothing until the first call.
 * @param log shows one line to the user, for example the reason of a long wait.
 * @throws when a setting is missing or invalid; it names each one.
 */
export function openReader(environment: Record<string, string | undefined>, log: (line: string) => void): Reader {
  const settings = readSettings(() => undefined, environment);
  const api = openApi(settings, { log });
  return {
    baseUrl: settings.baseUrl,
    proxy: proxyOf(settings, environment)?.variable,
    isKnownKeyForm: !mayLackSecret(settings.apiKey),
    get: (path, query = {}) => api.send({ method: "GET", path, query, reply: z.unknown() }),
  };
}
