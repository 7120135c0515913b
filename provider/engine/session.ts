import type { Api } from "../api/transport";
import type { Definition } from "./define";

/**
 * What one provider process has in common: its way to the API, and which declaration each resource belongs to. A process
 * serves one Provider, so nothing here is shared between resellers; nothing here outlives the process either.
 */
export class Session {
  /** Origin marks that `check` has seen: they are in the program that this process runs for. */
  readonly checked = new Set<string>();
  /** Origin marks in state that the program has renamed or moved, with the new ones. */
  readonly renamed = new Map<string, string>();
  /** Keys of the resources that this process has deleted: a lookup that still shows one is out of date. */
  readonly deleted = new Set<string>();
  /** When the first POST was sent whose reply was lost, by declaration: Pulumi may run a failed create again. */
  readonly lostSince = new Map<string, number>();
  /** What new resources of the program adopt, by origin mark. */
  readonly adoptIds = new Map<string, string>();
  /** What `check` has logged about the adoption of a resource, by origin mark. */
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

/** Which origin each resource at Gcore belongs to, in this process. A key names a resource by kind and ID, or by kind and email. */
export class Claims {
  private readonly claims = new Map<string, { origin: string; isIntent: boolean }>();

  /** The origin that has the key. */
  holder(key: string): string | undefined {
    return this.claims.get(key)?.origin;
  }

  /** Whether its holder only declares that it will have the key. */
  isIntent(key: string): boolean {
    return this.claims.get(key)?.isIntent === true;
  }

  /**
   * Claims a key, unless another origin has it.
   * @param isIntent the program only declares it: it gives way to an origin that has the resource in state.
   * @returns the origin that has the key now.
   */
  claim(key: string, origin: string, { isIntent = false } = {}): string {
    const current = this.claims.get(key);
    if (current && current.origin !== origin && (isIntent || !current.isIntent)) return current.origin;
    this.claims.set(key, { origin, isIntent: isIntent && current?.isIntent !== false });
    return origin;
  }

  /** Gives a key up. */
  release(key: string, origin: string): void {
    if (this.holder(key) === origin) this.claims.delete(key);
  }
}

/** Key of what a resource has for itself at Gcore. */
export const claimKey = ({ kind, exclusive }: Pick<Definition, "kind" | "exclusive">, id: string): string =>
  `${kind} ${exclusive(id)}`;

/** Key of one resource: IDs of two kinds may be equal. */
export const resourceKey = ({ kind }: Pick<Definition, "kind">, id: string): string => `${kind} ${id}`;
