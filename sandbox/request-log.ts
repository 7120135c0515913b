/** One request as it is remembered: which call it was and how it ended, and nothing of what it said. */
export type RequestRecord = {
  /** Counts all requests since the start, also over those that the log has dropped. */
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
  /** The kinds of the faults that struck, joined by commas. */
  fault?: string;
};

const mostEntries = 100_000;

/** The last requests, oldest first. */
export class RequestLog {
  #entries: RequestRecord[] = [];
  #seq = 0;

  add(entry: Omit<RequestRecord, "seq">): void {
    this.#seq += 1;
    this.#entries.push({ seq: this.#seq, ...entry });
    // A tenth at a time, since dropping one entry moves all others.
    if (this.#entries.length > mostEntries) this.#entries.splice(0, mostEntries / 10);
  }

  entries(after = 0): RequestRecord[] {
    return this.#entries.filter((entry) => entry.seq > after);
  }

  clear(): void {
    this.#entries = [];
  }
}
