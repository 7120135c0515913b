import { type Api, openApi } from "./api/transport";
import { readSettings } from "./config";
import type { Definition } from "./engine/define";
import { bindLifecycle } from "./engine/lifecycle";
import { clientUser } from "./resources/client-user";

/**
 * The registry of resource kinds, one export each. Loaded by name in Pulumi's provider process (see engine/dynamic.ts).
 */
export const ClientUser = serve(clientUser);

interface ConfigureRequest {
  config: { get(key: string): string | undefined };
}

/** A process serves one `Provider`, so all kinds share its settings and its connections. */
let session: (() => Api) | undefined;

function serve<I extends object, O extends object>(definition: Definition<I, O>) {
  return {
    configure({ config }: ConfigureRequest) {
      session ??= once(() =>
        openApi(
          readSettings((key) => config.get(key), process.env),
          apiOptions(),
        ),
      );
      return Promise.resolve();
    },
    ...bindLifecycle(definition, () => {
      if (!session) throw new Error("the provider was not configured by the engine");
      return session();
    }),
  };
}

/** Pulumi shows the output of this process to the user. */
const print = (line: string) => process.stderr.write(`${line}\n`);
const apiOptions = () => ({ log: print, ...(process.env.GCORE_RESELLER_DEBUG === "1" && { debug: print }) });

/** Calls `make` until it first succeeds, and returns that result from then on. A failure is not cached: each verb reports it. */
function once<T>(make: () => T): () => T {
  let result: { value: T } | undefined;
  return () => {
    result ??= { value: make() };
    return result.value;
  };
}
