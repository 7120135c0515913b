import type { Definition } from "../../provider/engine/define";
import { clientAccount } from "../../provider/resources/client-account";
import { clientService } from "../../provider/resources/client-service";
import { clientUser } from "../../provider/resources/client-user";
import { defaultProductAvailability } from "../../provider/resources/default-product-availability";
import { freeFeature } from "../../provider/resources/free-feature";
import { paidFeature } from "../../provider/resources/paid-feature";
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
  /** Creates the client accounts that must exist before: their IDs then begin with 50001. */
  prepare?(api: TestApi, count: number): unknown;
  /** The kinds of what it belongs to: the n-th resource of each is declared before its own n-th one. */
  belongsTo: readonly string[];
  /** There is one for each reseller: only the first resource can be declared. */
  isSingle?: true;
  /** Name of the n-th resource. */
  name(n: number): string;
  /** What a program declares for the n-th one. A value `$<name>.<output>` is an output of another resource. */
  declare(n: number): Declared;
  /** The calls of each verb. Without `delete`: a destroy leaves it as it is. */
  calls: { create: Calls; read: Calls; delete?: Calls };
  /** A change in place. Left out: there is none. */
  change?: {
    edit: Declared;
    calls: Calls;
    /** Changes it outside Pulumi. */
    outside(api: TestApi, id: string): Promise<unknown>;
  };
  /** IDs of all resources of the kind that tests have created at Gcore. */
  existing(api: TestApi): string[];
  removal?: {
    /** Deletes it outside Pulumi. */
    outside(api: TestApi, id: string): unknown;
    /** What a refresh then makes of it: it stays in state, since what it belongs to exists, or it leaves it. */
    isKeptInState: boolean;
  };
}

/** The types of a kind's properties, which no test of all kinds needs. */
const anyKind = <I extends object, O extends object>(definition: Definition<I, O>) =>
  definition as unknown as Definition;

/** The sandbox has sellers from the start, with lower IDs. */
const FIRST_SELLER_ID = 301;
const FIRST_CLIENT_ID = 50_001;

/** FreeFeature and PaidFeature, which differ in their calls only. */
const feature = (definition: Definition, kind: "free" | "paid", featureId: number): Kind => ({
  definition,
  belongsTo: ["ClientUser"],
  name: (n) => `${kind}-feature-${n}`,
  declare: (n) => ({ client: `$user-${n}.client`, featureId }),
  calls: {
    create: { method: "POST", path: `/iam/admin/${kind}_features` },
    read: { method: "GET", path: "/iam/clients*" },
    delete: { method: "DELETE", path: `/iam/admin/${kind}_features/*` },
  },
  existing: (api) =>
    api.sandbox
      .features()
      .filter((one) => one.kind === kind)
      .map((one) => `${one.client}/${one.feature}`),
  removal: {
    outside: (api, id) => api.sandbox.updateClient(Number.parseInt(id, 10), { features: { [featureId]: false } }),
    isKeptInState: false,
  },
});

export const kinds: readonly Kind[] = [
  {
    definition: anyKind(clientUser),
    belongsTo: [],
    name: (n) => `user-${n}`,
    declare: (n) => ({ email: `user-${n}@acme.example`, password: "their-W0rd-1", company: "Acme" }),
    calls: {
      create: { method: "POST", path: "/iam/users" },
      read: { method: "GET", path: "/iam/clients*" },
      delete: { method: "DELETE", path: "/iam/users/*" },
    },
    change: {
      edit: { company: "Acme SE" },
      calls: { method: "PATCH", path: "/iam/clients/*" },
      outside: (api, id) => api.send("PATCH", `/iam/clients/${id.split("/")[0]}`, { companyName: "Outside" }),
    },
    existing: (api) =>
      api.sandbox
        .accounts()
        .flatMap(({ client, users }) => users.map(({ id, email }) => ({ id: `${client}/${id}`, email })))
        .filter(({ email }) => email.endsWith("@acme.example"))
        .map(({ id }) => id),
    removal: { outside: (api, id) => api.send("DELETE", `/iam/users/${id.split("/")[1]}`), isKeptInState: true },
  },
  {
    definition: anyKind(seller),
    belongsTo: [],
    name: (n) => `seller-${n}`,
    declare: (n) => ({ email: `seller-${n}@reseller.example`, fullName: "Anna Berg", phone: "+49 30 1234567" }),
    calls: {
      create: { method: "POST", path: "/iam/admin/sellers" },
      read: { method: "GET", path: "/iam/admin/sellers/*" },
      delete: { method: "DELETE", path: "/iam/admin/sellers/*" },
    },
    change: {
      edit: { fullName: "Anna Graf" },
      calls: { method: "PATCH", path: "/iam/admin/sellers/*" },
      async outside(api, id) {
        const { body } = await api.send("GET", `/iam/admin/sellers/${id}`);
        await api.send("PATCH", `/iam/admin/sellers/${id}`, { email: body.email, full_name: "Outside" });
      },
    },
    existing: (api) =>
      api.sandbox
        .sellers()
        .filter(({ id, deleted }) => id >= FIRST_SELLER_ID && !deleted)
        .map(({ id }) => String(id)),
    removal: { outside: (api, id) => api.send("DELETE", `/iam/admin/sellers/${id}`), isKeptInState: false },
  },
  {
    definition: anyKind(clientService),
    belongsTo: ["ClientUser"],
    name: (n) => `service-${n}`,
    declare: (n) => ({ client: `$user-${n}.client`, name: "CDN", available: true, status: "active", enabled: true }),
    calls: {
      create: { method: "PUT", path: "/iam/clients/*/services/*" },
      read: { method: "GET", path: "/iam/clients*" },
    },
    change: {
      edit: { status: "paused" },
      calls: { method: "PUT", path: "/iam/clients/*/services/*" },
      outside(api, id) {
        const client = Number.parseInt(id, 10);
        return api.send("PUT", `/iam/clients/${client}/services/${client}1`, { status: "paused" });
      },
    },
    existing: (api) =>
      api.sandbox
        .services()
        .filter(({ name }) => name === "CDN")
        .map(({ client, name }) => `${client}/${name}`),
  },
  feature(anyKind(freeFeature), "free", 61),
  feature(anyKind(paidFeature), "paid", 62),
  {
    definition: anyKind(clientAccount),
    prepare: (api, count) => api.sandbox.seed(count),
    belongsTo: [],
    name: (n) => `account-${n}`,
    declare: (n) => ({ client: FIRST_CLIENT_ID + n, company: "Declared", customId: `crm-${n}` }),
    calls: {
      create: { method: "PATCH", path: "/iam/clients/*" },
      read: { method: "GET", path: "/iam/clients*" },
    },
    change: {
      edit: { company: "Declared SE" },
      calls: { method: "PATCH", path: "/iam/clients/*" },
      outside: (api, id) => api.send("PATCH", `/iam/clients/${id}`, { companyName: "Outside" }),
    },
    existing: (api) =>
      api.sandbox
        .accounts()
        .filter(({ custom_id }) => custom_id?.startsWith("crm-"))
        .map(({ client }) => String(client)),
  },
  {
    definition: anyKind(defaultProductAvailability),
    // Only client accounts show which reseller the key belongs to.
    prepare: (api) => api.sandbox.seed(1),
    belongsTo: [],
    isSingle: true,
    name: (n) => `defaults-${n}`,
    declare: () => ({ products: [{ productName: "CLOUD", available: true }] }),
    calls: {
      create: { method: "PATCH", path: "/iam/products/availability/defaults" },
      read: { method: "GET", path: "/iam/products/availability/defaults" },
    },
    change: {
      edit: { products: [{ productName: "CLOUD", available: false }] },
      calls: { method: "PATCH", path: "/iam/products/availability/defaults" },
      outside: (api) =>
        api.send("PATCH", "/iam/products/availability/defaults", { product_name: "CLOUD", available: false }),
    },
    existing: () => ["default"],
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
