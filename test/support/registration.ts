import { type Declared, startWorld } from "./process";

/** Registers resources at a provider inside the test's process, with the calls that the engine makes. */

export const markOf = (name: string, stack = "prod") => `pulumi:shop/${stack}/${name}`;

type World = Awaited<ReturnType<typeof startWorld>>;
type Provider = ReturnType<World["start"]>;
export type Resource = { id: string; state: Declared };

/** Inputs as the engine hands them to the verbs after `check`. */
const unwrapped = (inputs: Declared): Declared =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && "value" in value ? value.value : value,
    ]),
  );

/** The inputs as `check` returns them, and the next verb gets them. @throws what `check` rejects. */
export async function checkedInputs(provider: Provider, olds: Declared, declared: Declared): Promise<Declared> {
  const { inputs, failures } = await provider.check(olds, declared);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return { ...unwrapped(inputs), __provider: declared.__provider };
}

/** Registers a resource as the engine does for one that is not in state: check, then create. */
export async function register(provider: Provider, declared: Declared, olds: Declared = {}): Promise<Resource> {
  const { id, outs } = await provider.create(await checkedInputs(provider, olds, declared));
  return { id, state: { ...outs, __provider: declared.__provider } };
}

/** Registers a resource that is in state: check, diff, and update where they differ. */
export async function reconcile(provider: Provider, { id, state }: Resource, declared: Declared): Promise<Resource> {
  const news = await checkedInputs(provider, state, declared);
  const { changes } = await provider.diff(id, state, news);
  if (changes === false) return { id, state };
  const { outs } = await provider.update(id, state, news);
  return { id, state: { ...outs, __provider: declared.__provider } };
}

/** The engine's `--replace`: the inputs are checked without the old ones, then the old resource is deleted. */
export async function replace(provider: Provider, { id, state }: Resource, declared: Declared): Promise<Resource> {
  const news = await checkedInputs(provider, {}, declared);
  await provider.delete(id, state);
  const { id: newId, outs } = await provider.create(news);
  return { id: newId, state: { ...outs, __provider: declared.__provider } };
}

export const isAlive = (world: World, { id }: Resource) =>
  world.api.sandbox.accounts().some(({ client, users }) => users.some((user) => `${client}/${user.id}` === id));

export async function withAcme(more: Declared = {}, settings: Record<string, string> = {}) {
  const world = await startWorld(settings);
  const declared = world.declare("acme", more);
  const acme = await register(world.start(), declared);
  world.api.calls();
  world.logged.splice(0);
  return { world, declared, acme };
}

/** A declaration that takes its customId from its origin. */
export const unmarked = (world: World, name: string, more: Declared = {}): Declared => {
  const { customId: _, ...declared } = world.declare(name, more);
  return declared;
};
