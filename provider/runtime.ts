import { type Api, openApi } from "./api/transport";
import { readSettings } from "./config";
import type { Definition } from "./engine/define";
import { bindLifecycle } from "./engine/lifecycle";
import { clientUser } from "./resources/client-user";

/**
 * Loaded by name in Pulumi's provider process (see engine/dynamic.ts). Each export is the kind of a resource and its
 * verbs, one line each: the registry.
 */
export const ClientUser = serve(clientUser);

interface ConfigureRequest {
  config: { get(key: string): string | undefined };
}

/** One process serves one `Provider`, so all kinds share its settings and its connections. */
let session: (() => Api) | undefined;

function serve<I extends object, O extends object>(definition: Definition<I, O>) {
  return {
    configure({ config }: ConfigureRequest) {
      session ??= once(() =>
        openApi(
          readSettings((key) => config.get(key), process.env),
          surroundings(),
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

/** Pulumi shows the user whatever this process prints. */
const print = (line: string) => process.stderr.write(`${line}\n`);
const surroundings = () => ({ tell: print, ...(process.env.GCORE_RESELLER_DEBUG === "1" && { debug: print }) });

/** Keeps the first success; a failure is asked again, since every verb must tell it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
