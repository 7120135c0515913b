import "./node-version";
import { openApi } from "./api/transport";
import { readSettings } from "./config";
import type { Definition } from "./engine/define";
import { bindLifecycle } from "./engine/lifecycle";
import { Session } from "./engine/session";
import { dynamicProvider } from "./pulumi/dynamic-provider";
import { engineSignal } from "./pulumi/engine-watch";
import { clientAccount } from "./resources/client-account";
import { clientService } from "./resources/client-service";
import { clientUser } from "./resources/client-user";
import { defaultProductAvailability } from "./resources/default-product-availability";
import { freeFeature } from "./resources/free-feature";
import { paidFeature } from "./resources/paid-feature";
import { seller } from "./resources/seller";

/**
 * Loaded by name in Pulumi's provider process (see pulumi/resource-class.ts). Each export is a resource kind and its verbs,
 * one line each: the registry.
 */
export const ClientUser = serve(clientUser);
export const ClientAccount = serve(clientAccount);
export const DefaultProductAvailability = serve(defaultProductAvailability);
export const FreeFeature = serve(freeFeature);
export const PaidFeature = serve(paidFeature);
export const ClientService = serve(clientService);
export const Seller = serve(seller);

interface ConfigureRequest {
  config: { get(key: string): string | undefined };
}

/** One process serves one `Provider`, so all kinds share its settings, its connections and its claims. */
let session: Session | undefined;

function serve<I extends object, O extends object>(definition: Definition<I, O>) {
  const notConfigured = new Session(() => {
    throw new Error("the provider was not configured by the engine");
  });
  const provider = {
    ...dynamicProvider(bindLifecycle(definition, notConfigured), definition.secrets),
    // Synchronous up to its end: the plugin calls the verbs without waiting for the promise.
    configure({ config }: ConfigureRequest) {
      session ??= startSession((key) => config.get(key));
      Object.assign(provider, dynamicProvider(bindLifecycle(definition, session), definition.secrets));
      return Promise.resolve();
    },
  };
  return provider;
}

function startSession(config: (key: string) => string | undefined): Session {
  const [, , engineAddress] = process.argv;
  const isAddress = engineAddress !== undefined && /^[\w.]+:\d+$/.test(engineAddress);
  const signal = isAddress ? engineSignal(engineAddress) : undefined;
  // After the waits have ended: what they would have started is not sent.
  signal?.addEventListener("abort", () => setImmediate(() => process.exit(1)));
  return new Session(once(() => openApi(readSettings(config, process.env), { ...apiOptions(), signal })));
}

/** Pulumi shows everything that this process prints to the user. */
const print = (line: string) => process.stderr.write(`${line}\n`);
const apiOptions = () => ({ log: print, ...(process.env.GCORE_RESELLER_DEBUG === "1" && { debug: print }) });

/** Keeps the first success. A failure is not kept: every verb reports it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
