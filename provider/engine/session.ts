import type { Api } from "../api/transport";
import type { Definition } from "./define";

/**
 * What one provider process has in common: its way to the API, and which declaration each resource belongs to. A process
 * serves one Provider, so nothing here is shared between resellers; nothing here outlives the process either. Declarations
 * are named by {@link declarationName}.
 */
export class Session {
  /** Declarations that `check` has seen: they are in the program that this process runs for. */
  readonly checked = new Set<string>();
  /** Declarations in state that the program has renamed or moved, with the new ones. */
  readonly renamed = new Map<string, string>();
  /** Keys of the resources that this process has deleted: a lookup that still shows one is out of date. */
  readonly deleted = new Set<string>();
  /** When the first POST was sent whose reply was lost, by declaration: Pulumi may run a failed create again. */
  readonly lostSince = new Map<string, number>();
  /** What new resources of the program adopt, by declaration. */
  readonly adoptIds = new Map<string, string>();
  /** What `check` has logged about the adoption of a resource, by declaration. */
  readonly adoptions = new Map<string, string>();
  readonly claims = new Claims();
  private readonly causes = new Map<string, string>();

  /** @param api opens the way to the API, or throws why there is none. Called by each verb, so that `check` can report it. */
  constructor(readonly api: () => Api) {}

  /** The text of a failure for one of many resources: the first one shows the cause, the others refer to it. */
  causeFor(subject: string, cause: string): string {
    // The ID in the path of a call differs between resources.
    const key = cause.replace(/\/\d+(?=[/ ?])/g, "/{id}");
    const first = this.causes.get(key) ?? subject;
    this.causes.set(key, first);
    return first === subject ? cause : `the same cause as ${first}.`;
  }
}

/**
 * Which declaration each resource at Gcore belongs to, in this process. A key names a resource by what only one declaration
 * may manage, or by kind and key inputs.
 */
export class Claims {
  private readonly claims = new Map<string, { declaration: string; isIntent: boolean }>();

  /** The declaration that has the key. */
  holder(key: string): string | undefined {
    return this.claims.get(key)?.declaration;
  }

  /** Whether its holder only declares that it will have the key. */
  isIntent(key: string): boolean {
    return this.claims.get(key)?.isIntent === true;
  }

  /**
   * Claims a key, unless another declaration has it.
   * @param isIntent the program only declares it: it gives way to a declaration that has the resource in state.
   * @returns the declaration that has the key now.
   */
  claim(key: string, declaration: string, { isIntent = false } = {}): string {
    const current = this.claims.get(key);
    if (current && current.declaration !== declaration && (isIntent || !current.isIntent)) return current.declaration;
    this.claims.set(key, { declaration, isIntent: isIntent && current?.isIntent !== false });
    return declaration;
  }

  /** Gives a key up. */
  release(key: string, declaration: string): void {
    if (this.holder(key) === declaration) this.claims.delete(key);
  }
}

/** A declaration as a process remembers it: the origin marks of two kinds may be equal. */
export const declarationName = (kind: string, origin: unknown): string => `${kind} ${String(origin)}`;

/** Key of one resource: IDs of two kinds may be equal. */
export const resourceKey = ({ kind }: Pick<Definition, "kind">, id: string): string => `${kind} ${id}`;
