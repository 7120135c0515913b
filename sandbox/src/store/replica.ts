import type { Session } from "node:sqlite";
import { Store } from ".";
import type { Database } from "./database";

/** A delayed copy of the data: it holds what was stored until some time ago. */
export class Replica {
  readonly #copy: Database;
  readonly #store: Store;
  readonly #stopListening: () => void;
  #session: Session;
  #pending: { at: number; changes: Uint8Array }[] = [];

  constructor(
    readonly source: Database,
    readonly now: () => number,
  ) {
    this.#copy = source.copy();
    this.#store = new Store(this.#copy, now);
    this.#session = source.sqlite.createSession();
    this.#stopListening = source.onWrite(() => this.#record());
  }

  /** The data as it was `ms` milliseconds ago. */
  storeOf(ms: number): Store {
    const until = this.now() - ms;
    while (this.#pending[0] !== undefined && this.#pending[0].at <= until) {
      this.#copy.sqlite.applyChangeset(this.#pending[0].changes);
      this.#pending.shift();
    }
    return this.#store;
  }

  close(): void {
    this.#stopListening();
    this.#session.close();
    this.#copy.close();
  }

  #record(): void {
    this.#pending.push({ at: this.now(), changes: this.#session.changeset() });
    this.#session.close();
    this.#session = this.source.sqlite.createSession();
  }
}
