import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { GcoreError } from "../api/errors";
import type { Api } from "../api/transport";
import { readSettings, SettingsError } from "../config";
import type { Provider } from "./provider";
import { warnOfStackConfig } from "./stack-config";

/**
 * Functions that read from the API. A dynamic provider serves none, so they run in the program's process, at every preview and
 * every update; that is why they only send GET requests.
 */

/** Options of a function. */
export interface FunctionOptions {
  /** The provider whose settings are used. Default: the stack's own settings. */
  provider?: Provider | undefined;
}

/** Options of a function's `Output` form. */
export interface FunctionOutputOptions extends FunctionOptions {
  /** Resources that must exist before the call. While one of them is still to be created, the result is unknown. */
  dependsOn?: pulumi.InvokeOutputOptions["dependsOn"];
}

/** Arguments of a function's `Output` form: each may be an output. */
export type OutputArgs<Args> = { [K in keyof Args]: pulumi.Input<Wrapped<Args[K]>> };
type Wrapped<T> = T extends readonly (infer E)[] ? readonly pulumi.Input<E>[] : T;

/**
 * A failure that the program's author can understand without a stack trace.
 * @internal
 */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** @internal */
interface Named {
  name: string;
  /** Schema of the arguments. Strict, so that a misspelt one is reported. */
  schema: z.ZodType;
}

/**
 * A function of the API: its name, its arguments, and its calls.
 * @internal
 */
export interface FunctionDefinition<Args, Result> extends Named {
  call(api: Api, args: Args): Promise<Result>;
}

/**
 * Both forms of a function: with plain arguments and a promise, and with inputs and an output.
 * @internal
 */
export function defineFunction<Args extends object, Result>(definition: FunctionDefinition<Args, Result>) {
  const { name } = definition;
  const run = async (config: Config, args: Args): Promise<Result> => {
    const mocked = mockedResult(name, args);
    return mocked ? ((await mocked) as Result) : definition.call(await apiOf(config), checked(definition, args));
  };
  const reported = (error: unknown): never => {
    throw readable(name, error);
  };

  return {
    plain: (args: Args, opts: FunctionOptions = {}): Promise<Result> =>
      knownConfig(name, opts.provider)
        .then((config) => run(config, args))
        .catch(reported),
    output(args: OutputArgs<Args>, opts: FunctionOutputOptions = {}): pulumi.Output<Result> {
      const { provider, dependsOn } = opts;
      // Read now: later another stack of the same process may be the current one.
      const config = provider ? pulumi.unsecret(provider.config) : stackConfig();
      const declared = pulumi.output(plainDates(args));
      const inputs = pulumi.all([declared, config, whenCreated(dependsOn)]);
      const result = inputs.apply(([values, known]) =>
        run(known as Config, values as Args).catch(async (error) =>
          reported((await pulumi.isSecret(declared)) ? withoutTexts(error, values) : error),
        ),
      );
      return result as pulumi.Output<Result>;
    },
  };
}

/**
 * A function that returns its items page by page, each page when it is needed. It has no `Output` form.
 * @internal
 */
export interface IterableDefinition<Args, Item> extends Named {
  pages(api: Api, args: Args): AsyncIterable<Item[]>;
}

/**
 * The items of an {@link IterableDefinition}.
 * @internal
 */
export async function* iterate<Args extends object, Item>(
  definition: IterableDefinition<Args, Item>,
  args: Args,
  { provider }: FunctionOptions = {},
): AsyncGenerator<Item, void, void> {
  const { name } = definition;
  const mocked = mockedResult(name, args);
  if (mocked) return yield* (await mocked) as Item[];
  try {
    const api = await apiOf(await knownConfig(name, provider));
    for await (const page of definition.pages(api, checked(definition, args))) yield* page;
  } catch (error) {
    throw readable(name, error);
  }
}

/** An error after the name of the function; without a stack trace where the text is enough. */
function readable(name: string, error: unknown): unknown {
  const isExpected = [GcoreError, SettingsError, FunctionError].some((type) => error instanceof type);
  return isExpected ? new pulumi.RunError(`${name}: ${(error as Error).message}`) : error;
}

/** The error without the texts among the arguments, one of which is secret. */
function withoutTexts(error: unknown, args: object): unknown {
  if (!(error instanceof Error)) return error;
  const texts = Object.values(args).filter((value) => typeof value === "string" && value !== "");
  for (const text of texts.flatMap((value) => [JSON.stringify(value), value]))
    error.message = error.message.replaceAll(text, "[secret]");
  return error;
}

function checked<Args extends object>({ name, schema }: Named, args: Args): Args {
  const [outputArgument] = Object.entries(args).filter(([, value]) => pulumi.Output.isInstance(value));
  if (outputArgument) throw new FunctionError(`${outputArgument[0]}: is an Output: use ${name}Output.`);
  const parsed = schema.safeParse(plainDates(args));
  if (parsed.success) return parsed.data as Args;
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(": "));
  throw new FunctionError(`${problems.join("; ")}.`);
}

/** A Date would become an empty object in an Output. */
const plainDates = <Args extends object>(args: Args): Args =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  ) as Args;

/** Settings by config key. */
type Config = Record<string, unknown>;

function stackConfig(): Config {
  warnOfStackConfig();
  return pulumi.runtime.allConfig();
}

/** What an Output has beyond the SDK's declarations. */
interface OutputInternals<T> {
  isKnown: Promise<boolean>;
  promise(): Promise<T>;
}

/** @throws {FunctionError} instead of waiting for ever for what only an update will know. */
async function knownConfig(name: string, provider: Provider | undefined): Promise<Config> {
  if (!provider) return stackConfig();
  const config = provider.config as unknown as OutputInternals<Config>;
  if (await config.isKnown) return config.promise();
  throw new FunctionError(`a setting of the Provider is not known before the update: use ${name}Output.`);
}

const apis = new Map<string, Api>();

/** One Api for all functions with the same settings: they share its connections and its rate limit. */
async function apiOf(config: Config): Promise<Api> {
  const text = (key: string) => (config[key] === undefined ? undefined : String(config[key]));
  const settings = readSettings(text, process.env);
  const key = JSON.stringify(settings);
  const print = (line: string) => void process.stderr.write(`${line}\n`);
  // Without an engine, as in a script, the SDK would print to standard output, which may be the script's result.
  const log = (line: string) => (pulumi.runtime.hasEngine() ? void pulumi.log.info(line) : print(line));
  const debug = process.env.GCORE_RESELLER_DEBUG === "1" && { debug: print };
  // Loaded by the first call: it takes as long as the rest of the package, and most programs call no function.
  const { openApi } = await import("../api/transport.js");
  const api = apis.get(key) ?? openApi(settings, { log, ...debug });
  apis.set(key, api);
  return api;
}

/** Known once the resources exist, of a component those that it contains. */
function whenCreated(dependsOn: FunctionOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  return pulumi.output(dependsOn).apply((resources) => {
    const all = [resources ?? []].flat() as unknown as pulumi.Resource[];
    return pulumi.all(all.map((resource) => idOf(resource)));
  });
}

function idOf(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  // Not in the SDK's declarations.
  const { __childResources: children = new Set<pulumi.Resource>() } = resource as unknown as {
    __childResources?: Set<pulumi.Resource>;
  };
  return resource.urn.apply(() => pulumi.all([...children].map(idOf)));
}

/** The result by the mocks of a program's unit test, under the token that a function of a generated SDK would have. */
function mockedResult(name: string, inputs: object): Promise<unknown> | undefined {
  // Not in the SDK's declarations.
  const { mocks } = (pulumi.runtime.getMonitor() ?? {}) as { mocks?: pulumi.runtime.Mocks };
  return mocks && Promise.resolve(mocks.call({ token: `gcore-reseller:index:${name}`, inputs }));
}
