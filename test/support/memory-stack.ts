import { originMark } from "../../provider/engine/origin-mark";
import { kindOf, type Resources } from "./kinds";
import type { Declared, startWorld } from "./process";
import { checkedInputs } from "./registration";

/**
 * A program and its stack inside the test's process: the verbs are called as the engine calls them, and what they return is
 * kept as the engine keeps it. Each command is a provider process of its own unless it is given one.
 */

type World = Awaited<ReturnType<typeof startWorld>>;

interface Stored {
  kind: string;
  id: string;
  state: Declared;
  /** A create or update has failed after a part of it: the next run updates it. */
  isPartial: boolean;
}

interface Options {
  process?: ReturnType<World["process"]>;
  /** The only resources that the command concerns. */
  targets?: readonly string[];
}

const __provider = "the serialized provider";

export function memoryStack(world: World, name = "shop/prod") {
  const [project = "", stack = ""] = name.split("/");
  const resources = new Map<string, Stored>();

  const session = ({ process = world.process(), targets }: Options) => ({
    verbsOf: (kind: string) => process(kindOf(kind).definition),
    isTarget: (resource: string) => targets === undefined || targets.includes(resource),
  });
  type Session = ReturnType<typeof session>;

  const resolve = (value: unknown): unknown => {
    const [, resource = "", output = ""] = /^\$([\w-]+)\.(\w+)$/.exec(String(value)) ?? [];
    return resource === "" ? value : resources.get(resource)?.state[output];
  };
  const inputsOf = (resource: string, { kind: _, ...declared }: Declared): Declared => ({
    ...Object.fromEntries(Object.entries(declared).map(([input, value]) => [input, resolve(value)])),
    origin: originMark(project, stack, resource),
    __provider,
  });

  const register = async ({ verbsOf }: Session, resource: string, declaration: Resources[string]) => {
    const { kind } = declaration;
    const verbs = verbsOf(kind);
    const stored = resources.get(resource);
    const news = await checkedInputs(verbs, stored?.state ?? {}, inputsOf(resource, declaration));
    try {
      if (!stored) {
        const { id, outs } = await verbs.create(news);
        resources.set(resource, { kind, id, state: { ...outs, __provider }, isPartial: false });
        return;
      }
      const { id, state, isPartial } = stored;
      const { changes } = await verbs.diff(id, state, news);
      if (changes === false && !isPartial) return;
      const outs = (await verbs.update(id, state, news)).outs;
      resources.set(resource, { kind, id, state: { ...outs, __provider }, isPartial: false });
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Declared };
      if (id !== undefined) resources.set(resource, { kind, id, state: properties ?? {}, isPartial: true });
      throw error;
    }
  };

  const deleteAll = async ({ verbsOf }: Session, names: string[]) => {
    for (const resource of names.reverse()) {
      const { kind, id, state } = resources.get(resource) as Stored;
      await verbsOf(kind).delete(id, state);
      resources.delete(resource);
    }
  };

  return {
    resources,
    /** Registers the resources of the program in their order, then deletes the others. Stops at the first failure. */
    async up(program: Resources, options: Options = {}) {
      const run = session(options);
      const declared = Object.entries(program).filter(([resource]) => run.isTarget(resource));
      for (const [resource, declaration] of declared) await register(run, resource, declaration);
      await deleteAll(
        run,
        [...resources.keys()].filter((resource) => run.isTarget(resource) && !(resource in program)),
      );
    },
    /** Reads the resources. Returns the names of those whose inputs at Gcore differ from the ones in state. */
    async refresh(options: Options = {}): Promise<string[]> {
      const run = session(options);
      const drifted: string[] = [];
      for (const [resource, { kind, id, state, isPartial }] of [...resources]) {
        if (!run.isTarget(resource)) continue;
        const verbs = run.verbsOf(kind);
        const read = await verbs.read(id, state);
        if (read.id === "") {
          resources.delete(resource);
          continue;
        }
        const { changes } = await verbs.diff(read.id, read.props, state);
        if (changes !== false) drifted.push(resource);
        resources.set(resource, { kind, id: read.id, state: { ...read.props, __provider }, isPartial });
      }
      return drifted;
    },
    /** Deletes the resources, the last one first. Stops at the first failure. */
    async destroy(options: Options = {}) {
      const run = session(options);
      await deleteAll(run, [...resources.keys()].filter(run.isTarget));
    },
    /** The IDs in state, by resource. */
    ids: () => Object.fromEntries([...resources].map(([resource, { id }]) => [resource, id])),
  };
}
