import type { Definition } from "../../provider/engine/define";
import { clientService } from "../../provider/resources/client-service";
import { clientUser } from "../../provider/resources/client-user";
import { seller } from "../../provider/resources/seller";
import type { TestApi } from "./api";
import type { Declared } from "./process";

/**
 * Every kind of resource, as the tests that are the same for all kinds need it: test/faults/kinds.test.ts,
 * test/engine/every-fault.test.ts and the soak. A new kind is one more row.
 */

/** Calls by method and path, as a fault selects them. */
interface Calls {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
}

export interface Kind {
  definition: Definition;
  /** The kinds of what it belongs to: the n-th resource of each is declared before its own n-th one. */
  belongsTo: readonly string[];
  /** Name of the n-th resource. */
  name(n: number): string;
  /** What a program declares for the n-th one. A value `$<name>.<output>` is an output of another resource. */
  declare(n: number): Declared;
  /** Inputs that are changed in place. */
  edit: Declared;
  /** The calls of each verb. Without `delete`: a destroy leaves it as it is. */
  calls: { create: Calls; read: Calls; change: Calls; delete?: Calls };
  /** IDs of all resources of the kind that tests have created at Gcore. */
  existing(api: TestApi): string[];
  /** Changes it outside Pulumi. */
  drift(api: TestApi, id: string): Promise<unknown>;
  /** Deletes it outside Pulumi. Left out: no call does. */
  remove?(api: TestApi, id: string): Promise<unknown>;
  /** What a refresh then makes of it: it leaves the state, or it stays, since what it belongs to exists. */
  isKeptInState: boolean;
}

/** The types of a kind's properties, which no test of all kinds needs. */
const anyKind = <I extends object, O extends object>(definition: Definition<I, O>) =>
  definition as unknown as Definition;

/** The sandbox has sellers from the start, with lower IDs. */
const FIRST_SELLER_ID = 301;

export const kinds: readonly Kind[] = [
  {
    definition: anyKind(clientUser),
    belongsTo: [],
    name: (n) => `user-${n}`,
    declare: (n) => ({ email: `user-${n}@acme.example`, password: "their-W0rd-1", company: "Acme" }),
    edit: { company: "Acme SE" },
    calls: {
      create: { method: "POST", path: "/iam/users" },
      read: { method: "GET", path: "/iam/clients*" },
      change: { method: "PATCH", path: "/iam/clients/*" },
      delete: { method: "DELETE", path: "/iam/users/*" },
    },
    existing: (api) => api.sandbox.accounts().flatMap(({ client, users }) => users.map(({ id }) => `${client}/${id}`)),
    drift: (api, id) => api.send("PATCH", `/iam/clients/${id.split("/")[0]}`, { companyName: "Outside" }),
    remove: (api, id) => api.send("DELETE", `/iam/users/${id.split("/")[1]}`),
    isKeptInState: true,
  },
  {
    definition: anyKind(clientService),
    belongsTo: ["ClientUser"],
    name: (n) => `service-${n}`,
    declare: (n) => ({ client: `$user-${n}.client`, name: "CDN", available: true, status: "active", enabled: true }),
    edit: { status: "paused" },
    calls: {
      create: { method: "PUT", path: "/iam/clients/*/services/*" },
      read: { method: "GET", path: "/iam/clients*" },
      change: { method: "PUT", path: "/iam/clients/*/services/*" },
    },
    existing(api) {
      const accounts = api.sandbox.accounts().filter(({ deleted }) => !deleted);
      const services = api.sandbox.services().filter(({ name }) => name === "CDN");
      return services
        .filter((service) => accounts.some(({ client }) => client === service.client))
        .map(({ client, name }) => `${client}/${name}`);
    },
    drift: (api, id) =>
      api.send("PUT", `/iam/clients/${parseInt(id, 10)}/services/${parseInt(id, 10)}1`, { status: "paused" }),
    isKeptInState: false,
  },
  {
    definition: anyKind(seller),
    belongsTo: [],
    name: (n) => `seller-${n}`,
    declare: (n) => ({ email: `seller-${n}@reseller.example`, fullName: "Anna Berg", phone: "+49 30 1234567" }),
    edit: { fullName: "Anna Graf" },
    calls: {
      create: { method: "POST", path: "/iam/admin/sellers" },
      read: { method: "GET", path: "/iam/admin/sellers/*" },
      change: { method: "PATCH", path: "/iam/admin/sellers/*" },
      delete: { method: "DELETE", path: "/iam/admin/sellers/*" },
    },
    existing: (api) =>
      api.sandbox
        .sellers()
        .filter(({ id, deleted }) => id >= FIRST_SELLER_ID && !deleted)
        .map(({ id }) => String(id)),
    async drift(api, id) {
      const { body } = await api.send("GET", `/iam/admin/sellers/${id}`);
      await api.send("PATCH", `/iam/admin/sellers/${id}`, { email: body.email, full_name: "Outside" });
    },
    remove: (api, id) => api.send("DELETE", `/iam/admin/sellers/${id}`),
    isKeptInState: false,
  },
];

export function kindOf(name: string): Kind {
  const kind = kinds.find(({ definition }) => definition.kind === name);
  if (!kind) throw new Error(`test/support/kinds.ts has no row for ${name}`);
  return kind;
}

/** Resources of a program by name; those that another one belongs to stand before it. */
export type Resources = Record<string, { kind: string } & Declared>;

/** The n-th resource of a kind, with `more` inputs. */
export const resourceOf = (kind: Kind, n: number, more: Declared = {}): Resources => ({
  [kind.name(n)]: { kind: kind.definition.kind, ...kind.declare(n), ...more },
});

/** What the n-th resource of a kind belongs to, at any distance. */
export const parentsOf = (kind: Kind, n: number): Resources =>
  Object.assign(
    {},
    ...kind.belongsTo.map(kindOf).map((parent) => ({ ...parentsOf(parent, n), ...resourceOf(parent, n) })),
  );
