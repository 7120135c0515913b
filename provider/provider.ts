import { type ComponentResourceOptions, type Input, ProviderResource, secret } from "@pulumi/pulumi";
import { configKey, explicitProviderKey } from "./config";

/** Settings of an explicit {@link Provider}. What is left out has its default; the environment is not asked. */
export interface ProviderArgs {
  /** API key of the reseller, such as 1234$abcdef. Always secret. */
  apiKey: Input<string>;
  /** Base URL of the API. Default: https://api.gcore.com */
  baseUrl?: Input<string>;
  /** Allows plain http to another host than this machine. Default: false. */
  allowInsecureHttp?: Input<boolean>;
  /** Deadline of one request, in seconds. Default: 30. */
  requestTimeoutSeconds?: Input<number>;
  /** How long to look for an account whose reply was lost, in seconds. Default: 60. */
  recoveryTimeoutSeconds?: Input<number>;
  /** How old an account may be to be taken back by e-mail and password, in minutes; 0 = never. Default: 60. */
  recoveryWindowMinutes?: Input<number>;
  /** How often a request is repeated after a failure that may pass. Default: 5. */
  maxRetries?: Input<number>;
  /** Upper limit of requests a second. Default: none. */
  requestsPerSecond?: Input<number>;
}

/**
 * A second reseller in the same program: resources with `{ provider }` are managed with its key.
 *
 * @example
 * ```ts
 * const other = new gcore.Provider("other", { apiKey: config.requireSecret("otherKey") });
 * new gcore.ClientUser("acme", { ... }, { provider: other });
 * ```
 */
export class Provider extends ProviderResource {
  constructor(name: string, args: ProviderArgs, opts?: ComponentResourceOptions) {
    const settings = Object.entries({ ...args, apiKey: secret(args.apiKey) });
    const config = Object.fromEntries(settings.map(([setting, value]) => [configKey(setting), value]));
    super("pulumi-nodejs", name, { ...config, [explicitProviderKey]: "true" }, opts);
  }
}
