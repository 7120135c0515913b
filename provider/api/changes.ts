/**
 * The changes that this process makes to client accounts, so that a record read before a change is never used after it.
 * Every request that may change an account is recorded here by the transport.
 */
export interface Changes {
  /** Records the start of a change of one account, or of any account; the returned function records its end. */
  begin(clientId: number | "any"): () => void;
  /** A mark of the present moment, for {@link isCurrent}. */
  now(): number;
  /** Whether a record of the account, requested at the moment `since`, still holds. */
  isCurrent(clientId: number, since: number): boolean;
  /** Resolves when no change of the account is under way. */
  settled(clientId: number): Promise<void>;
}

export function createChanges(): Changes {
  /** Counts the starts and ends of changes. */
  let moment = 0;
  const lastChange = new Map<number | "any", number>();
  const running = new Map<number | "any", Set<Promise<void>>>();
  const runningOf = (clientId: number) => [...(running.get(clientId) ?? []), ...(running.get("any") ?? [])];

  return {
    begin(clientId) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const others = running.get(clientId) ?? new Set();
      running.set(clientId, others.add(promise));
      lastChange.set(clientId, ++moment);
      return () => {
        others.delete(promise);
        // Recorded again: a record requested during the change may be older than it.
        lastChange.set(clientId, ++moment);
        resolve();
      };
    },
    now: () => moment,
    isCurrent(clientId, since) {
      const changedAt = Math.max(lastChange.get(clientId) ?? 0, lastChange.get("any") ?? 0);
      return changedAt <= since && runningOf(clientId).length === 0;
    },
    async settled(clientId) {
      for (let changes = runningOf(clientId); changes.length > 0; changes = runningOf(clientId)) {
        await Promise.all(changes);
      }
    },
  };
}
