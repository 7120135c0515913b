import type { AssumptionChanges } from "gcore-reseller-sandbox";
import { clientService } from "../../provider/resources/client-service";
import { type Declared, startWorld } from "./process";
import { markOf, reconcile, register } from "./registration";

/** An account of the reseller, and a declaration of its CDN service at a provider inside the test's process. */
export async function withService(assumptions: AssumptionChanges = {}, settings: Record<string, string> = {}) {
  const world = await startWorld(settings);
  const { api } = world;
  api.sandbox.setAssumptions(assumptions);
  api.sandbox.seed(1);
  const client = Number(api.sandbox.accounts()[0]?.client);
  const path = `/iam/clients/${client}/services`;
  const id = client * 10 + 1;
  const availability = `/iam/products/availability/clients/${client}`;
  /** Each process is a new one, as of another `pulumi up`. */
  const start = (environment?: Record<string, string>) => world.process(environment)(clientService);
  const declare = (more: Declared): Declared => ({
    client,
    name: "CDN",
    origin: markOf("cdn"),
    __provider: "the serialized provider",
    ...more,
  });
  const read = async () => (await api.send("GET", `${path}/${id}`)).body;
  return {
    ...world,
    client,
    id,
    start,
    declare,
    calls: {
      list: `GET ${path}`,
      get: `GET ${path}/${id}`,
      put: `PUT ${path}/${id}`,
      account: `GET /iam/clients/${client}`,
      available: `PATCH ${availability}`,
      reset: `DELETE ${availability}`,
      getAvailability: `GET ${availability}`,
    },
    /** Changes the service outside Pulumi. */
    set: (changes: Parameters<typeof api.sandbox.updateService>[1]) => api.sandbox.updateService(id, changes),
    /** The service as the API shows it. */
    read,
    /** Declares the service anew, as an `up` in a new process does. */
    up: (more: Declared) => register(start(), declare(more)),
    /** An `up` of the service in state. */
    edit: (resource: Awaited<ReturnType<typeof register>>, more: Declared) =>
      reconcile(start(), resource, declare(more)),
    /** A refresh, in a new process. */
    refresh: async ({ id, state }: Awaited<ReturnType<typeof register>>) => {
      const { __provider } = state;
      const found = await start().read(id, state);
      return { id: found.id, state: { ...found.props, __provider } as Declared };
    },
  };
}
