import { ResourceError } from "../engine/failures";
import type { Difference, Lifecycle } from "../engine/lifecycle";
import type { Properties } from "../engine/properties";
import { decodeUnknowns, encodeUnknowns } from "./unknowns";

/**
 * A lifecycle in the dialect of Pulumi's dynamic providers: the serialized provider among the properties, unknown values as a
 * text, secrets wrapped. Loaded in Pulumi's provider process, without `@pulumi/pulumi`.
 */

/** How the SDK marks a wrapped value, and a secret among those. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** A difference as the engine expects it. */
function toDiffResult(difference: Difference) {
  switch (difference.is) {
    case "none":
      return { changes: false };
    case "resource":
      return { changes: true };
    // Without `changes` the engine compares the inputs itself and names each property in the preview.
    case "inputs":
      return {};
    case "replacement":
      return { replaces: [...difference.inputs], deleteBeforeReplace: difference.first === "delete" };
  }
}

/**
 * The verbs as Pulumi's plugin calls them.
 * @param secrets inputs that `check` returns as secrets, because a transformation may have added them in the clear.
 */
export function dynamicProvider(lifecycle: Lifecycle, secrets: readonly string[]) {
  return {
    async check(olds: Properties, news: Properties) {
      const { inputs, failures } = await lifecycle.check(withoutProvider(olds), decodeUnknowns(withoutProvider(news)));
      return {
        inputs: withSecrets(encodeUnknowns(inputs), secrets),
        // With a property the engine prints its value, which may be a secret: the path is in the text instead.
        failures: failures.map(({ path, reason }) => ({ property: "", reason: path ? `${path}: ${reason}` : reason })),
      };
    },

    async diff(id: string, olds: Properties, news: Properties) {
      return toDiffResult(await lifecycle.diff(id, withoutProvider(olds), decodeUnknowns(withoutProvider(news))));
    },

    async create(inputs: Properties) {
      const { id, state } = await withSubject(inputs, lifecycle.create(withoutProvider(inputs)));
      return { id, outs: state };
    },

    async read(id: string, properties: Properties) {
      const stored = await lifecycle.read(id, withoutProvider(properties));
      // An empty ID means that the resource no longer exists.
      return stored ? { id: stored.id, props: stored.state, inputs: stored.inputs } : { id: "", props: {} };
    },

    async update(id: string, olds: Properties, news: Properties) {
      return {
        outs: await withSubject(news, lifecycle.update(id, withoutProvider(olds), withoutProvider(news))),
      };
    },

    delete: (id: string, properties: Properties) => lifecycle.delete(id, withoutProvider(properties)),
  };
}

const withoutProvider = ({ __provider, ...properties }: Properties): Properties => properties;

/**
 * An error of create or update as Pulumi shows it: by its message only, so that names the resource too. If the error has an
 * ID and properties, Pulumi stores them and shows only `reasons`. Without the provider among the properties the next refresh
 * would fail.
 */
async function withSubject<T>({ __provider }: Properties, result: Promise<T>): Promise<T> {
  return result.catch((error) => {
    if (!(error instanceof ResourceError)) throw error;
    error.message = `${error.subject}: ${error.message}`;
    if (!error.reached) throw error;
    const { id, state } = error.reached;
    throw Object.assign(error, { id, properties: { ...state, __provider }, reasons: [error.message] });
  });
}

function withSecrets(inputs: Properties, secrets: readonly string[]): Properties {
  const wrapped = secrets
    .filter((name) => inputs[name] != null)
    .map((name) => [name, { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: inputs[name] }]);
  return { ...inputs, ...Object.fromEntries(wrapped) };
}
