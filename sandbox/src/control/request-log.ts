/** One request of the log: the call and its result, without any value that was sent. */
export type RequestRecord = {
  /** Counts all requests since the start, including those that the log no longer holds. */
  seq: number;
  time: string;
  method: string;
  path: string;
  /** Names of the query parameters, without their values. */
  query: string[];
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

/** The last requests, oldest first. */
export class RequestLog {
  #entries: RequestRecord[] = [];
  #seq = 0;

  add(entry: Omit<RequestRecord, "seq">): void {
    this.#seq += 1;
    this.#entries.push({ seq: this.#seq, ...entry });
    // A tenth at a time: removing one entry moves all others.
    if (this.#entries.length > MAX_ENTRIES) this.#entries.splice(0, MAX_ENTRIES / 10);
  }

  entries(after = 0): RequestRecord[] {
    return this.#entries.filter((entry) => entry.seq > after);
  }

  clear(): void {
    this.#entries = [];
  }
}
