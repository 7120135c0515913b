import type { Database } from "../store/database";

/** One request of the log: the call and its result, without any value that was sent. */
export type RequestRecord = {
  /** Counts all requests since the start, including those that the log no longer holds. */
  seq: number;
  time: string;
  method: string;
  path: string;
  /** Names of the query parameters, without their values. */
  query: string[];
  /** The client account that the call was about, if it was about one. */
  client?: number;
  /** Null where the connection was dropped instead. */
  status: number | null;
  ms: number;
  /** The API has no such route. */
  unknown: boolean;
  /** Query parameters that the route does not know. */
  unknownQuery: string[];
  /** The kinds of the faults that were applied, joined by commas. */
  fault?: string;
};

const MAX_ENTRIES = 100_000;

/** The last requests, oldest first: in memory, and in the file of the data if there is one. */
export class RequestLog {
  #entries: RequestRecord[] = [];
  #seq = 0;
  readonly #listeners = new Set<() => void>();

  constructor(readonly file?: Database) {
    const rows = file?.all<{ entry: string }>("select entry from requests order by rowid") ?? [];
    this.#entries = rows.map(({ entry }) => JSON.parse(entry));
    this.#seq = this.#entries.at(-1)?.seq ?? 0;
  }

  add(request: Omit<RequestRecord, "seq">): void {
    this.#seq += 1;
    const entry = { seq: this.#seq, ...request };
    this.#entries.push(entry);
    this.#keep("insert into requests (entry) values (?)", JSON.stringify(entry));
    // A tenth at a time: removing one entry moves all others.
    if (this.#entries.length > MAX_ENTRIES) {
      const removed = MAX_ENTRIES / 10;
      this.#entries.splice(0, removed);
      this.#keep("delete from requests where rowid in (select rowid from requests order by rowid limit ?)", removed);
    }
    this.#changed();
  }

  entries(after = 0): RequestRecord[] {
    return this.#entries.filter((entry) => entry.seq > after);
  }

  clear(): void {
    this.#entries = [];
    this.#keep("delete from requests");
    this.#changed();
  }

  /** Calls `listener` after each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The file may be closed already when the last requests end. */
  #keep(sql: string, ...values: (string | number)[]): void {
    if (this.file?.sqlite.isOpen) this.file.run(sql, ...values);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
