import {
  type ComponentResourceOptions,
  type Input,
  type Output,
  output,
  ProviderResource,
  secret,
} from "@pulumi/pulumi";
import { configKey, explicitProviderKey, nameProblem } from "../config";

/** Settings of an explicit {@link Provider}. An omitted setting has its default; environment variables are not read. */
export interface ProviderArgs {
  /** API key of the reseller, such as 1234$abcdef. Always secret. */
  apiKey: Input<string>;
  /** Base URL of the API. Default: https://api.gcore.com */
  baseUrl?: Input<string> | undefined;
  /** Allows unencrypted HTTP to a host other than this machine. Default: false. */
  allowInsecureHttp?: Input<boolean> | undefined;
  /** Deadline of one request, in seconds, connecting included. Default: 30. */
  requestTimeoutSeconds?: Input<number> | undefined;
  /** Deadline of the lookup of an account whose creation got no reply, in seconds. Default: 60. */
  recoveryTimeoutSeconds?: Input<number> | undefined;
  /** Deadline of the activation of a service, in seconds. Default: 1200. */
  activationTimeoutSeconds?: Input<number> | undefined;
  /**
   * Maximum age of what an earlier run created and this one recovers, in minutes: an account with your own `customId`, by email
   * address and password, or a seller. 0 = never. Default: 0.
   */
  recoveryWindowMinutes?: Input<number> | undefined;
  /** Maximum number of retries of a request after a transient failure; waiting after 429 does not count. Default: 5. */
  maxRetries?: Input<number> | undefined;
  /** Maximum number of requests per second. Default: no limit. */
  requestsPerSecond?: Input<number> | undefined;
  /**
   * ID of the seller whose accounts a refresh or destroy reads by pages, `GET /iam/clients?seller_id=…`: for a stack whose accounts
   * have this seller. An account that is not on these pages is read singly, so a wrong ID costs requests and nothing else. Without
   * it the pages have the accounts of all sellers.
   */
  listSeller?: Input<number> | undefined;
}

/**
 * An explicit provider, for a second reseller in the same program: resources and functions with `{ provider }` use its API
 * key.
 *
 * In the option `providers` of a component it applies to all dynamic resources in it, also to those of other packages: they
 * then run in its process, with its config. A resource whose `provider` is changed to another reseller's keeps its ID, which the
 * new key cannot see: the next edit or refresh is an error until the option is changed back.
 *
 * @example
 * ```ts
 * const other = new gcore.Provider("other", { apiKey: config.requireSecret("otherApiKey") });
 * const args: gcore.ClientUserArgs = {
 *   email: "it@acme.example",
 *   password: config.requireSecret("acmePassword"),
 *   company: "Acme Ltd",
 * };
 * new gcore.ClientUser("acme", args, { provider: other });
 * const sellers = gcore.getSellersOutput({}, { provider: other });
 * ```
 */
export class Provider extends ProviderResource {
  /**
   * The settings by config key, for functions, which run in the program's process.
   * @internal
   */
  readonly config: Output<unknown>;

  constructor(name: string, args: ProviderArgs, opts?: ComponentResourceOptions) {
    const problems = Object.keys(args).flatMap((setting) => nameProblem(setting) ?? []);
    if (problems.length > 0) throw new Error(`Provider ${name}: ${problems.join(" ")}`);
    const settings = Object.entries({ ...args, apiKey: secret(args.apiKey) });
    const entries = settings.map(([setting, value]) => [configKey(setting), value]);
    const config = { ...Object.fromEntries(entries), [explicitProviderKey]: "true" };
    super("pulumi-nodejs", name, config, opts);
    this.config = output(config);
  }
}
